/** Guesses from what was written before, and how bold they are. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Boldness, draftFrom } from "../../../src/engines/llama/process/draft.ts";

test("what followed the last three tokens before is guessed to follow again", () => {
  expect(draftFrom([1, 2, 3, 4, 5, 9], [1, 2, 3], 2)).toEqual([4, 5]);
  expect(draftFrom([1, 2, 3, 4], [7, 2, 3], 2)).toEqual([]);
  // Of several places the latest.
  expect(draftFrom([1, 2, 3, 4, 1, 2, 3, 5, 1], [2, 3], 1)).toEqual([5]);
});

test("any guess stands in the text, behind what the text ends with", () => {
  const tokens = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 });
  fc.assert(
    fc.property(tokens, tokens, fc.integer({ min: 1, max: 8 }), (prompt, answer, count) => {
      const guess = draftFrom(prompt, answer, count);
      expect(guess.length).toBeLessThanOrEqual(count);
      if (guess.length === 0) return;
      const all = [...prompt, ...answer];
      const wanted = [...all.slice(-3), ...guess].join();
      const found = all.some((_, at) => all.slice(at, at + 3 + guess.length).join() === wanted);
      expect(found).toBe(true);
    }),
  );
});

test("it guesses twice as far after what was right, and carefully after what was not", () => {
  const boldness = new Boldness();
  expect(boldness.next()).toBe(2);
  boldness.learn(2, 2);
  expect(boldness.next()).toBe(4);
  boldness.learn(4, 4);
  expect(boldness.next()).toBe(8);
  boldness.learn(8, 3);
  expect(boldness.next()).toBe(3);
});

test("after wrong guesses it pauses, longer each time but never for good", () => {
  const boldness = new Boldness();
  const pauses: number[] = [];
  for (let wrong = 0; wrong < 9; wrong++) {
    let pause = 0;
    while (boldness.next() === 0) pause += 1;
    pauses.push(pause);
    boldness.learn(2, 0);
  }
  expect(pauses).toEqual([0, 2, 4, 8, 16, 32, 64, 64, 64]);
  while (boldness.next() === 0);
  boldness.learn(2, 1);
  expect(boldness.next()).toBe(2);
});

test("who could not guess anything has learnt nothing", () => {
  const boldness = new Boldness();
  boldness.learn(0, 0);
  expect(boldness.next()).toBe(2);
});
