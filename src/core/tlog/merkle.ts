/**
 * The Merkle tree of RFC 6962, section 2.1: the root of the first n entries, the path that shows an
 * entry to be in it, and the proof that a larger tree begins with all of a smaller one.
 * Indices and sizes are safe integers, hashes have 32 bytes.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, same } from "./bytes.ts";

export type Hash = Uint8Array;
export const HASH_BYTES = 32;

/** A complete subtree: of 2^level leaves, the one with this number, counted from the left. */
export type ReadNode = (level: number, index: number) => Hash;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (entry: Uint8Array): Hash => sha256(concat(LEAF, entry));
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(concat(NODE, left, right));
export const emptyRoot = (): Hash => sha256(new Uint8Array());

/** Of the leaves from `from` up to `to`, of which there is at least one. */
export function rangeHash(from: number, to: number, read: ReadNode): Hash {
  const count = to - from;
  const level = Math.round(Math.log2(count));
  if (2 ** level === count && from % count === 0) return read(level, from / count);
  const middle = from + splitOf(count);
  return nodeHash(rangeHash(from, middle, read), rangeHash(middle, to, read));
}

/** The largest power of two below `count`, which is at least 2. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

export const rootHash = (size: number, read: ReadNode): Hash =>
  size === 0 ? emptyRoot() : rangeHash(0, size, read);

/** Section 2.1.1, from the leaf up. @param index below `size` */
export function inclusionProof(index: number, size: number, read: ReadNode): Hash[] {
  const walk = (from: number, to: number): Hash[] => {
    if (to - from === 1) return [];
    const middle = from + splitOf(to - from);
    return index < middle
      ? [...walk(from, middle), rangeHash(middle, to, read)]
      : [...walk(middle, to), rangeHash(from, middle, read)];
  };
  return walk(0, size);
}

/** Section 2.1.2. @param first at most `second` */
export function consistencyProof(first: number, second: number, read: ReadNode): Hash[] {
  if (first === 0 || first === second) return [];
  const walk = (from: number, to: number, whole: boolean): Hash[] => {
    if (to === first) return whole ? [] : [rangeHash(from, to, read)];
    const middle = from + splitOf(to - from);
    return first <= middle
      ? [...walk(from, middle, whole), rangeHash(middle, to, read)]
      : [...walk(middle, to, false), rangeHash(from, middle, read)];
  };
  return walk(0, second, true);
}

/** RFC 9162, section 2.1.3.2. */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (!areSizes(index, size) || index >= size || !areHashes([leaf, root, ...proof])) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const other of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(other, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, other);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(hash, root);
}

/** RFC 9162, section 2.1.4.2; the empty tree is the beginning of every other. */
export function verifyConsistency(
  first: number,
  second: number,
  proof: readonly Hash[],
  firstRoot: Hash,
  secondRoot: Hash,
): boolean {
  if (!areSizes(first, second) || first > second) return false;
  if (!areHashes([firstRoot, secondRoot, ...proof])) return false;
  if (first === 0) return proof.length === 0 && same(firstRoot, emptyRoot());
  if (first === second) return proof.length === 0 && same(firstRoot, secondRoot);
  const [begin, ...rest] = isPowerOfTwo(first) ? [firstRoot, ...proof] : proof;
  if (!begin) return false;
  let [at, last] = [first - 1, second - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [old, now] = [begin, begin];
  for (const other of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [old, now] = [nodeHash(other, old), nodeHash(other, now)];
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      now = nodeHash(now, other);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(old, firstRoot) && same(now, secondRoot);
}

const half = (value: number) => Math.floor(value / 2);

const isPowerOfTwo = (value: number) => {
  const level = Math.round(Math.log2(value));
  return 2 ** level === value;
};

const areSizes = (...sizes: readonly number[]) =>
  sizes.every((size) => Number.isSafeInteger(size) && size >= 0);

const areHashes = (hashes: readonly Hash[]) => hashes.every(({ length }) => length === HASH_BYTES);

/** A tree in memory, of hashes of leaves: for small lists and for tests. */
export function treeOf(leaves: readonly Hash[]): ReadNode {
  const levels: Hash[][] = [[...leaves]];
  for (let below = levels[0] as Hash[]; below.length > 1; below = levels.at(-1) as Hash[]) {
    const level: Hash[] = [];
    for (let at = 0; at + 1 < below.length; at += 2) {
      level.push(nodeHash(below[at] as Hash, below[at + 1] as Hash));
    }
    levels.push(level);
  }
  return (level, index) => {
    const hash = levels[level]?.[index];
    if (!hash) throw new RangeError(`no subtree ${index} at level ${level}`);
    return hash;
  };
}
