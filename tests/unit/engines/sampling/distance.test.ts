/** How near a token was to being taken, where rounding moves the race, the nucleus and the other cuts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../../../../src/core/statistics.ts";
import { Sampler } from "../../../../src/engines/llama/sampling/sampler.ts";

interface Given {
  readonly seed: number;
  readonly temperature: number;
  readonly topP: number;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
}

/** As a model's: few are likely. */
function logitsOf(seed: number, size = 60): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: size }, () => 5 * (next() + next() + next()));
}
const samplerOf = ({ seed, temperature, topP, topK, minP }: Given) =>
  new Sampler({ sampling: { temperature, topP, maxTokens: 9, seed }, topK, minP });
const judged = (given: Given, logits: Float32Array, id: number) =>
  samplerOf(given).judge(logits.slice(), id);
const taken = (given: Given, logits: Float32Array) => samplerOf(given).next(logits.slice()).id;

const seed = fc.nat({ max: 2 ** 30 });
const temperature = fc.constantFrom(0.5, 0.7, 1, 1.5);

test("logits that are off by a little put a token that was taken a little off, wherever the cuts end", () => {
  let flips = 0;
  const cuts = fc.constantFrom<Omit<Given, "seed" | "temperature">>(
    ...[{ topP: 0.9 }, { topP: 0.5 }, { topP: 1 }, { topP: 1, minP: 0.1 }, { topP: 1, topK: 5 }],
    ...[
      { topP: 0.9, minP: 0.05 },
      { topP: 0.9, topK: 12 },
    ],
  );
  const size = fc.constantFrom(60, 600);
  fc.assert(
    fc.property(seed, temperature, cuts, size, (seed, temperature, cuts, size) => {
      const given = { seed, temperature, ...cuts };
      const next = random(seed + 1);
      const logits = logitsOf(seed, size);
      const most = 0.02;
      const id = taken(
        given,
        logits.map((one) => one + most * (2 * next() - 1)),
      );
      const { winner, behind } = judged(given, logits, id);
      if (winner !== id) flips += 1;
      // Two logits move apart by twice as much; where several end the nucleus at once, by more.
      expect(behind).toBeLessThanOrEqual((8 * most) / temperature);
    }),
    { numRuns: 1500 },
  );
  expect(flips).toBeGreaterThan(3);
});

test("what another end of the nucleus takes is as far off as the two ends are apart, from both sides", () => {
  let [out, gone] = [0, 0];
  const share = fc.double({ min: 0.3, max: 0.97, noNaN: true });
  fc.assert(
    fc.property(seed, temperature, share, share, (seed, temperature, one, other) => {
      const logits = logitsOf(seed);
      const id = taken({ seed, temperature, topP: one }, logits);
      const { winner, behind } = judged({ seed, temperature, topP: other }, logits, id);
      if (winner === id) expect(behind).toBe(0);
      if (winner === id) return;
      if (one > other) out += 1;
      else gone += 1;
      const odds = (share: number) => Math.log(share / (1 - share));
      expect(behind).toBeLessThanOrEqual(Math.abs(odds(one) - odds(other)) + 1e-4);
    }),
    { numRuns: 600 },
  );
  expect(Math.min(out, gone)).toBeGreaterThan(10);
});

test("the same of min-p, in logits by the temperature", () => {
  let apart = 0;
  const share = fc.double({ min: 0.01, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(seed, temperature, share, share, (seed, temperature, one, other) => {
      const logits = logitsOf(seed);
      const id = taken({ seed, temperature, topP: 1, minP: one }, logits);
      const { winner, behind } = judged({ seed, temperature, topP: 1, minP: other }, logits, id);
      if (winner !== id) apart += 1;
      const most = Math.abs(Math.log(one / other)) / temperature;
      expect(behind).toBeLessThanOrEqual(most + 1e-4);
    }),
    { numRuns: 400 },
  );
  expect(apart).toBeGreaterThan(10);
});

test("the lower a token's logit is, the further it is off, and never beyond all numbers", () => {
  fc.assert(
    fc.property(seed, temperature, (seed, temperature) => {
      const logits = logitsOf(seed);
      const given = { seed, temperature, topP: 1 };
      const winner = taken(given, logits);
      const id = (winner + 1) % logits.length;
      let last = 0;
      for (const less of [0, 0.1, 1, 5, 50, Number.POSITIVE_INFINITY]) {
        const lower = logits.slice();
        lower[id] = (lower[id] as number) - less;
        const { behind } = judged(given, lower, id);
        expect(behind).toBeGreaterThanOrEqual(last);
        expect(behind).toBeLessThanOrEqual(1000);
        last = behind;
      }
    }),
    { numRuns: 300 },
  );
});

test("every token has a distance, whatever the cuts leave", () => {
  const cuts = fc.record({
    topP: fc.constantFrom(0.5, 0.95, 1),
    minP: fc.constantFrom(0, 0.05, 0.5, 1),
    topK: fc.constantFrom(0, 1, 5),
  });
  const gap = fc.constantFrom(0, 1, 8, 30);
  fc.assert(
    fc.property(seed, temperature, cuts, gap, (seed, temperature, cuts, gap) => {
      const logits = logitsOf(seed, 40);
      // One far above the others: min-p leaves it alone.
      logits[7] = Math.max(...logits) + gap;
      const id = seed % 40;
      const { winner, behind } = judged({ seed, temperature, ...cuts }, logits, id);
      expect(behind).toBeGreaterThanOrEqual(0);
      if (winner === id) expect(behind).toBe(0);
    }),
    { numRuns: 600 },
  );
});

test("what no rounding explains is far off", () => {
  const logits = Float32Array.of(10, 9.9, 0, -5);
  const far = [0, 1, 2, 3].map((seed) => judged({ seed, temperature: 1, topP: 0.9 }, logits, 3));
  for (const { behind } of far) expect(behind).toBeGreaterThan(5);
});
