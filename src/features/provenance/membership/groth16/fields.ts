/**
 * The two fields over which the points of BN254 are: numbers below a prime, and pairs of them as complex
 * numbers are. The library's own do the same, and three times as slowly, since they reduce each product.
 */
import { bn254 } from "@noble/curves/bn254.js";

const { Fp, Fp2 } = bn254.fields;
const ORDER = Fp.ORDER;

export interface Field<T> {
  readonly one: T;
  add(one: T, other: T): T;
  sub(one: T, other: T): T;
  mul(one: T, other: T): T;
  inv(one: T): T;
  isZero(one: T): boolean;
}

const plus = (one: bigint, other: bigint): bigint => {
  const sum = one + other;
  return sum < ORDER ? sum : sum - ORDER;
};
const minus = (one: bigint, other: bigint): bigint => {
  const rest = one - other;
  return rest < 0n ? rest + ORDER : rest;
};

export const NUMBERS: Field<bigint> = {
  one: 1n,
  add: plus,
  sub: minus,
  mul: (one, other) => (one * other) % ORDER,
  inv: (one) => Fp.inv(one),
  isZero: (one) => one === 0n,
};

/** c0 + c1 i, with i times i being -1. */
export interface Pair {
  readonly c0: bigint;
  readonly c1: bigint;
}

export const PAIRS: Field<Pair> = {
  one: { c0: 1n, c1: 0n },
  add: (one, other) => ({ c0: plus(one.c0, other.c0), c1: plus(one.c1, other.c1) }),
  sub: (one, other) => ({ c0: minus(one.c0, other.c0), c1: minus(one.c1, other.c1) }),
  mul(one, other) {
    const real = (one.c0 * other.c0 - one.c1 * other.c1) % ORDER;
    const c1 = (one.c0 * other.c1 + one.c1 * other.c0) % ORDER;
    return { c0: real < 0n ? real + ORDER : real, c1 };
  },
  inv: (one) => Fp2.inv(one),
  isZero: ({ c0, c1 }) => c0 === 0n && c1 === 0n,
};
