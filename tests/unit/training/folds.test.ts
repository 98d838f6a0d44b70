/** Cross-validation: each chat is left out once, and none of a fold is in what the fold learns from. */
import { expect, test } from "vitest";
import { partsOf } from "../../../src/features/training/folds.ts";
import { settings } from "../../../src/features/training/settings.ts";

const chats = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: String(from + n), messages: [] }));

test("each chat is validated on in one fold, and learned from in all others", () => {
  const data = { train: chats(0, 17), validation: chats(17, 6) };
  const parts = partsOf(data, 4);
  const ids = (all: readonly { id: string }[]) => all.map(({ id }) => Number(id));
  const held = parts.flatMap(({ validation }) => ids(validation));
  expect(held.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, n) => n));
  for (const { train, validation } of parts) {
    expect(ids(train).filter((id) => ids(validation).includes(id))).toEqual([]);
    expect(train.length + validation.length).toBe(23);
    expect(Math.abs(validation.length - 23 / 4)).toBeLessThan(1);
  }
});

test("one part alone is no cross-validation", () => {
  for (const folds of [1, -1, 11]) expect(settings.safeParse({ folds }).success).toBe(false);
  for (const folds of [0, 2, 10]) expect(settings.safeParse({ folds }).success).toBe(true);
});
