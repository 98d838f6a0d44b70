/** Parts of the cache by themselves: what goes first, and which beginning is the longest. */
import { describe, expect, test } from "vitest";
import { victims } from "../../../src/engines/llama/cache/evict.ts";
import { commonFrom, PrefixIndex } from "../../../src/engines/llama/cache/prefixes.ts";

describe("what has to go", () => {
  const item = (used: number, size: number, pinned = false) => ({ used, size, pinned });
  const used = (list: readonly { used: number }[]) => list.map((one) => one.used);

  test("is what was used longest ago, and what is pinned last", () => {
    const items = [item(3, 10), item(1, 10, true), item(2, 10)];
    expect(used(victims(items, 100, 15))).toEqual([2, 3]);
    expect(used(victims(items, 100, 25))).toEqual([2, 3, 1]);
  });

  test("is pinned while that takes more than half, and no longer", () => {
    const items = [item(1, 30, true), item(2, 30, true), item(3, 30, true), item(4, 10)];
    expect(used(victims(items, 100, 35))).toEqual([1, 2]);
    expect(used(victims(items, 100, 65))).toEqual([1, 2, 4]);
  });
});

test("the longest beginning alone is found, whatever shares less", () => {
  const index = new PrefixIndex<{ root: string; tokens: Int32Array; blocks: string[] }>();
  const item = (tokens: number[]) => ({ root: "r", tokens: Int32Array.from(tokens), blocks: [] });
  const [short, long, other] = [item([1, 2, 9]), item([1, 2, 3, 9]), item([7])];
  for (const one of [short, long, other]) index.add(one);
  expect(index.longest("r", Int32Array.of(1, 2, 3, 4))).toEqual({ common: 3, items: [long] });
  expect(index.longest("r", Int32Array.of(1, 2, 4)).items).toEqual([short, long]);
  expect(index.longest("r", Int32Array.of(8))).toEqual({ common: 0, items: [] });
  expect(commonFrom(0, [1, 2], [1, 3])).toBe(1);
});
