/**
 * The cache of an exported model and what is computed on it by ONNX Runtime: for the scheduler what
 * llama.cpp's `Context` is. Each sequence has memory of its own, in which the graph reads what was computed
 * and writes beside it, and is a run of its own; a batch is one run after the other.
 */
import type { Computer } from "../llama/process/scheduler.ts";
import type { Shape } from "./graph.ts";

/** The part of onnxruntime-node that we use. */
export interface Runtime {
  readonly InferenceSession: {
    create(path: string, options: object): Promise<Session>;
  };
  readonly Tensor: new (
    type: "float32" | "int64",
    data: Float32Array | BigInt64Array,
    dims: readonly number[],
  ) => unknown;
}

export interface Session {
  run(given: Record<string, unknown>, wanted: Record<string, unknown>): Promise<unknown>;
}

interface Sequence {
  /** Keys and values of each layer: [heads, places, width]. */
  readonly memory: readonly Float32Array[];
  /** The same as inputs and as outputs of the graph. */
  readonly past: Readonly<Record<string, unknown>>;
  readonly present: Readonly<Record<string, unknown>>;
  /** Places that are filled. */
  length: number;
  /** Of the last run, one after the other; made larger when more are wanted. */
  logits: Float32Array;
}

interface Added {
  readonly token: number;
  readonly index: number;
  readonly output: boolean;
}

/** Bytes in front of a state: how many places are in it. */
const HEAD = 4;

export class OnnxContext implements Computer {
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #shape: Shape;
  readonly #places: number;
  readonly #sequences: readonly Sequence[];
  readonly #seen: BigInt64Array;
  #batch = new Map<number, Added[]>();
  #size = 0;
  /** Where the logits after a token of the last batch are. */
  readonly #outputs = new Map<number, Float32Array>();

  /** @param places of each sequence */
  constructor(
    parts: { runtime: Runtime; session: Session; shape: Shape },
    { sequences, places }: { sequences: number; places: number },
  ) {
    this.#runtime = parts.runtime;
    this.#session = parts.session;
    this.#shape = parts.shape;
    this.#places = places;
    this.#seen = new BigInt64Array(places).fill(1n);
    this.#sequences = Array.from({ length: sequences }, () => this.#sequence());
  }

  #sequence(): Sequence {
    const { layers, heads, width } = this.#shape;
    const { Tensor } = this.#runtime;
    const memory: Float32Array[] = [];
    const past: Record<string, unknown> = {};
    const present: Record<string, unknown> = {};
    for (let layer = 0; layer < layers; layer++) {
      for (const one of ["key", "value"]) {
        const numbers = new Float32Array(heads * this.#places * width);
        const tensor = new Tensor("float32", numbers, [1, heads, this.#places, width]);
        memory.push(numbers);
        past[`past_key_values.${layer}.${one}`] = tensor;
        present[`present.${layer}.${one}`] = tensor;
      }
    }
    return { memory, past, present, length: 0, logits: new Float32Array(this.#shape.vocabulary) };
  }

  add(token: number, position: number, sequence: number, output: boolean): number {
    const index = this.#size++;
    const added = this.#batch.get(sequence) ?? [];
    const { length } = this.#of(sequence);
    if (position !== length + added.length) throw new RangeError(`no place ${position} to add at`);
    added.push({ token, index, output });
    this.#batch.set(sequence, added);
    return index;
  }

  async decode(): Promise<void> {
    const batch = this.#batch;
    [this.#batch, this.#size] = [new Map(), 0];
    this.#outputs.clear();
    for (const [sequence, added] of batch) await this.#run(this.#of(sequence), added);
  }

  async #run(sequence: Sequence, added: readonly Added[]): Promise<void> {
    const { Tensor } = this.#runtime;
    const { vocabulary } = this.#shape;
    const { length } = added;
    const all = sequence.length + length;
    if (all > this.#places) throw new RangeError(`no place for ${all} tokens`);
    // What is wanted is wanted to the end, and after the last token there is always something.
    const first = added.findIndex(({ output }) => output);
    const from = first < 0 ? length - 1 : first;
    const size = (length - from) * vocabulary;
    if (sequence.logits.length < size) sequence.logits = new Float32Array(size);
    const logits = sequence.logits.subarray(0, size);
    const ids = BigInt64Array.from(added, ({ token }) => BigInt(token));
    await this.#session.run(
      {
        ...sequence.past,
        input_ids: new Tensor("int64", ids, [1, length]),
        attention_mask: new Tensor("int64", this.#seen.subarray(0, all), [1, all]),
        logits_from: new Tensor("int64", BigInt64Array.of(BigInt(from)), [1]),
      },
      {
        ...sequence.present,
        logits: new Tensor("float32", logits, [1, length - from, vocabulary]),
      },
    );
    sequence.length = all;
    for (const [at, { index, output }] of added.entries()) {
      if (!output) continue;
      const start = (at - from) * vocabulary;
      this.#outputs.set(index, logits.subarray(start, start + vocabulary));
    }
  }

  logits(index: number): Float32Array {
    const found = this.#outputs.get(index);
    if (!found) throw new Error(`no logits were computed for index ${index} of the batch`);
    return found;
  }

  /** What stands behind is written over. */
  cut(sequence: number, position: number): boolean {
    const one = this.#of(sequence);
    one.length = Math.min(one.length, position);
    return true;
  }

  save(sequence: number): Buffer {
    const { memory, length } = this.#of(sequence);
    const state = Buffer.allocUnsafeSlow(HEAD + this.#bytes(length));
    state.writeUInt32LE(length);
    this.#copy(memory, length, state, (numbers, bytes) => bytes.set(numbers));
    return state;
  }

  restore(sequence: number, state: Buffer): boolean {
    const one = this.#of(sequence);
    one.length = 0;
    const length = state.length >= HEAD ? state.readUInt32LE() : 0;
    if (length > this.#places || state.length !== HEAD + this.#bytes(length)) return false;
    this.#copy(one.memory, length, state, (numbers, bytes) => numbers.set(bytes));
    one.length = length;
    return true;
  }

  /** A session has the threads that it was made with. */
  setThreads(): void {}

  applyAdapter(adapter: bigint | undefined): void {
    if (adapter !== undefined) throw new Error("an exported model takes no adapters");
  }

  #of(sequence: number): Sequence {
    const one = this.#sequences[sequence];
    if (!one) throw new RangeError(`no sequence ${sequence}`);
    return one;
  }

  #bytes(length: number): number {
    const { layers, heads, width } = this.#shape;
    return 4 * 2 * layers * heads * width * length;
  }

  /** Goes through what is filled of each head, and the bytes of a state that stand for it. */
  #copy(
    memory: readonly Float32Array[],
    length: number,
    state: Buffer,
    copy: (numbers: Uint8Array, bytes: Uint8Array) => void,
  ): void {
    const { heads, width } = this.#shape;
    const bytes = 4 * width * length;
    let at = HEAD;
    for (const one of memory) {
      for (let head = 0; head < heads; head++) {
        const from = one.byteOffset + 4 * head * this.#places * width;
        copy(new Uint8Array(one.buffer, from, bytes), state.subarray(at, at + bytes));
        at += bytes;
      }
    }
  }
}
