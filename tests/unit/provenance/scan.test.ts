/** The detector's arithmetic: false alarms as often as it says and no oftener, true ones where it should. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../../src/core/statistics.ts";
import { logGammaTail } from "../../../src/features/provenance/watermark/gamma.ts";
import { scan, scoresOf } from "../../../src/features/provenance/watermark/scan.ts";
import { keyOf, VOCABULARY, write } from "./marking.ts";

describe("the Gamma tail", () => {
  test("is what others have computed", () => {
    expect(Math.exp(logGammaTail(10, 10))).toBeCloseTo(0.4579297145, 10);
    expect(Math.exp(logGammaTail(100, 130))).toBeCloseTo(2.750408e-3, 9);
    expect(Math.exp(logGammaTail(200, 300)) / 3.371103e-10).toBeCloseTo(1, 6);
    expect(Math.exp(logGammaTail(400, 480))).toBeCloseTo(7.9335e-5, 9);
  });

  test("is the slow and obvious sum", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.1, max: 120, noNaN: true }),
        (n, sum) => {
          let [term, total] = [Math.exp(-sum), 0];
          for (let k = 0; k < n; k++) {
            total += term;
            term *= sum / (k + 1);
          }
          expect(Math.exp(logGammaTail(n, sum)) / Math.min(1, total)).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  test("has no end at which it breaks", () => {
    expect(logGammaTail(1, 0)).toBe(0);
    expect(logGammaTail(20_000, 100)).toBe(0);
    const far = logGammaTail(20_000, 60_000);
    expect(Number.isFinite(far) && far < -10_000).toBe(true);
  });
});

/** Largest distance between the values' distribution and the uniform one, by sqrt(n): Kolmogorov. */
function kolmogorov(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const distances = sorted.map((one, at) => Math.max((at + 1) / n - one, one - at / n));
  return Math.max(...distances) * Math.sqrt(n);
}
/** Reached once in a million. */
const KS_CRITICAL = 2.7;

const whole = (tokens: readonly number[], key: number) => {
  const scored = scoresOf(tokens, keyOf(key).draw);
  return Math.exp(
    logGammaTail(
      scored.length,
      scored.reduce((sum, { score }) => sum + score, 0),
    ),
  );
};

describe("text without the mark", () => {
  test("has a uniform p, over ten thousand texts", () => {
    const next = random(7);
    const values = Array.from({ length: 10_000 }, (_, n) => {
      const length = 30 + Math.floor(next() * 60);
      const tokens = Array.from({ length }, () => Math.floor(next() * VOCABULARY));
      return whole(tokens, n % 20);
    });
    expect(kolmogorov(values)).toBeLessThan(KS_CRITICAL);
  });

  test("and so has marked text under other keys, and text that says all twice", () => {
    const marked = Array.from({ length: 40 }, (_, n) => write(120, { seed: n, key: keyOf(0) }));
    const others = marked.flatMap((tokens) =>
      Array.from({ length: 25 }, (_, n) => whole([...tokens, ...tokens], n + 1)),
    );
    expect(kolmogorov(others)).toBeLessThan(KS_CRITICAL);
  });

  test("is taken for marked no oftener than is told, wherever one looks in it", () => {
    const next = random(11);
    let alarms = 0;
    for (let n = 0; n < 1500; n++) {
      const tokens = Array.from({ length: 300 }, () => Math.floor(next() * VOCABULARY));
      if (scan(scoresOf(tokens, keyOf(n % 9).draw)).logP < Math.log(0.05)) alarms += 1;
    }
    // 0.05 * 1500 is 75; the windows overlap, so there are fewer.
    expect(alarms).toBeLessThan(110);
  });
});

/** Shares of texts that are found at 1e-5. */
function foundOf(total: number, textOf: (seed: number) => readonly number[]): number {
  let found = 0;
  for (let seed = 1; seed <= total; seed++) {
    if (scan(scoresOf(textOf(seed), keyOf(3).draw)).logP < Math.log(1e-5)) found += 1;
  }
  return found / total;
}

describe("marked text is found", () => {
  const key = keyOf(3);
  const marked = (length: number, seed: number) => write(length, { seed, key });

  test("the surer the longer it is", () => {
    const shares = [60, 150, 300].map((length) => foundOf(40, (seed) => marked(length, seed)));
    expect(shares[1]).toBeGreaterThanOrEqual(0.9);
    expect(shares[2]).toBe(1);
    expect(shares[0]).toBeLessThanOrEqual(shares[1] as number);
  });

  test.each([0.1, 0.2, 0.3])("after one of %d words was changed, dropped or added", (share) => {
    const edited = (seed: number) => {
      const next = random(seed);
      const any = () => Math.floor(next() * VOCABULARY);
      return marked(600, seed).flatMap((id) => {
        if (next() >= share) return [id];
        const kind = next();
        return kind < 0.34 ? [] : kind < 0.67 ? [any()] : [id, any()];
      });
    };
    expect(foundOf(30, edited)).toBeGreaterThanOrEqual(share < 0.25 ? 0.95 : 0.5);
  });

  test("when it was cropped, and within five times as much of somebody else's", () => {
    expect(foundOf(30, (seed) => marked(500, seed).slice(130, 370))).toBe(1);
    const mixed = (seed: number) => {
      const foreign = write(1000, { seed: seed + 500 });
      return [...foreign.slice(0, 600), ...marked(200, seed), ...foreign.slice(600)];
    };
    expect(foundOf(30, mixed)).toBeGreaterThanOrEqual(0.95);
    const { from, to } = scan(scoresOf(mixed(4), key.draw));
    expect(from).toBeGreaterThan(500);
    expect(to).toBeLessThan(900);
  });

  test("less, where there was less to choose", () => {
    const dull = foundOf(40, (seed) => write(150, { seed, key, spread: 8 }));
    expect(dull).toBeLessThan(foundOf(40, (seed) => marked(150, seed)));
  });
});
