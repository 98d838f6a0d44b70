/** The benchmark's statistics: against what they must hold for any numbers. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapRatio, poisson, ratioOfMedians } from "../../../bench/stats.ts";
import { median, quantile, random, shuffle } from "../../../src/core/statistics.ts";

const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const values = fc.array(positive, { minLength: 1, maxLength: 40 });
const pairs = fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 12 });

describe("quantile", () => {
  it("lies between neighbours in the order, and grows with q", () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const found = quantile(list, q);
        const below = list.filter((value) => value <= found).length;
        const above = list.filter((value) => value >= found).length;
        expect(below).toBeGreaterThanOrEqual(Math.floor(q * (list.length - 1)));
        expect(above).toBeGreaterThanOrEqual(Math.floor((1 - q) * (list.length - 1)));
        expect(quantile(list, 0)).toBe(Math.min(...list));
        expect(quantile(list, 1)).toBe(Math.max(...list));
      }),
    );
  });

  it("does what NumPy's default does", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.9)).toBeCloseTo(4.6, 12);
    expect(median([7])).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe("the bootstrap interval of a ratio", () => {
  it("holds the estimate and stays within the single ratios", () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const { median: middle, low, high } = bootstrapRatio(list);
        const ratios = list.map(([charla, peer]) => charla / peer);
        expect(low).toBeLessThanOrEqual(middle);
        expect(high).toBeGreaterThanOrEqual(middle);
        expect(low).toBeGreaterThanOrEqual(Math.min(...ratios));
        expect(high).toBeLessThanOrEqual(Math.max(...ratios));
      }),
      { numRuns: 30 },
    );
  });

  it("turns round when the systems change places", () => {
    const list = [
      [2, 1],
      [3, 1.4],
      [2.5, 1.2],
      [2.2, 1],
      [2.7, 1.1],
    ] as const;
    const there = bootstrapRatio(list, ratioOfMedians);
    const back = bootstrapRatio(
      list.map(([charla, peer]) => [peer, charla] as const),
      ratioOfMedians,
    );
    expect(there.median * back.median).toBeCloseTo(1, 12);
    expect(there.low * back.high).toBeCloseTo(1, 1);
  });

  it("covers the true ratio about as often as it says", () => {
    const next = random(11);
    const noise = () => Math.exp(0.2 * (next() + next() + next() - 1.5));
    const covered = Array.from({ length: 200 }, () => {
      const list = Array.from({ length: 15 }, () => [1.5 * noise(), noise()] as const);
      const { low, high } = bootstrapRatio(list);
      return low <= 1.5 && 1.5 <= high;
    });
    expect(covered.filter(Boolean).length).toBeGreaterThan(175);
  });

  it("keeps the rounds together: noise that touches both runs of a round cancels", () => {
    const next = random(5);
    const list = Array.from({ length: 10 }, () => {
      const noise = 1 + 10 * next();
      return [2 * noise, noise] as const;
    });
    const { low, high } = bootstrapRatio(list);
    expect(low).toBeCloseTo(2, 9);
    expect(high).toBeCloseTo(2, 9);
  });
});

describe("randomness", () => {
  it("repeats with the same seed and is even", () => {
    const draws = (seed: number) => {
      const next = random(seed);
      return Array.from({ length: 10_000 }, next);
    };
    expect(draws(3)).toEqual(draws(3));
    expect(draws(3)).not.toEqual(draws(4));
    // Ten bins of about 1,000; chi-square with 9 degrees of freedom stays under 27.9 in 99.9 %.
    const bins = Array.from({ length: 10 }, () => 0);
    for (const value of draws(7))
      bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1;
    expect(bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(27.9);
  });

  it("shuffles without losing anything", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (list, seed) => {
        expect(shuffle(list, random(seed)).toSorted()).toEqual(list.toSorted());
      }),
    );
  });
});

describe("Poisson arrivals", () => {
  it("come in order, within the time, at the rate on average", () => {
    const next = random(9);
    const runs = Array.from({ length: 200 }, () => poisson(3, 20, next));
    for (const times of runs) {
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.every((time) => time > 0 && time < 20)).toBe(true);
    }
    const counts = runs.map(({ length }) => length);
    const mean = counts.reduce((sum, count) => sum + count) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    expect(mean).toBeCloseTo(60, -1);
    // A Poisson process has as much variance as mean.
    expect(variance / mean).toBeGreaterThan(0.6);
    expect(variance / mean).toBeLessThan(1.5);
  });
});
