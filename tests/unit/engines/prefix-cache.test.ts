/**
 * The prefix cache finds what a slow search finds, never holds more than it may, and forgets what was
 * used longest ago.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openCache } from "./prefix-cache.ts";
import { conversation, isWhole, state } from "./prefix-cache-states.ts";

/** Few pieces of lengths around a block's, so that prefixes are shared and end anywhere. */
const tokens = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom(1, 2, 31, 63, 64, 65, 130)), {
    minLength: 1,
    maxLength: 5,
  })
  .map((pieces) => pieces.flatMap(([token, times]) => Array<number>(times).fill(token)));
const adapter = fc.constantFrom("", "adapter-1");
const added = fc.array(fc.record({ tokens, adapter, pinned: fc.boolean() }), { maxLength: 20 });

function common(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

describe("the longest prefix", () => {
  it("is that of a search through everything that was ever added", async () => {
    await fc.assert(
      fc.asyncProperty(added, tokens, adapter, async (list, wanted, adapter) => {
        const cache = await openCache();
        for (const one of list) cache.add(state(one.tokens), one);
        const lengths = list
          .filter((one) => one.adapter === adapter)
          .map((one) => common(one.tokens, wanted));
        const hit = cache.find(wanted, adapter);
        expect(hit?.tokens ?? 0).toBe(Math.max(0, ...lengths));
        if (!hit) return;
        const found = await cache.read(hit);
        if (!found) throw new Error("gone");
        expect(isWhole(found)).toBe(true);
        expect(common(Array.from(found.tokens), wanted)).toBe(hit.tokens);
      }),
    );
  });

  it("is that of a whole state where the model cannot forget the end of one", async () => {
    await fc.assert(
      fc.asyncProperty(added, tokens, adapter, async (list, wanted, adapter) => {
        const cache = await openCache({ trims: false });
        for (const one of list) cache.add(state(one.tokens), one);
        const lengths = list
          .filter((one) => one.adapter === adapter)
          .filter((one) => common(one.tokens, wanted) === one.tokens.length)
          .map((one) => one.tokens.length);
        expect(cache.find(wanted, adapter)?.tokens ?? 0).toBe(Math.max(0, ...lengths));
      }),
    );
  });

  it("is restored from the smallest of equals", async () => {
    const cache = await openCache();
    const system = conversation(1, 70);
    for (const [index, size] of [300, 100, 200].entries())
      cache.add(state([...system, index], size));
    expect(cache.find([...system, 9])).toEqual({ tokens: 70, source: "memory", bytes: 100 });
  });
});

describe("a conversation that goes on", () => {
  it("takes the place of its shorter states, and of nothing else", async () => {
    const cache = await openCache();
    const long = conversation(1, 300);
    cache.add(state(long.slice(0, 64)), { pinned: true });
    cache.add(state(conversation(2)));
    for (const length of [100, 128, 200, 300]) cache.add(state(long.slice(0, length)));
    expect(cache.stats()).toMatchObject({ states: 3, memoryBytes: 300 });
    expect(cache.add(state(long.slice(0, 150)))).toBe(true);
    expect(cache.stats().states).toBe(3);
  });

  it("keeps its shorter states where the model cannot forget the end of one", async () => {
    const cache = await openCache({ trims: false });
    for (const length of [100, 200]) cache.add(state(conversation(1, length)));
    expect(cache.find(conversation(1, 150))?.tokens).toBe(100);
  });
});

describe("the memory", () => {
  const BUDGET = 1000;
  const uses = fc.array(
    fc.record({
      name: fc.integer({ min: 0, max: 9 }),
      size: fc.integer({ min: 1, max: 500 }),
      pinned: fc.boolean(),
      read: fc.boolean(),
    }),
    { maxLength: 60 },
  );

  it("holds what was used last, pinned states longest, and never more than it may", async () => {
    await fc.assert(
      fc.asyncProperty(uses, fc.boolean(), async (list, trims) => {
        const cache = await openCache({ memoryBytes: BUDGET, trims });
        /** Least recently used first. */
        let model: Array<{ name: number; size: number; pinned: boolean }> = [];
        const sum = (items: typeof model) => items.reduce((total, { size }) => total + size, 0);
        for (const { name, size, pinned, read } of list) {
          const known = model.find((one) => one.name === name);
          const tokens = conversation(name, 50 + name * 5); // with and without a whole block
          const hit = cache.find(tokens);
          expect(hit?.bytes).toBe(known?.size);
          if (read && hit) await cache.read(hit);
          else cache.add(state(tokens, size), { pinned });
          model = model.filter((one) => one !== known);
          while (!known && sum(model) + size > BUDGET) {
            const fixed = model.filter((one) => one.pinned);
            const loose = model.filter((one) => !one.pinned);
            const [oldest] = sum(fixed) > BUDGET / 2 ? fixed : [...loose, ...fixed];
            model = model.filter((one) => one !== oldest);
          }
          const added = { name, size: known?.size ?? size, pinned: known?.pinned ?? false };
          model.push({ ...added, pinned: added.pinned || (pinned && !(read && hit)) });
          expect(cache.stats().memoryBytes).toBe(sum(model));
          expect(cache.stats().memoryBytes).toBeLessThanOrEqual(BUDGET);
        }
      }),
    );
  });

  it("refuses what is larger than all of it, and keeps what it has", async () => {
    const cache = await openCache({ memoryBytes: BUDGET });
    cache.add(state(conversation(1), 900));
    expect(cache.add(state(conversation(2), 1001))).toBe(false);
    expect(cache.stats()).toMatchObject({ states: 1, memoryBytes: 900 });
  });

  it("gives the state that was found even if another one has taken its place", async () => {
    const cache = await openCache({ memoryBytes: BUDGET });
    cache.add(state(conversation(1), 900));
    const hit = cache.find(conversation(1));
    cache.add(state(conversation(2), 900));
    const found = hit && (await cache.read(hit));
    expect(found && isWhole(found)).toBe(true);
    expect(cache.stats().memoryBytes).toBe(900);
    expect(cache.find(conversation(1))).toBeUndefined();
  });

  it("takes a thousand states and keeps the newest", async () => {
    const cache = await openCache({ memoryBytes: 10_000 });
    for (let name = 1; name <= 1000; name++) cache.add(state(conversation(name)));
    expect(cache.stats()).toMatchObject({ states: 100, memoryBytes: 10_000 });
    expect(cache.find(conversation(901))?.tokens).toBe(100);
    expect(cache.find(conversation(900))).toBeUndefined();
  });
});
