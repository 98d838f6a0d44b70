/**
 * A proof by Groth16 (2016, section 3.2) over BN254. Soundness does not rest on this: whoever checks a
 * proof checks all of it. That it tells nothing rests on the two random numbers.
 */
import { bn254, bn254_Fr as Fr } from "@noble/curves/bn254.js";
import type { Proof } from "./check.ts";
import { NUMBERS, PAIRS } from "./fields.ts";
import { sum } from "./msm.ts";
import { evaluate, interpolate, rootOfUnity } from "./polynomials.ts";
import type { G1, ProvingKey } from "./zkey.ts";

const { G1: One, G2: Two } = bn254;

/** @param onDone told after each fifth of the work */
export function prove(
  key: ProvingKey,
  witness: readonly bigint[],
  onDone: (fifths: number) => void = () => {},
): Proof {
  const [r, s] = [random(), random()];
  const all = bytesOf(witness);
  let fifths = 0;
  const inOne = (points: readonly (G1 | undefined)[], scalars: Uint8Array) => {
    const total = sum(NUMBERS, One.Point, points, scalars);
    onDone(++fifths);
    return total;
  };
  const h = inOne(key.h, bytesOf(quotient(key, witness)));
  const point = (affine: G1) => One.Point.fromAffine(affine);
  const delta = point(key.delta1);
  const a = inOne(key.a, all).add(point(key.alpha1)).add(delta.multiply(r));
  const b1 = inOne(key.b1, all).add(point(key.beta1)).add(delta.multiply(s));
  const hidden = bytesOf(witness.slice(key.publics + 1));
  const c = inOne(key.c, hidden)
    .add(h)
    .add(a.multiply(s))
    .add(b1.multiply(r))
    .subtract(delta.multiply(Fr.mul(r, s)));
  const b = sum(PAIRS, Two.Point, key.b2, all)
    .add(Two.Point.fromAffine(key.beta2))
    .add(Two.Point.fromAffine(key.delta2).multiply(s));
  onDone(++fifths);
  const flat = ({ x, y }: G1) => [x, y] as const;
  const { x, y } = b.toAffine();
  return {
    a: flat(a.toAffine()),
    b: [
      [x.c0, x.c1],
      [y.c0, y.c1],
    ],
    c: flat(c.toAffine()),
  };
}

/** Of A times B less C by the polynomial that is zero on the domain: its values on the domain's shift. */
function quotient({ domain, coefficients }: ProvingKey, witness: readonly bigint[]): bigint[] {
  const zeros = () => new Array<bigint>(domain).fill(0n);
  const rows = { a: zeros(), b: zeros() };
  for (const { matrix, row, signal, factor } of coefficients) {
    const values = rows[matrix];
    values[row] = ((values[row] as bigint) + factor * (witness[signal] as bigint)) % Fr.ORDER;
  }
  const c = rows.a.map((value, at) => (value * (rows.b[at] as bigint)) % Fr.ORDER);
  const shift = rootOfUnity(Math.log2(domain) + 1);
  for (const values of [rows.a, rows.b, c]) {
    interpolate(values);
    let power = 1n;
    for (let at = 0; at < domain; at++) {
      values[at] = ((values[at] as bigint) * power) % Fr.ORDER;
      power = (power * shift) % Fr.ORDER;
    }
    evaluate(values);
  }
  return c.map((value, at) => Fr.create((rows.a[at] as bigint) * (rows.b[at] as bigint) - value));
}

/** 32 bytes of each, least significant first. */
function bytesOf(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 32);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    for (let word = 0; word < 4; word++) {
      const part = (value >> BigInt(64 * word)) & 0xffffffffffffffffn;
      view.setBigUint64(index * 32 + word * 8, part, true);
    }
  }
  return bytes;
}

/** From 64 bytes, so that no number is likelier than another. */
export function random(): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(64));
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return (value % (Fr.ORDER - 1n)) + 1n;
}
