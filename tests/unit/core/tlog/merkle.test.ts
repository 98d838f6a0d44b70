/** The tree of RFC 6962 by its published values, and proofs of every kind and size. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex, utf8 } from "../../../../src/core/tlog/bytes.ts";
import {
  consistencyProof,
  emptyRoot,
  type Hash,
  inclusionProof,
  leafHash,
  nodeHash,
  rootHash,
  treeOf,
  verifyConsistency,
  verifyInclusion,
} from "../../../../src/core/tlog/merkle.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

/** The leaves, roots and paths of Certificate Transparency's reference tests (transparency-dev/merkle). */
const LEAVES = [
  ...["", "00", "10", "2021", "3031", "40414243"],
  ...["5051525354555657", "606162636465666768696a6b6c6d6e6f"],
].map((leaf) => leafHash(hex(leaf)));
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("the published values", () => {
  test("of roots", () => {
    const roots = ROOTS.map((_, size) => toHex(rootHash(size, treeOf(LEAVES.slice(0, size)))));
    expect(roots).toEqual(ROOTS);
    expect(toHex(emptyRoot())).toBe(ROOTS[0]);
  });

  test.each([
    // Index, size, path.
    [
      0,
      8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ],
    ],
    [
      5,
      8,
      [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ],
    ],
    [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
    [
      1,
      5,
      [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ],
    ],
  ])("of the path of %i in %i", (index, size, path) => {
    const proof = inclusionProof(index, size, treeOf(LEAVES.slice(0, size)));
    expect(proof.map(toHex)).toEqual(path);
  });
});

const leaves = (count: number): Hash[] =>
  Array.from({ length: count }, (_, index) => leafHash(utf8(`entry ${index}`)));

/** Section 2.1 of the RFC once more, with another library and without any tree. */
function plainRoot(entries: readonly string[]): string {
  const sha256 = (...parts: readonly Uint8Array[]) =>
    createHash("sha256").update(Buffer.concat(parts)).digest();
  const walk = (from: number, to: number): Buffer => {
    if (to - from === 1) return sha256(Buffer.of(0), Buffer.from(entries[from] as string));
    let split = 1;
    while (split * 2 < to - from) split *= 2;
    return sha256(Buffer.of(1), walk(from, from + split), walk(from + split, to));
  };
  return (entries.length === 0 ? sha256() : walk(0, entries.length)).toString("hex");
}

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 127, 128, 129, 255, 256, 257, 65537];

describe.each(SIZES)("a tree of %i", (size) => {
  const all = leaves(size);
  const read = treeOf(all);
  const root = rootHash(size, read);

  test("has the root of the definition", () => {
    expect(toHex(root)).toBe(plainRoot(all.map((_, index) => `entry ${index}`)));
  });

  test("shows what is in it, and that it begins with every smaller one", () => {
    const some = size <= 33 ? all.keys() : [0, 1, size >> 1, size - 2, size - 1];
    for (const index of some) {
      const proof = inclusionProof(index, size, read);
      expect(proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
      expect(verifyInclusion(all[index] as Hash, index, size, proof, root)).toBe(true);
      expect(verifyInclusion(leafHash(utf8("other")), index, size, proof, root)).toBe(false);
    }
    const smaller = size <= 33 ? [...all.keys(), size] : [0, 1, size >> 1, size - 1, size];
    for (const first of smaller) {
      const proof = consistencyProof(first, size, read);
      const old = rootHash(first, read);
      expect(verifyConsistency(first, size, proof, old, root)).toBe(true);
    }
  });
});

test("no proof shows anything that is not so", () => {
  const all = leaves(40);
  const other = leafHash(utf8("other"));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom("flip", "drop", "add", "swap", "index", "size", "leaf"),
      fc.nat(),
      (size, any, second, kind, at) => {
        const read = treeOf(all.slice(0, size));
        const index = any % size;
        const first = 1 + (second % size);
        const root = rootHash(size, read);
        const spoil = (proof: Hash[]): Hash[] | undefined => {
          const copy: Hash[] = proof.map((hash) => hash.slice());
          if (kind === "add") copy.splice(at % (copy.length + 1), 0, other);
          else if (copy.length === 0) return undefined;
          else if (kind === "drop") copy.splice(at % copy.length, 1);
          else if (kind === "swap") copy.reverse();
          else if (kind === "flip") {
            const hash = copy[at % copy.length] as Hash;
            hash[at % 32] = (hash[at % 32] as number) ^ (1 << (at % 8));
          }
          return copy.map(toHex).join() === proof.map(toHex).join() ? undefined : copy;
        };
        const path = inclusionProof(index, size, read);
        const leaf = all[index] as Hash;
        const bad = spoil(path);
        if (bad) expect(verifyInclusion(leaf, index, size, bad, root)).toBe(false);
        if (kind === "leaf") expect(verifyInclusion(other, index, size, path, root)).toBe(false);
        if (kind === "index" && size > 1) {
          const wrong = (index + 1 + (at % (size - 1))) % size;
          expect(verifyInclusion(leaf, wrong, size, path, root)).toBe(false);
        }
        const steps = consistencyProof(first, size, read);
        const old = rootHash(first, read);
        const worse = spoil(steps);
        if (worse) expect(verifyConsistency(first, size, worse, old, root)).toBe(false);
        expect(verifyConsistency(first, size, steps, nodeHash(old, old), root)).toBe(false);
        expect(verifyConsistency(first, size, steps, old, nodeHash(root, root))).toBe(false);
      },
    ),
    { numRuns: 2000 },
  );
});

test("sizes and hashes of any kind are no crash", () => {
  const root = emptyRoot();
  for (const odd of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
    expect(verifyInclusion(root, odd, 8, [], root)).toBe(false);
    expect(verifyInclusion(root, 0, odd, [], root)).toBe(false);
    expect(verifyConsistency(odd, 8, [], root, root)).toBe(false);
    expect(verifyConsistency(0, odd, [], root, root)).toBe(false);
  }
  expect(verifyInclusion(root, 0, 1, [], new Uint8Array(31))).toBe(false);
  expect(verifyInclusion(root, 0, 0, [], root)).toBe(false);
  expect(verifyConsistency(2, 1, [], root, root)).toBe(false);
});

test("what is not in the tree, or too much, proves nothing", () => {
  const leaf = leafHash(Uint8Array.of(1));
  expect(verifyInclusion(leaf, 0, 1, [], leaf)).toBe(true);
  expect(verifyInclusion(leaf, 1, 1, [], leaf)).toBe(false);
  // A root is no leaf of its tree.
  const root = nodeHash(leaf, leaf);
  expect(verifyInclusion(root, 0, 2, [], root)).toBe(false);
  expect(verifyConsistency(0, 5, [], emptyRoot(), leaf)).toBe(true);
  expect(verifyConsistency(0, 5, [leaf], emptyRoot(), leaf)).toBe(false);
  expect(verifyConsistency(5, 5, [leaf], leaf, leaf)).toBe(false);
});
