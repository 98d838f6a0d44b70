/** What a replay says of the distances that it found, and how often it is wrong about honest answers. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../../../src/core/statistics.ts";
import {
  type Apart,
  atLeast,
  atMost,
  moreThan,
} from "../../../src/features/provenance/replay/chance.ts";
import { ACCUSED, verdictOf } from "../../../src/features/provenance/replay/verdict.ts";

const places = (count: number, behind: Readonly<Record<number, number>> = {}) =>
  Array.from({ length: count }, (_, at) => ({ behind: behind[at] ?? 0 }));
const evenly = (count: number, step: number, behind: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [step * n, behind]));
/** The text is the receipt's own. */
const own = true;

/** Tokens that differ with `rate`, each off by an exponential number. */
function drawn(next: () => number, count: number, { rate, size }: Apart) {
  return Array.from({ length: count }, () => ({
    behind: next() < rate ? -size * Math.log(1 - next()) : 0,
  }));
}
const sumOf = (list: readonly { behind: number }[]) =>
  list.reduce((sum, { behind }) => sum + behind, 0);

test("the chances are those with which such sums come", () => {
  const next = random(1);
  const apart = { rate: 0.1, size: 0.2 };
  const sums = Array.from({ length: 4000 }, () => sumOf(drawn(next, 60, apart)));
  for (const sum of [0.3, 1, 1.6, 2.4]) {
    const share = sums.filter((one) => one >= sum).length / sums.length;
    expect(atLeast(apart, 60, sum)).toBeCloseTo(share, 1);
    expect(atMost(apart, 60, sum) + atLeast(apart, 60, sum)).toBeCloseTo(1, 9);
  }
  expect(atLeast(apart, 60, 0)).toBe(1);
  expect(atMost(apart, 60, 0)).toBeCloseTo(Math.exp(-6), 9);
  expect(moreThan(-1, 0.5)).toBeCloseTo(1, 9);
  expect(moreThan(0, 0.5)).toBeCloseTo(1 - Math.exp(-0.5), 9);
  expect(moreThan(1, 0.5)).toBeCloseTo(1 - 1.5 * Math.exp(-0.5), 9);
});

test("the further off, the less likely; with more tokens the same sum is less of a sign", () => {
  const number = fc.double({ min: 0.01, max: 30, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 4000 }), number, number, (tokens, one, more) => {
      const apart = { rate: 0.08, size: 0.16 };
      const chance = atLeast(apart, tokens, one);
      expect(chance).toBeGreaterThanOrEqual(0);
      expect(chance).toBeLessThanOrEqual(1);
      expect(atLeast(apart, tokens, one + more)).toBeLessThanOrEqual(chance + 1e-12);
      expect(atLeast(apart, 2 * tokens, one)).toBeGreaterThanOrEqual(chance - 1e-12);
    }),
  );
});

test("of honest answers no more are accused than is stated, whatever their length", () => {
  for (const tokens of [20, 48, 300]) {
    const next = random(tokens);
    // The worst that is allowed for: attention in another way, and words that are cut otherwise.
    const answer = () => {
      const places = drawn(next, tokens, { rate: 0.06, size: 0.15 });
      for (let at = 0; at < tokens; at++) {
        if (next() >= 1 / 800) continue;
        for (const near of places.slice(at, at + 6)) near.behind += 3 * next();
      }
      return places;
    };
    const verdicts = Array.from({ length: 2000 }, () => verdictOf(answer(), true).verdict);
    // 0.2 are to be expected at most.
    expect(2000 * ACCUSED).toBeCloseTo(0.2, 9);
    expect(verdicts.filter((one) => one === "different").length).toBeLessThanOrEqual(1);
    expect(verdicts).not.toContain("edited");
    if (tokens === 300)
      expect(verdicts.filter((one) => one === "same").length).toBeGreaterThan(1000);
  }
});

test("the next quantisation is never taken for the same with many tokens, and seldom with few", () => {
  const next = random(7);
  const said = (tokens: number) => {
    const all = Array.from({ length: 300 }, () =>
      verdictOf(drawn(next, tokens, { rate: 0.12, size: 0.4 }), true),
    );
    return (verdict: string) => all.filter((one) => one.verdict === verdict).length;
  };
  for (const tokens of [20, 48, 100]) expect(said(tokens)("same")).toBeLessThan(6);
  expect(said(300)("different")).toBeGreaterThan(200);
  expect(said(300)("same")).toBe(0);
  expect(said(800)("different")).toBeGreaterThan(290);
});

test("few tokens say nothing, however they come out, and more say more", () => {
  expect(verdictOf(places(10), own).verdict).toBe("inconclusive");
  expect(verdictOf([], own)).toMatchObject({ verdict: "inconclusive", chance: 1, mean: 0, p99: 0 });
  expect(verdictOf(places(60), own).verdict).toBe("same");
  expect(verdictOf(places(48, evenly(3, 12, 0.3)), own).verdict).toBe("inconclusive");
  expect(verdictOf(places(300, evenly(9, 30, 0.2)), own).verdict).toBe("same");
  const much = evenly(12, 4, 1);
  expect(verdictOf(places(48, much), own).verdict).toBe("different");
});

test("a word that was cut in another way accuses nobody, and hides no other model", () => {
  const cut = { 20: 7.4, 21: 0.46, 22: 2.7, 23: 2.4, 24: 3.9, 27: 2.7, 28: 4.2 };
  for (const unedited of [true, false])
    expect(verdictOf(places(60, cut), unedited).verdict).not.toBe("different");
  expect(verdictOf(places(300, cut), own)).toMatchObject({ verdict: "same", edits: [] });
  const everywhere = evenly(25, 12, 3);
  expect(verdictOf(places(300, everywhere), own).verdict).toBe("different");
});

test("few places beyond reach are an edit, and what stands behind one was written after another text", () => {
  const edited = verdictOf(places(200, { 70: 9, 71: 3, 72: 0.8 }));
  expect(edited).toMatchObject({ verdict: "edited", edits: [70, 71], mean: 0 });
  const behind = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [75 + 9 * n, 0.8]));
  expect(verdictOf(places(200, { 70: 9, ...behind })).verdict).toBe("edited");
  // What stands before it was written after the same text.
  expect(verdictOf(places(200, { 70: 9, ...evenly(16, 4, 0.8) })).verdict).toBe("different");
  expect(verdictOf(places(200, evenly(60, 3, 0.9))).verdict).toBe("different");
  expect(verdictOf(places(200, evenly(40, 5, 9))).verdict).toBe("different");
});

test("the receipt's own text was not edited: there another question or model is what remains", () => {
  const others = evenly(30, 6, 0.8);
  expect(verdictOf(places(200, { 3: 9, ...others }), own)).toMatchObject({
    ...{ verdict: "different", edits: [] },
  });
  expect(verdictOf(places(200, { 3: 9, 90: 0.2 }), own)).toMatchObject({
    ...{ verdict: "same", edits: [] },
  });
});

test("an edit at the beginning is one only where the rest comes out", () => {
  // As another question makes it: the first word is another, and all that follows a little off.
  const other = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [20 + 3 * n, 0.4]));
  expect(verdictOf(places(200, { 0: 9, ...other })).verdict).toBe("different");
  expect(verdictOf(places(200, { 3: 9 })).verdict).toBe("edited");
  // The same with enough before the edit, which came out.
  expect(verdictOf(places(200, { 120: 9, 130: 0.9, 140: 0.9, 150: 0.9 })).verdict).toBe("edited");
});
