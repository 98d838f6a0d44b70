/** top-k, min-p and the penalties on repetitions, each against a slow and obvious oracle. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dry } from "../../../../src/core/extras.ts";
import { nucleus } from "../../../../src/engines/llama/sampling/candidates.ts";
import { Breakers, dryPenalties } from "../../../../src/engines/llama/sampling/dry.ts";
import { Sampler, type SamplerOptions } from "../../../../src/engines/llama/sampling/sampler.ts";

const logits = fc
  .array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NEGATIVE_INFINITY)), {
    minLength: 1,
    maxLength: 40,
  })
  // One at least can be taken.
  .map((values) => Float32Array.of(0, ...values));

/** Sorts everything, and cuts one after the other. */
function oracle(
  values: Float32Array,
  temperature: number,
  topP: number,
  topK: number,
  minP: number,
) {
  const max = Math.max(...values);
  let left = [...values.entries()].filter(([, one]) => one !== Number.NEGATIVE_INFINITY);
  left.sort(([a, x], [b, y]) => y - x || a - b);
  if (topK > 0) left = left.slice(0, topK);
  left = left.filter(([, one]) => Math.exp(one - max) >= minP * (1 - 1e-12));
  const weights = left.map(([, one]) => Math.exp((one - max) / temperature));
  const total = weights.reduce((sum, one) => sum + one, 0);
  const massOf = (count: number) => weights.slice(0, count).reduce((sum, one) => sum + one, 0);
  const end = weights.findIndex((_, at) => massOf(at + 1) >= topP * total - 1e-9);
  const kept = weights.slice(0, topP < 1 && end >= 0 ? end + 1 : weights.length);
  const sum = kept.reduce((a, b) => a + b, 0);
  return new Map(kept.map((one, at) => [left[at]?.[0] as number, one / sum]));
}

describe("top-k and min-p", () => {
  test("leave what a sort and two comparisons leave", () => {
    fc.assert(
      fc.property(
        logits,
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.constantFrom(1, 0.9, 0.5, 0.05),
        fc.nat(45),
        fc.constantFrom(0, 0.001, 0.05, 0.2, 0.7, 1),
        (values, temperature, topP, topK, minP) => {
          // Without a cut the nucleus has its own test, and its own order of equals.
          fc.pre((topK > 0 && topK < values.length) || minP > 0);
          const expected = oracle(values, temperature, topP, topK, minP);
          const { ids, probabilities } = nucleus(values, temperature, topP, { topK, minP });
          expect([...ids]).toEqual([...expected.keys()]);
          for (const [at, id] of ids.entries()) {
            expect(probabilities[at]).toBeCloseTo(expected.get(id) as number, 9);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("keep so many of very many", () => {
    const values = Float32Array.from({ length: 150_000 }, (_, id) => (id * 7919) % 150_000);
    const { ids } = nucleus(values, 150_000, 1, { topK: 1000 });
    const expected = [...values.keys()].sort(
      (a, b) => (values[b] as number) - (values[a] as number),
    );
    expect([...ids]).toEqual(expected.slice(0, 1000));
  });

  test("min-p looks before the temperature, as llama.cpp does", () => {
    const values = Float32Array.of(0, Math.log(0.1), Math.log(0.01));
    for (const temperature of [0.3, 1, 2]) {
      expect([...nucleus(values, temperature, 1, { minP: 0.05 }).ids]).toEqual([0, 1]);
    }
  });

  test("a single candidate is taken whatever the seed", () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const taken = seeds.map((seed) => {
      const sampling = { temperature: 2, topP: 1, maxTokens: 9, seed };
      return new Sampler({ sampling, topK: 1 }).next(Float32Array.of(1, 1.01, 0.99)).id;
    });
    expect(new Set(taken)).toEqual(new Set([1]));
  });
});

const greedy = { temperature: 0, topP: 1, maxTokens: 99, seed: 1 };
/** The logits as the sampler left them, after it has taken these tokens. */
function adjusted(
  values: readonly number[],
  soFar: readonly number[],
  more: Partial<SamplerOptions>,
) {
  const sampler = new Sampler({ sampling: greedy, ...more });
  for (const id of soFar) sampler.accept(id);
  const changed = Float32Array.from(values);
  sampler.next(changed);
  return [...changed];
}

describe("the repeat penalty", () => {
  test("divides what is above zero and multiplies the rest, once for each token", () => {
    const repeatPenalty = { factor: 2 };
    expect(adjusted([8, -8, 8, -8, 0], [0, 1, 1, 0], { repeatPenalty })).toEqual([
      4, -16, 8, -8, 0,
    ]);
  });

  test("looks at the last tokens of prompt and answer together", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(9), { maxLength: 12 }),
        fc.array(fc.nat(9), { maxLength: 12 }),
        fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
        (prompt, soFar, lastN) => {
          const seen = [...prompt, ...soFar].slice(-(lastN ?? 99));
          const after = adjusted(new Array(10).fill(3), soFar, {
            prompt,
            repeatPenalty: { factor: 1.5, lastN },
          });
          expect(after).toEqual(after.map((_, id) => (seen.includes(id) ? 2 : 3)));
        },
      ),
    );
  });
});

/** Every place is compared with the end, token by token. */
function slowly(tokens: readonly number[], dry: Omit<Dry, "breakers">, limit: number) {
  const recent = tokens.slice(-(dry.lastN ?? tokens.length));
  const losses = new Map<number, number>();
  for (let at = 0; at < recent.length - 1; at++) {
    let length = 0;
    while (at - length >= 0 && recent[at - length] === recent[recent.length - 1 - length])
      length += 1;
    const repeated = Math.min(length, limit);
    if (repeated < dry.allowedLength) continue;
    const loss = dry.multiplier * dry.base ** (repeated - dry.allowedLength);
    const next = recent[at + 1] as number;
    losses.set(next, Math.max(losses.get(next) ?? 0, loss));
  }
  return losses;
}

const ofFew = fc.array(fc.nat(2), { maxLength: 40 });
const wish = fc.record({
  multiplier: fc.constantFrom(0.5, 1),
  base: fc.constantFrom(1, 1.75, 2),
  allowedLength: fc.integer({ min: 1, max: 5 }),
  lastN: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
});

describe("DRY", () => {
  test("takes from each token what the longest repetition says that it would go on with", () => {
    fc.assert(
      fc.property(ofFew, wish, fc.nat(45), (tokens, dry, limit) => {
        const found = dryPenalties(tokens, dry, limit);
        expect(new Map([...found].sort())).toEqual(new Map([...slowly(tokens, dry, limit)].sort()));
      }),
      { numRuns: 2000 },
    );
  });

  test("llama.cpp's own example", () => {
    // a b c c b c y a b c: after `a b c` came c, after `b c` y, after `c` b.
    const tokens = [..."abccbcyabc"].map((letter) => letter.charCodeAt(0));
    const found = dryPenalties(tokens, { multiplier: 1, base: 2, allowedLength: 1 }, tokens.length);
    const named = Object.fromEntries(
      [...found].map(([id, loss]) => [String.fromCharCode(id), loss]),
    );
    expect(named).toEqual({ c: 4, y: 2, b: 1 });
  });

  test("never becomes infinite", () => {
    const tokens = new Array<number>(5000).fill(7);
    const dry = { multiplier: 1, base: 1.75, allowedLength: 2 };
    const loss = dryPenalties(tokens, dry, tokens.length).get(7) as number;
    expect(Number.isFinite(Math.fround(loss))).toBe(true);
    expect(loss).toBeGreaterThan(1e30);
  });

  const pieces = ["a", "b", "\n", "x\ny", "</", "s>", "é".slice(0, 1), " "].map((one) =>
    Buffer.from(one),
  );
  const piece = (id: number) => pieces[id] as Buffer;
  const texts = ["\n", "</s>", "b a"];

  test("counts from the last text that ends repetitions, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(pieces.length - 1), { maxLength: 20 }), (tokens) => {
        const spelled = tokens.map((id) => piece(id).toString("latin1"));
        /** The number of tokens that lie wholly behind the end of the last breaker. */
        const ends = texts.map(
          (one) => spelled.join("").lastIndexOf(Buffer.from(one).toString("latin1")) + one.length,
        );
        const found = texts.filter((one) => spelled.join("").includes(one));
        const end = Math.max(0, ...ends.filter((_, at) => found.includes(texts[at] as string)));
        let [place, expected] = [spelled.join("").length, 0];
        while (expected < tokens.length && place > end) {
          place -= (spelled[tokens.length - 1 - expected] as string).length;
          if (place >= end) expected += 1;
        }
        expect(new Breakers(texts, piece).since(tokens, tokens.length)).toBe(
          found.length > 0 ? expected : tokens.length,
        );
      }),
      { numRuns: 1000 },
    );
  });

  test("does not punish the texts that end repetitions, nor what follows them", () => {
    const dry: Dry = { multiplier: 100, base: 2, allowedLength: 1, breakers: ["\n"] };
    const even = new Array<number>(4).fill(5);
    // a b \n a: the line may go on as the one before did, since it is one token long so far.
    expect(adjusted(even, [0, 1, 2, 0], { piece, dry })).toEqual([5, 5 - 100, 5, 5]);
    expect(adjusted(even, [0, 1, 2, 0, 1], { piece, dry })).toEqual([5, 5, 5, 5]);
    expect(adjusted(even, [0, 1, 2], { piece, dry })).toEqual([5, 5, 5, 5]);
    // The same in the prompt.
    expect(adjusted(even, [0], { piece, dry, prompt: [0, 1, 2] })).toEqual([5, 5 - 100, 5, 5]);
  });
});

test("a sampler names every step in its order", () => {
  const sampler = new Sampler({
    sampling: { temperature: 0.7, topP: 0.9, maxTokens: 9, seed: 3 },
    ...{ logitBias: { 1: 2 }, presencePenalty: 0.5, frequencyPenalty: 0.25, topK: 40, minP: 0.05 },
    repeatPenalty: { factor: 1.1, lastN: 64 },
    dry: { multiplier: 0.8, base: 1.75, allowedLength: 2, breakers: ["\n"] },
  });
  expect(sampler.description).toBe(
    "bias of 1, repeat 1.1 (last 64), presence 0.5, frequency 0.25, " +
      "dry 0.8 x 1.75 from 2 (last all), top-k 40, min-p 0.05, temperature 0.7, top-p 0.9, drawn by the seed",
  );
});
