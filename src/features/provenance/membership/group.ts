/**
 * The group of all leaves in the log up to some entry: a Merkle tree as Semaphore v4 has it ("Lean
 * IMT"), in which a node without a right neighbour goes up as it is. That is the shape of RFC 6962's
 * trees, so its peaks are all that is needed to go on.
 */
import { hashTwo } from "./groth16/poseidon.ts";

/** The circuit's: it proves membership in groups of up to 2^20 leaves. */
export const DEPTH = 20;
export const MOST_LEAVES = 2 ** DEPTH;
/** Fewer would not hide who of them it is. */
export const LEAST_LEAVES = 20;

/** Roots of the full subtrees, largest first; by the size it is known how high each is. */
export interface Peaks {
  readonly size: number;
  readonly roots: readonly bigint[];
}

export const NOBODY: Peaks = { size: 0, roots: [] };

export function withLeaf({ size, roots }: Peaks, leaf: bigint): Peaks {
  const next = [...roots];
  let node = leaf;
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
    node = hashTwo(next.pop() as bigint, node);
  }
  return { size: size + 1, roots: [...next, node] };
}

/** @returns 0 for a group of nobody */
export const rootOf = ({ roots }: Peaks): bigint =>
  roots.length === 0 ? 0n : roots.reduceRight((right, left) => hashTwo(left, right));

/** What the circuit takes to go from a leaf up to the root. */
export interface Path {
  /** Leaf first; levels at which there is no neighbour are left out. */
  readonly siblings: readonly bigint[];
  /** Bit by bit, leaf first: 1 where the sibling is on the left. */
  readonly index: bigint;
  readonly root: bigint;
}

/** @param pause called again and again, for work that takes seconds */
export async function pathOf(
  leaves: readonly bigint[],
  place: number,
  pause: (done: number) => Promise<void> | void = () => {},
): Promise<Path> {
  const siblings: bigint[] = [];
  let [index, level, at, done] = [0n, leaves, place, 0];
  while (level.length > 1) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) {
      index |= BigInt(at & 1) << BigInt(siblings.length);
      siblings.push(sibling);
    }
    const above: bigint[] = [];
    for (let left = 0; left < level.length; left += 2) {
      const [one, other] = [level[left] as bigint, level[left + 1]];
      above.push(other === undefined ? one : hashTwo(one, other));
      if (++done % PAUSE === 0) await pause(done);
    }
    level = above;
    at >>= 1;
  }
  return { siblings, index, root: level[0] ?? 0n };
}

/** Hashes: about 50 ms. */
const PAUSE = 100;
