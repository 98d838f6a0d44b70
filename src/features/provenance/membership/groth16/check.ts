/** Whether a proof by Groth16 over BN254 holds: one equation of pairings (Groth, 2016, section 3.2). */
import { bn254, bn254_Fr as Fr } from "@noble/curves/bn254.js";

const { G1, G2, fields } = bn254;

/** Affine coordinates; those in the second field are pairs: real part, imaginary part. */
export interface Proof {
  readonly a: readonly [bigint, bigint];
  readonly b: readonly [readonly [bigint, bigint], readonly [bigint, bigint]];
  readonly c: readonly [bigint, bigint];
}

export interface VerifyingKey {
  readonly alpha: readonly [bigint, bigint];
  readonly beta: Proof["b"];
  readonly gamma: Proof["b"];
  readonly delta: Proof["b"];
  /** One more than there are public numbers. */
  readonly ic: readonly (readonly [bigint, bigint])[];
}

/** @returns false as well for numbers that are no points, and for public numbers out of the field */
export function holds(key: VerifyingKey, proof: Proof, publics: readonly bigint[]): boolean {
  const [constant, ...factors] = key.ic;
  if (publics.length !== factors.length) return false;
  if (!publics.every((one) => one >= 0n && one < Fr.ORDER)) return false;
  try {
    let given = one(constant as readonly [bigint, bigint]);
    for (const [index, factor] of factors.entries()) {
      // The library refuses to multiply by zero.
      const number = publics[index] as bigint;
      if (number > 0n) given = given.add(one(factor).multiplyUnsafe(number));
    }
    const paired = bn254.pairingBatch([
      { g1: one(proof.a).negate(), g2: two(proof.b) },
      { g1: one(key.alpha), g2: two(key.beta) },
      { g1: given, g2: two(key.gamma) },
      { g1: one(proof.c), g2: two(key.delta) },
    ]);
    return fields.Fp12.eql(paired, fields.Fp12.ONE);
  } catch {
    return false;
  }
}

/** @throws Error for what is not on the curve */
function one([x, y]: readonly [bigint, bigint]) {
  const point = G1.Point.fromAffine({ x, y });
  point.assertValidity();
  return point;
}

/** @throws Error for what is not in the group */
function two([[x0, x1], [y0, y1]]: Proof["b"]) {
  const { Fp2 } = fields;
  const [x, y] = [Fp2.fromBigTuple([x0, x1]), Fp2.fromBigTuple([y0, y1])];
  const point = G2.Point.fromAffine({ x, y });
  point.assertValidity();
  return point;
}
