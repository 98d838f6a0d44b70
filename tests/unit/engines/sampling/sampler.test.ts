/** From logits to tokens: exact probabilities, choices that can be repeated, and nothing more. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argmax, nucleus } from "../../../../src/engines/llama/sampling/candidates.ts";
import { logprobsOf } from "../../../../src/engines/llama/sampling/logprobs.ts";
import { Sampler, type SamplerOptions } from "../../../../src/engines/llama/sampling/sampler.ts";

const logits = fc
  .array(fc.float({ min: -40, max: 40, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((values) => Float32Array.from(values));
const temperature = fc.double({ min: 0.05, max: 2, noNaN: true });
const topP = fc.double({ min: 0.01, max: 1, noNaN: true });

/** Slow and obvious. */
function softmax(values: ArrayLike<number>, temperature: number): number[] {
  const max = Math.max(...Array.from(values));
  const weights = Array.from(values, (one) => Math.exp((one - max) / temperature));
  const sum = weights.reduce((total, one) => total + one, 0);
  return weights.map((one) => one / sum);
}

function options(changes: Partial<SamplerOptions> = {}): SamplerOptions {
  const sampling = { temperature: 1, topP: 1, maxTokens: 100, seed: 1 };
  return { sampling, ...changes };
}

describe("the nucleus", () => {
  test("is the smallest set of likeliest tokens that reaches top-p", () => {
    fc.assert(
      fc.property(logits, temperature, topP, (values, warmth, share) => {
        const { ids, probabilities } = nucleus(values, warmth, share);
        const all = softmax(values, warmth);
        const kept = Array.from(ids, (id) => all[id] as number);
        const mass = kept.reduce((sum, one) => sum + one, 0);
        expect(mass).toBeGreaterThan(share - 1e-6);
        if (share < 1) expect(mass - Math.min(...kept)).toBeLessThan(share + 1e-6);
        const left = all.filter((_, id) => !ids.includes(id));
        expect(Math.max(0, ...left)).toBeLessThanOrEqual(Math.min(...kept) + 1e-9);
        for (const [at, one] of kept.entries())
          expect(probabilities[at]).toBeCloseTo(one / mass, 6);
      }),
      { numRuns: 500 },
    );
  });

  test("of temperature 0 is the likeliest token, and of equals the first", () => {
    fc.assert(
      fc.property(logits, topP, (values, share) => {
        const best = Array.from(values).indexOf(Math.max(...values));
        expect([...nucleus(values, 0, share).ids]).toEqual([best]);
        expect(argmax(values)).toBe(best);
      }),
    );
  });

  test("of nothing that may stand there is one token all the same", () => {
    const { ids, probabilities } = nucleus(new Float32Array(9).fill(-Infinity), 1, 1);
    expect([...ids]).toEqual([0]);
    expect([...probabilities]).toEqual([1]);
    expect(argmax(Float32Array.of(1, 5, 5, 2))).toBe(1);
  });

  test("reaches down to unlikely tokens when there are very many of them", () => {
    // One likely token, and 40,000 that are 13 below it: together they have 8 % of the mass.
    const values = new Float32Array(40_001).fill(-13);
    values[7] = 0;
    const { ids } = nucleus(values, 1, 0.95);
    expect(ids.length).toBeGreaterThan(1000);
  });
});

describe("log-probabilities", () => {
  test("are those of the softmax, the likeliest first", () => {
    fc.assert(
      fc.property(logits, fc.nat(20), fc.nat(59), (values, count, pick) => {
        const id = pick % values.length;
        const { logprob, top } = logprobsOf(values, id, count);
        const all = softmax(values, 1);
        expect(Math.exp(logprob)).toBeCloseTo(all[id] as number, 6);
        expect(top).toHaveLength(Math.min(count, values.length));
        const sorted = all.map((odd, index) => ({ odd, index }));
        sorted.sort((a, b) => b.odd - a.odd || a.index - b.index);
        for (const [place, one] of top.entries()) {
          expect(Math.exp(one.logprob)).toBeCloseTo(sorted[place]?.odd as number, 6);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a sampler", () => {
  const draw = (sampler: Sampler, values: number[], count: number) =>
    Array.from({ length: count }, () => sampler.next(Float32Array.from(values)).id);

  test("gives the same answer for the same seed, and goes on from any place", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(30), (seed, cut) => {
        const values = [1, 2, 3, 2, 1];
        const sampling = { temperature: 1, topP: 0.95, maxTokens: 99, seed };
        const whole = draw(new Sampler(options({ sampling })), values, 40);
        const second = new Sampler(options({ sampling }));
        for (const id of whole.slice(0, cut)) second.accept(id);
        expect([...whole.slice(0, cut), ...draw(second, values, 40 - cut)]).toEqual(whole);
      }),
    );
  });

  test("never takes a forbidden token and always a forced one", () => {
    const never = new Sampler(options({ logitBias: { 2: -100 } }));
    expect(draw(never, [0, 0, 9], 200)).not.toContain(2);
    const always = new Sampler(options({ logitBias: { 0: 100 } }));
    expect(new Set(draw(always, [0, 0, 9], 200))).toEqual(new Set([0]));
    // However sure the model is.
    expect(draw(never, [0, 0, 300], 20)).not.toContain(2);
    expect(new Set(draw(always, [0, 0, 300], 20))).toEqual(new Set([0]));
  });

  test("a bias changes the odds by its exponential", () => {
    const sampler = new Sampler(options({ logitBias: { 1: Math.log(3) } }));
    const share = draw(sampler, [0, 0], 8000).filter((id) => id === 1).length / 8000;
    expect(share).toBeGreaterThan(0.73);
    expect(share).toBeLessThan(0.77);
  });

  test("no repetition goes on past a text that ends them", () => {
    const letters = ["p", "|", "q", "r", "s"];
    const sampling = { temperature: 0, topP: 1, maxTokens: 99, seed: 1 };
    const dry = { multiplier: 10, base: 2, allowedLength: 2, breakers: ["|"] };
    const piece = (id: number) => Buffer.from(letters[id] ?? "");
    const next = (text: string) => {
      const sampler = new Sampler(options({ sampling, dry, piece }));
      for (const letter of text) sampler.accept(letters.indexOf(letter));
      return letters[sampler.next(Float32Array.of(0, 0, 0, 1, 0.5)).id];
    };
    expect(next("p|qrp|q")).toBe("r");
    expect(next("|pqr|pq")).toBe("s");
  });

  test("of very many that are equal any is taken", () => {
    const sampler = new Sampler(options());
    const taken = new Set(draw(sampler, Array(300).fill(0), 2500));
    expect(taken.size).toBeGreaterThan(280);
  });

  test("what a key draws is counted where there was a choice, and in the answer", () => {
    const key = { id: "k", key: "ab".repeat(32), required: false };
    const sure = { temperature: 1, topP: 1e-9, maxTokens: 99, seed: 1 };
    const forced = new Sampler(options({ draw: key, sampling: sure }));
    draw(forced, [3, 2, 1], 40);
    expect(forced.drawing?.tokens).toBe(0);
    const free = new Sampler(options({ draw: key }));
    draw(free, Array(300).fill(0), 40);
    const before = free.drawing?.tokens ?? 0;
    expect(before).toBeGreaterThan(20);
    draw(free, Array(300).fill(0), 1);
    expect(free.drawing?.tokens).toBe(before + 1);
    free.withdraw();
    expect(free.drawing?.tokens).toBe(before);
  });

  test("penalties count what the answer has, not what it does not", () => {
    const sampling = { temperature: 0, topP: 1, maxTokens: 99, seed: 1 };
    const frequency = new Sampler(options({ sampling, frequencyPenalty: 1 }));
    expect(draw(frequency, [2.5, 2, 0], 4)).toEqual([0, 1, 0, 1]);
    const presence = new Sampler(options({ sampling, presencePenalty: 1 }));
    expect(draw(presence, [2.5, 2, 0], 5)).toEqual([0, 1, 0, 0, 0]);
  });

  test("log-probabilities are the model's own, whatever the bias", () => {
    const sampler = new Sampler(options({ logprobs: 2, logitBias: { 0: 100 } }));
    const { id, logprobs } = sampler.next(Float32Array.of(0, 0, 5));
    expect(id).toBe(0);
    expect(logprobs?.logprob).toBeCloseTo(Math.log(softmax([0, 0, 5], 1)[0] as number), 6);
    expect(logprobs?.top.map((one) => one.id)).toEqual([2, 0]);
  });

  test("a constraint is asked first, and applied only to what it refuses", () => {
    let applied = 0;
    const accepted: number[] = [];
    const constraint = {
      allows: (token: number) => token === 1,
      apply(values: Float32Array) {
        applied += 1;
        values.forEach((_, id) => {
          if (id !== 1) values[id] = Number.NEGATIVE_INFINITY;
        });
      },
      accept: (token: number) => void accepted.push(token),
    };
    const sampling = { temperature: 0, topP: 1, maxTokens: 99, seed: 1 };
    const sampler = new Sampler(options({ sampling, constraint }));
    expect(draw(sampler, [0, 5, 0], 2)).toEqual([1, 1]);
    expect(applied).toBe(0);
    expect(draw(sampler, [9, 5, 0], 2)).toEqual([1, 1]);
    expect(applied).toBe(2);
    expect(accepted).toEqual([1, 1, 1, 1]);
  });

  test("says by which steps it chose", () => {
    const sampling = { temperature: 0.7, topP: 0.9, maxTokens: 9, seed: 3 };
    const steps = "presence 0.5, temperature 0.7, top-p 0.9";
    const sampler = new Sampler(options({ sampling, presencePenalty: 0.5 }));
    expect(sampler.made).toEqual({ sampler: `${steps}, drawn by the seed` });
    const draw = { key: "07".repeat(32), id: "k1", required: false };
    expect(new Sampler(options({ sampling, presencePenalty: 0.5, draw })).made).toEqual({
      sampler: `${steps}, drawn by key k1`,
      draw: { key: "k1", tokens: 0 },
    });
    const greedy = { ...sampling, temperature: 0 };
    expect(new Sampler(options({ sampling: greedy, draw })).description).toBe("greedy");
  });
});
