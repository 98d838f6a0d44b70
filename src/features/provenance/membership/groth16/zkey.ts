/**
 * Reads a proving key of Groth16 over BN254 in the format "zkey" of circom's tools: sections, each with
 * its number and length. Coordinates are in Montgomery's form: multiplied by 2^256.
 */
import { bn254, bn254_Fr as Fr } from "@noble/curves/bn254.js";
import type { Affine } from "./msm.ts";

const { Fp, Fp2 } = bn254.fields;
type Pair = ReturnType<typeof Fp2.fromBigTuple>;
export type G1 = Affine<bigint>;
export type G2 = Affine<Pair>;

const BYTES = 32;
const SECTION = {
  header: 2,
  coefficients: 4,
  a: 5,
  b1: 6,
  b2: 7,
  c: 8,
  h: 9,
} as const;

/** One entry of the matrices A and B: in this row, this signal has this factor. */
export interface Coefficient {
  readonly matrix: "a" | "b";
  readonly row: number;
  readonly signal: number;
  readonly factor: bigint;
}

export interface ProvingKey {
  readonly signals: number;
  /** Public signals, besides the constant one. */
  readonly publics: number;
  /** A power of two. */
  readonly domain: number;
  readonly alpha1: G1;
  readonly beta1: G1;
  readonly beta2: G2;
  readonly delta1: G1;
  readonly delta2: G2;
  readonly coefficients: readonly Coefficient[];
  readonly a: readonly (G1 | undefined)[];
  readonly b1: readonly (G1 | undefined)[];
  readonly b2: readonly (G2 | undefined)[];
  /** Of the signals that are not public. */
  readonly c: readonly (G1 | undefined)[];
  readonly h: readonly (G1 | undefined)[];
}

const fromMontgomery = Fp.inv(2n ** 256n % Fp.ORDER);
/** Factors are stored multiplied by 2^512, so that one product of Montgomery's gives his form. */
const fromTwice = Fr.inv(2n ** 512n % Fr.ORDER);

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }
  number(): bigint {
    let value = 0n;
    for (let word = 3; word >= 0; word--) {
      value = (value << 64n) | this.#view.getBigUint64(this.#at + word * 8, true);
    }
    this.#at += BYTES;
    return value;
  }
  coordinate = (): bigint => (this.number() * fromMontgomery) % Fp.ORDER;
  pair = (): Pair => Fp2.fromBigTuple([this.coordinate(), this.coordinate()]);
  g1 = (): G1 | undefined => this.#point(this.coordinate, (x, y) => x === 0n && y === 0n);
  g2 = (): G2 | undefined => this.#point(this.pair, (x, y) => Fp2.is0(x) && Fp2.is0(y));

  #point<T>(read: () => T, isInfinity: (x: T, y: T) => boolean): Affine<T> | undefined {
    const [x, y] = [read(), read()];
    return isInfinity(x, y) ? undefined : { x, y };
  }
}

/** @throws RangeError for what is no such key */
export function readProvingKey(file: Uint8Array): ProvingKey {
  const sections = sectionsOf(file);
  const open = (name: keyof typeof SECTION) => {
    const bytes = sections.get(SECTION[name]);
    if (!bytes) throw new RangeError(`the proving key has no section ${name}`);
    return bytes;
  };
  const head = new Reader(open("header"));
  const field = (order: bigint) => {
    if (head.u32() !== BYTES || head.number() !== order) {
      throw new RangeError("the proving key is for another curve");
    }
  };
  field(Fp.ORDER);
  field(Fr.ORDER);
  const [signals, publics, domain] = [head.u32(), head.u32(), head.u32()];
  const [alpha1, beta1, beta2, , delta1, delta2] = [
    ...[head.g1(), head.g1(), head.g2(), head.g2(), head.g1(), head.g2()],
  ] as [G1, G1, G2, G2, G1, G2];
  const points = <T>(name: keyof typeof SECTION, read: (reader: Reader) => T, bytes: number) => {
    const section = open(name);
    const reader = new Reader(section);
    return Array.from({ length: section.length / bytes }, () => read(reader));
  };
  const g1 = (name: keyof typeof SECTION) => points(name, (reader) => reader.g1(), 2 * BYTES);
  return {
    ...{ signals, publics, domain, alpha1, beta1, beta2, delta1, delta2 },
    coefficients: coefficientsOf(open("coefficients")),
    a: g1("a"),
    b1: g1("b1"),
    b2: points("b2", (reader) => reader.g2(), 4 * BYTES),
    c: g1("c"),
    h: g1("h"),
  };
}

function sectionsOf(file: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sections = new Map<number, Uint8Array>();
  if (new TextDecoder().decode(file.subarray(0, 4)) !== "zkey") {
    throw new RangeError("this is no proving key");
  }
  for (let at = 12, left = view.getUint32(8, true); left > 0; left--) {
    const [type, length] = [view.getUint32(at, true), Number(view.getBigUint64(at + 4, true))];
    at += 12;
    if (at + length > file.length) throw new RangeError("the proving key is cut off");
    sections.set(type, file.subarray(at, at + length));
    at += length;
  }
  return sections;
}

function coefficientsOf(section: Uint8Array): Coefficient[] {
  const reader = new Reader(section);
  return Array.from({ length: reader.u32() }, () => ({
    matrix: reader.u32() === 0 ? "a" : "b",
    row: reader.u32(),
    signal: reader.u32(),
    factor: (reader.number() * fromTwice) % Fr.ORDER,
  }));
}
