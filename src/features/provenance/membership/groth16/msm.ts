/**
 * Sums of many points, each times a number, on the curve BN254: what a Groth16 proof mostly consists of.
 * Pippenger's method with one byte of each number at a time; points are added in affine coordinates,
 * many at once, so that all of them share one inversion.
 */

import type { Field } from "./fields.ts";

export interface Affine<T> {
  readonly x: T;
  readonly y: T;
}

/** A point of the library, which adds few of them. */
interface Group<T, P> {
  readonly ZERO: P;
  fromAffine(point: Affine<T>): P;
}
interface Addable<P> {
  add(other: P): P;
  double(): P;
}

/** Numbers have so many bytes. */
const BYTES = 32;

/**
 * @param points undefined for the point at infinity
 * @param scalars of the same length, each of 32 bytes, least significant first
 */
export function sum<T, P extends Addable<P>>(
  field: Field<T>,
  group: Group<T, P>,
  points: readonly (Affine<T> | undefined)[],
  scalars: Uint8Array,
): P {
  const buckets: Affine<T>[][] = Array.from({ length: BYTES * 256 }, () => []);
  for (const [index, point] of points.entries()) {
    if (!point) continue;
    for (let at = 0; at < BYTES; at++) {
      const digit = scalars[index * BYTES + at] ?? 0;
      if (digit > 0) buckets[at * 256 + digit]?.push(point);
    }
  }
  while (addPairs(field, buckets)) {
    // Each bucket has half as many afterwards.
  }
  let total = group.ZERO;
  for (let at = BYTES - 1; at >= 0; at--) {
    for (let bit = 0; bit < 8; bit++) total = total.double();
    let [running, window] = [group.ZERO, group.ZERO];
    for (let digit = 255; digit > 0; digit--) {
      const [point] = buckets[at * 256 + digit] ?? [];
      if (point) running = running.add(group.fromAffine(point));
      window = window.add(running);
    }
    total = total.add(window);
  }
  return total;
}

/** Adds the points of each bucket two by two. @returns whether there were any */
function addPairs<T>(field: Field<T>, buckets: Affine<T>[][]): boolean {
  const slopes = slopesOf(field, buckets);
  if (slopes.length === 0) return false;
  const inverses = inverted(
    field,
    slopes.map(({ below }) => below),
  );
  const sums = slopes.map(({ above, one, other }, index) => {
    const slope = field.mul(above, inverses[index] as T);
    const x = field.sub(field.sub(field.mul(slope, slope), one.x), other.x);
    return { x, y: field.sub(field.mul(slope, field.sub(one.x, x)), one.y) };
  });
  for (const [index, { bucket }] of slopes.entries()) bucket.push(sums[index] as Affine<T>);
  return true;
}

interface Slope<T> {
  readonly bucket: Affine<T>[];
  readonly one: Affine<T>;
  readonly other: Affine<T>;
  /** The slope of the line through both is the quotient. */
  readonly above: T;
  readonly below: T;
}

/** Takes the pairs out of their buckets. */
function slopesOf<T>(field: Field<T>, buckets: Affine<T>[][]): Slope<T>[] {
  const slopes: Slope<T>[] = [];
  for (const bucket of buckets) {
    for (let pairs = bucket.length >> 1; pairs > 0; pairs--) {
      const [one, other] = [bucket.pop() as Affine<T>, bucket.pop() as Affine<T>];
      const below = field.sub(other.x, one.x);
      if (!field.isZero(below)) {
        slopes.push({ bucket, one, other, above: field.sub(other.y, one.y), below });
      } else if (field.isZero(field.sub(one.y, other.y))) {
        const square = field.mul(one.x, one.x);
        const above = field.add(field.add(square, square), square);
        slopes.push({ bucket, one, other, above, below: field.add(one.y, one.y) });
      } // else they are each other's negatives, and nothing is left
    }
    // What was left alone stands in front of the sums to come.
  }
  return slopes;
}

/** All inverses by one inversion (Montgomery's trick). */
function inverted<T>(field: Field<T>, values: readonly T[]): T[] {
  const products: T[] = [];
  let product = field.one;
  for (const value of values) {
    products.push(product);
    product = field.mul(product, value);
  }
  let rest = field.inv(product);
  const inverses: T[] = new Array(values.length);
  for (let at = values.length - 1; at >= 0; at--) {
    inverses[at] = field.mul(rest, products[at] as T);
    rest = field.mul(rest, values[at] as T);
  }
  return inverses;
}
