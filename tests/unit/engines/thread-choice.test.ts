/** The number of threads follows what was fastest, and notices when that changes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ThreadChoice } from "../../../src/engines/llama/process/threads.ts";

/** Computes batches, and counts how often each number of threads was used. */
function compute(choice: ThreadChoice, batches: number, tokens: number, ms: (n: number) => number) {
  const used = new Map<number, number>();
  for (let batch = 0; batch < batches; batch++) {
    const threads = choice.choose(tokens);
    choice.learn(tokens, threads, ms(threads));
    used.set(threads, (used.get(threads) ?? 0) + 1);
  }
  return used;
}

test("the faster choice is used but for a batch now and then", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 200 }), fc.boolean(), (tokens, more) => {
      const choice = new ThreadChoice([8, 7]);
      const used = compute(choice, 1000, tokens, (threads) => (more === threads > 7 ? 10 : 12));
      expect(used.get(more ? 8 : 7)).toBeGreaterThan(940);
    }),
  );
});

test("what is much slower is tried less often", () => {
  const near = compute(new ThreadChoice([2, 1]), 1000, 4, (threads) => (threads === 2 ? 10 : 14));
  const far = compute(new ThreadChoice([2, 1]), 1000, 4, (threads) => (threads === 2 ? 10 : 40));
  expect(far.get(1)).toBeLessThan((near.get(1) as number) / 2);
});

test("it changes over when a neighbour comes, and back when it has gone", () => {
  const choice = new ThreadChoice([2, 1]);
  compute(choice, 200, 4, (threads) => (threads === 2 ? 10 : 14));
  const beside = compute(choice, 200, 4, (threads) => (threads === 2 ? 100 : 14));
  expect(beside.get(1)).toBeGreaterThan(180);
  const after = compute(choice, 1000, 4, (threads) => (threads === 2 ? 10 : 14));
  expect(after.get(2)).toBeGreaterThan(500);
});

test("a batch that was interrupted now and then changes nothing", () => {
  const choice = new ThreadChoice([2, 1]);
  let batch = 0;
  const used = compute(choice, 1000, 1, (threads) => {
    batch += 1;
    return batch % 10 === 0 ? 100 : threads === 2 ? 13 : 20;
  });
  expect(used.get(2)).toBeGreaterThan(900);
});

test("batches of different sizes learn apart", () => {
  const choice = new ThreadChoice([2, 1]);
  for (let n = 0; n < 50; n++) {
    compute(choice, 1, 2, (threads) => (threads === 2 ? 20 : 10));
    compute(choice, 1, 100, (threads) => (threads === 2 ? 10 : 20));
  }
  expect(compute(choice, 20, 2, () => 10).get(1)).toBeGreaterThan(10);
  expect(compute(choice, 20, 100, () => 10).get(2)).toBeGreaterThan(10);
});

test("where there is no choice there is nothing to try", () => {
  expect(compute(new ThreadChoice([1, 1]), 100, 8, () => 10)).toEqual(new Map([[1, 100]]));
});
