/** Normal forms that take linear time: the library's own, but for piles of marks that no language has. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { composed, normal } from "../../../src/core/normal.ts";

/** Letters of many kinds, with marks of many kinds behind them. */
const text = fc
  .array(
    fc.constantFrom("a", "e\u0301", "ñ", "\u0301", "\u0316", "\u00e9", "한", "각", "東", " "),
    {
      maxLength: 29,
    },
  )
  .map((parts) => parts.join(""));

test("a text without piles is composed as by the library", () => {
  fc.assert(
    fc.property(text, (one) => {
      expect(composed(one)).toBe(one.normalize("NFC"));
      expect(normal(one, "NFC")).toBe(one.normalize("NFC"));
    }),
  );
});

test("what is composed loses nothing of a pile, and what is shown does", () => {
  const pile = `e${"\u0301\u0316".repeat(40)}`;
  expect(composed(pile)).not.toBe(composed(`${pile}\u0301`));
  expect(composed(pile).replaceAll("\u034f", "").length).toBeGreaterThan(75);
  expect(normal(pile, "NFC")).toBe(normal(`${pile}\u0301`, "NFC"));
});

test("half a megabyte of marks on a letter is composed before anybody waits", () => {
  const pile = `e${"\u0301\u0316".repeat(240_000)}`;
  // Sorted in one piece they would take minutes, and the test its time.
  expect(composed(pile).length).toBeGreaterThan(470_000);
  expect(composed(`${pile}x`)).not.toBe(composed(pile));
});
