/** Texts of others before they are tokenised: in parts that are short, and in which no mark is whole. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Marks, partsOf } from "../../../src/engines/llama/native/pieces.ts";

const word = fc.oneof(
  fc.constantFrom(" ", "\n", "a b", "one two", "día\nnoche", "漢字。", "🙂", "!", "7"),
  fc.string({ unit: "binary", maxLength: 5 }),
);
/** Of a few characters again and again, up to several parts long. */
const text = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 9000 }))
  .map(([words, times]) => words.join("").repeat(times).slice(0, 40_000));

test("a text is its parts, each short and of whole characters", () => {
  fc.assert(
    fc.property(text, (one) => {
      const parts = [...partsOf(one)];
      expect(parts.join("")).toBe(one);
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(8192);
        if (one.isWellFormed()) expect(part.isWellFormed()).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

test("it is cut where words end, if there are words", () => {
  for (const blank of [" ", "\n"]) {
    const parts = [...partsOf(`${"x".repeat(100)}${blank}y`.repeat(500))];
    expect(parts.length).toBeGreaterThan(5);
    for (const part of parts.slice(1)) expect(part.startsWith(blank)).toBe(true);
  }
  // Between other signs a tokenizer may see one token.
  expect([...partsOf(`${" !".repeat(4000)}\n\n${"a".repeat(8192)}`)][0]).toHaveLength(8192);
});

const MARKS = ["<tool_call>", "</tool_call>", "<<", "<<a", "[INST]", "a.b*(c)", "😀😀"];

test("no part of a text holds a mark, whole or made by its neighbours", () => {
  const marks = new Marks([...MARKS, " ", "\n\n", "▁▁", "x"]);
  const hostile = fc
    .array(fc.oneof(fc.constantFrom(...MARKS, "<", "a", " "), fc.string({ maxLength: 3 })))
    .map((some) => some.join(""));
  fc.assert(
    fc.property(hostile, (one) => {
      const parts = [...marks.apart(one)];
      expect(parts.join("")).toBe(one);
      for (const part of parts) for (const mark of MARKS) expect(part).not.toContain(mark);
    }),
  );
});

test("blanks and single characters are no marks", () => {
  expect([...new Marks(["\n\n", "  ", "▁▁", "é"]).apart("a\n\n  é")]).toEqual(["a\n\n  é"]);
});
