/** Polynomials over the scalar field of BN254, by their values at the roots of unity. */
import { bn254_Fr as Fr } from "@noble/curves/bn254.js";

const ORDER = Fr.ORDER;
/** The order less one is an odd number times 2 to this. */
const TWOS = 28;
/** The smallest number that is no square: its odd power is a primitive root of unity. */
const NO_SQUARE = 5n;

/** A primitive root of unity of the order 2 to `power`. */
export const rootOfUnity = (power: number): bigint => {
  if (power > TWOS) throw new RangeError("there is no such root of unity");
  return Fr.pow(NO_SQUARE, (ORDER - 1n) >> BigInt(power));
};

/** From coefficients to values, in place; their number is a power of two. */
export function evaluate(values: bigint[], root = rootOfUnity(Math.log2(values.length))): void {
  const size = values.length;
  reorder(values);
  for (let half = 1; half < size; half *= 2) {
    const step = Fr.pow(root, BigInt(size / (2 * half)));
    let factor = 1n;
    for (let at = 0; at < half; at++) {
      for (let low = at; low < size; low += 2 * half) {
        const one = values[low] as bigint;
        const other = ((values[low + half] as bigint) * factor) % ORDER;
        values[low] = (one + other) % ORDER;
        values[low + half] = (one + ORDER - other) % ORDER;
      }
      factor = (factor * step) % ORDER;
    }
  }
}

/** From values to coefficients, in place. */
export function interpolate(values: bigint[]): void {
  const size = values.length;
  evaluate(values, Fr.inv(rootOfUnity(Math.log2(size))));
  const share = Fr.inv(BigInt(size));
  for (let at = 0; at < size; at++) values[at] = ((values[at] as bigint) * share) % ORDER;
}

/** Each to the place that has its number's bits in reverse. */
function reorder(values: bigint[]): void {
  for (let at = 1, back = 0; at < values.length; at++) {
    let bit = values.length >> 1;
    for (; back & bit; bit >>= 1) back ^= bit;
    back ^= bit;
    if (at >= back) continue;
    const kept = values[at] as bigint;
    values[at] = values[back] as bigint;
    values[back] = kept;
  }
}
