/**
 * Poseidon of two numbers, as Semaphore uses it, in the scalar field of the curve BN254. The constants
 * follow from the parameters (Grassi and others, 2021; circomlib's numbers of rounds).
 */
import { grainGenConstants } from "@noble/curves/abstract/poseidon.js";
import { bn254_Fr as Fr } from "@noble/curves/bn254.js";

const FULL = 8;
const PARTIAL = 57;
const ORDER = Fr.ORDER;

type Three = readonly [bigint, bigint, bigint];
interface Constants {
  readonly rounds: readonly Three[];
  readonly matrix: readonly [Three, Three, Three];
}
let known: Constants | undefined;

/** Takes 30 ms to make. */
function constants(): Constants {
  if (known) return known;
  const { mds, roundConstants } = grainGenConstants({
    ...{ Fp: Fr, t: 3, roundsFull: FULL, roundsPartial: PARTIAL, sboxPower: 5 },
  });
  known = { rounds: roundConstants, matrix: mds } as unknown as Constants;
  return known;
}

function fifth(x: bigint): bigint {
  const square = (x * x) % ORDER;
  return (((square * square) % ORDER) * x) % ORDER;
}

export function hashTwo(left: bigint, right: bigint): bigint {
  const { rounds, matrix } = constants();
  const [[m00, m01, m02], [m10, m11, m12], [m20, m21, m22]] = matrix;
  let [a, b, c] = [0n, left, right];
  for (const [index, [ka, kb, kc]] of rounds.entries()) {
    a = fifth(a + ka);
    const partial = index >= FULL / 2 && index < FULL / 2 + PARTIAL;
    b = partial ? b + kb : fifth(b + kb);
    c = partial ? c + kc : fifth(c + kc);
    const [x, y, z] = [a, b, c];
    a = (m00 * x + m01 * y + m02 * z) % ORDER;
    b = (m10 * x + m11 * y + m12 * z) % ORDER;
    c = (m20 * x + m21 * y + m22 * z) % ORDER;
  }
  return a;
}
