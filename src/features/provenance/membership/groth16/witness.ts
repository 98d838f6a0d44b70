/**
 * Computes all signals of a circuit from its inputs, by the WebAssembly program that circom has made of
 * it. Its memory is its own, and it calls nothing of ours but to say what is wrong.
 */

export type Inputs = Readonly<Record<string, bigint | readonly bigint[]>>;

interface Program {
  init(check: number): void;
  getFieldNumLen32(): number;
  getWitnessSize(): number;
  getWitness(index: number): void;
  readSharedRWMemory(word: number): number;
  writeSharedRWMemory(word: number, value: number): void;
  setInputSignal(high: number, low: number, index: number): void;
}

/** Of the platform, which Node's types leave out. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(
      wasm: Uint8Array<ArrayBuffer>,
      imports: object,
    ): Promise<{ readonly instance: { readonly exports: unknown } }>;
  };
};

/** Said by the program when the inputs break a rule of the circuit. */
export class Unsatisfied extends Error {}

/** @throws Unsatisfied */
export async function witnessOf(
  wasm: Uint8Array<ArrayBuffer>,
  inputs: Inputs,
): Promise<readonly bigint[]> {
  const silent = () => {};
  const runtime = {
    exceptionHandler(code: number) {
      throw new Unsatisfied(`the circuit refuses its inputs (${code})`);
    },
    ...{ printErrorMessage: silent, writeBufferMessage: silent, showSharedRWMemory: silent },
  };
  const { instance } = await WebAssembly.instantiate(wasm, { runtime });
  const program = instance.exports as Program;
  const words = program.getFieldNumLen32();
  program.init(0);
  for (const [name, value] of Object.entries(inputs)) {
    const hash = fnv(name);
    for (const [index, one] of [value].flat().entries()) {
      for (let word = 0; word < words; word++) {
        program.writeSharedRWMemory(word, Number((one >> BigInt(32 * word)) & 0xffffffffn));
      }
      program.setInputSignal(Number(hash >> 32n), Number(hash & 0xffffffffn), index);
    }
  }
  return Array.from({ length: program.getWitnessSize() }, (_, index) => {
    program.getWitness(index);
    let value = 0n;
    for (let word = words - 1; word >= 0; word--) {
      value = (value << 32n) | BigInt(program.readSharedRWMemory(word) >>> 0);
    }
    return value;
  });
}

/** By which the program knows the names of its inputs: FNV-1a, 64 bits. */
function fnv(name: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const character of name) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n);
  }
  return hash;
}
