/** Every answer is drawn by a key: the distribution is the model's own, and the numbers can be drawn again. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Draw } from "../../../../src/core/draw.ts";
import type { DrawWish } from "../../../../src/core/extras.ts";
import { nucleus } from "../../../../src/engines/llama/sampling/candidates.ts";
import { distanceOf } from "../../../../src/engines/llama/sampling/distance.ts";
import { APART } from "../../../../src/engines/llama/sampling/lots.ts";
import { Race } from "../../../../src/engines/llama/sampling/race.ts";
import { Sampler, type SamplerOptions } from "../../../../src/engines/llama/sampling/sampler.ts";

const keyOf = (n: number) => n.toString(16).padStart(64, "0");
const wish = (n: number): DrawWish => ({ key: keyOf(n), id: `k${n}`, required: false });
const draws = (sampler: Sampler, logits: Float32Array, count: number) =>
  Array.from({ length: count }, () => sampler.next(logits.slice()).id);
const sampling = { temperature: 1, topP: 1, maxTokens: 100, seed: 1 };
const word = fc.nat(2 ** 32 - 1);

describe("a number", () => {
  test("is the one that others have computed", () => {
    const draw = new Draw(new Uint8Array(32).fill(7));
    const numbers = [10, 11, 12].map((token) => draw.uniform([1, 2, 3, 4], token).toFixed(10));
    expect(numbers).toEqual(["0.8870741477", "0.1260206134", "0.9439313776"]);
  });

  test("has the first 53 bits of HMAC-SHA256", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.tuple(word, word, word, word),
        word,
        (key, context, token) => {
          const message = Buffer.alloc(23);
          message.write("wm1");
          for (const [at, one] of [...context, token].entries()) {
            message.writeUInt32BE(one, 3 + 4 * at);
          }
          const bits = createHmac("sha256", key).update(message).digest().readBigUInt64BE() >> 11n;
          const number = new Draw(key).uniform(context, token);
          expect(number).toBe((Number(bits) + 0.5) / 2 ** 53);
          expect(number > 0 && number < 1).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("has no key of more than a block", () => {
    expect(() => new Draw(new Uint8Array(65))).toThrow(RangeError);
  });
});

/** Of chi-square at one in a million, by Wilson and Hilferty's approximation. */
function critical(freedom: number): number {
  const z = 4.753;
  return freedom * (1 - 2 / (9 * freedom) + z * Math.sqrt(2 / (9 * freedom))) ** 3;
}

/** Likely and unlikely tokens, in no order. */
const logitsOf = (size: number) =>
  Float32Array.from({ length: size }, (_, id) => 2.5 * Math.cos(id * 7.3) - 0.02 * id);

function chiSquare(changes: Partial<SamplerOptions>, logits: Float32Array, total: number) {
  const { temperature, topP } = changes.sampling ?? sampling;
  const { topK, minP } = changes;
  const { ids, probabilities } = nucleus(logits, temperature, topP, { topK, minP });
  const counts = new Map<number, number>();
  const each = 100;
  for (let answer = 0; answer < total / each; answer++) {
    const options = { sampling: { ...sampling, ...changes.sampling, seed: answer } };
    const draw = changes.draw && wish(answer);
    const sampler = new Sampler({ ...changes, ...options, draw });
    for (const id of draws(sampler, logits, each)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  expect([...counts.keys()].every((id) => ids.includes(id))).toBe(true);
  const statistic = probabilities.reduce((sum, odds, at) => {
    const expected = odds * total;
    return sum + ((counts.get(ids[at] as number) ?? 0) - expected) ** 2 / expected;
  }, 0);
  expect(statistic).toBeLessThan(critical(ids.length - 1));
}

describe.each([
  ["the seed", undefined],
  ["a key", wish(0)],
])("what is drawn by %s has the model's own distribution", (_, draw) => {
  // `eval/provenance/` has more of them, and with a million draws.
  test.each([
    { temperature: 0.7, topP: 0.9, size: 5, total: 200_000 },
    { temperature: 0.4, topP: 1, size: 24, total: 20_000 },
    { temperature: 1, topP: 1, size: 7, total: 20_000 },
    { temperature: 1.6, topP: 0.95, size: 24, total: 20_000 },
  ])("at temperature $temperature and top-p $topP", ({ temperature, topP, size, total }) => {
    chiSquare({ draw, sampling: { ...sampling, temperature, topP } }, logitsOf(size), total);
  });

  test("with top-k and min-p, and where most of many candidates run as one", () => {
    chiSquare({ draw, topK: 9, minP: 0.05 }, logitsOf(40), 20_000);
    chiSquare({ draw }, logitsOf(200), 5_000);
  });
});

test("of several draws in a row, one tells nothing of the next", () => {
  const pairs = new Array<number>(16).fill(0);
  for (let answer = 0; answer < 200; answer++) {
    const ids = draws(new Sampler({ sampling, draw: wish(answer) }), new Float32Array(4), 101);
    for (let at = 0; at < 100; at++) {
      const pair = (ids[at] as number) * 4 + (ids[at + 1] as number);
      pairs[pair] = (pairs[pair] ?? 0) + 1;
    }
  }
  const expected = 20_000 / 16;
  const statistic = pairs.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(statistic).toBeLessThan(critical(15));
});

/** The numbers of the tokens that were taken, by the key, at the first of each context. */
function numbersOf(ids: readonly number[], key: string): number[] {
  const draw = new Draw(Buffer.from(key, "hex"));
  const seen = new Set<string>();
  return ids.flatMap((id, at) => {
    const context = ids.slice(at - 4, at);
    if (at < 4 || seen.has(context.join())) return [];
    seen.add(context.join());
    return [draw.uniform(context, id)];
  });
}
const mean = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length;

test("whoever has the key sees that it was used, and with another key nothing", () => {
  const ids = draws(new Sampler({ sampling, draw: wish(5) }), logitsOf(50), 2000);
  expect(mean(numbersOf(ids, keyOf(5)))).toBeGreaterThan(0.8);
  expect(mean(numbersOf(ids, keyOf(6)))).toBeCloseTo(0.5, 1);
});

test("tokens that could not be others are not counted as drawn, nor is the one that ends", () => {
  const constraint = { allows: (id: number) => id === 2, apply: only(2), accept() {} };
  const forced = new Sampler({ sampling, draw: wish(1), constraint });
  draws(forced, logitsOf(9), 30);
  expect(forced.drawing?.tokens).toBe(0);
  const free = new Sampler({ sampling, draw: wish(1) });
  draws(free, logitsOf(9), 40);
  const { tokens = 0 } = free.drawing ?? {};
  expect(tokens).toBeGreaterThan(25);
  expect(tokens).toBeLessThanOrEqual(36);
  free.withdraw();
  expect(free.tokens).toHaveLength(39);
  expect(free.drawing?.tokens).toBe(tokens - 1);
});

function only(id: number) {
  return (logits: Float32Array) => {
    for (let at = 0; at < logits.length; at++) if (at !== id) logits[at] = -Infinity;
  };
}

test("calls of tools are drawn by the seed", () => {
  const calls = { allows: () => true, apply() {}, accept() {}, calling: true };
  const sampler = new Sampler({ sampling, draw: wish(1), constraint: calls });
  draws(sampler, logitsOf(50), 500);
  expect(sampler.drawing?.tokens).toBe(0);
});

test("a grammar takes of the likely tokens what the key would have taken among those it allows", () => {
  const even = { allows: (id: number) => id % 2 === 0, accept() {} };
  const apply = (logits: Float32Array) => {
    for (let at = 1; at < logits.length; at += 2) logits[at] = -Infinity;
  };
  const constrained = new Sampler({ sampling, constraint: { ...even, apply } });
  const bias = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [2 * n + 1, -100]));
  const forbidden = new Sampler({ sampling, logitBias: bias });
  expect(draws(constrained, logitsOf(50), 200)).toEqual(draws(forbidden, logitsOf(50), 200));
});

test("answers of one key come apart before they are marked", () => {
  const logits = logitsOf(6).map((one) => one * 2);
  const answers = Array.from({ length: 300 }, (_, seed) => {
    const sampler = new Sampler({ sampling: { ...sampling, seed }, draw: wish(3) });
    const ids: number[] = [];
    while (ids.length < 200 && sampler.drawing?.tokens === 0)
      ids.push(...draws(sampler, logits, 1));
    expect(sampler.drawing?.nats).toBeGreaterThanOrEqual(APART);
    return ids.slice(0, -1).join();
  });
  const times = [...Map.groupBy(answers, (one) => one).values()].map(({ length }) => length);
  const pairs = times.reduce((sum, n) => sum + n * (n - 1), 0) / (300 * 299);
  expect(pairs).toBeLessThan(1 / 256);
});

test("another process goes on where one has stopped, marks and all", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 59 }), fc.boolean(), (seed, cut, marked) => {
      const draw = marked ? wish(2) : undefined;
      const options = { sampling: { ...sampling, seed }, draw };
      const logits = logitsOf(12);
      const whole = new Sampler(options);
      const begun = draws(whole, logits, cut);
      const second = new Sampler({ ...options, drawing: whole.drawing });
      for (const id of begun) second.accept(id);
      expect(draws(second, logits, 60)).toEqual(draws(whole, logits, 60));
      expect(second.drawing).toEqual(whole.drawing);
    }),
  );
});

test("a small change of the probabilities changes only what was nearly even", () => {
  const context = [1, 2, 3, 4];
  let changed = 0;
  for (let n = 0; n < 1000; n++) {
    const lot = { draw: new Draw(Buffer.from(keyOf(n), "hex")), context };
    const logits = logitsOf(30);
    const race = new Race(nucleus(logits, 1, 1), lot);
    const near = logits.map((one, id) => one + (id % 2 === 0 ? 1e-3 : -1e-3));
    const again = new Race(nucleus(near, 1, 1), lot);
    const drawing = { logits: near, temperature: 1, topP: 1, cut: {}, lot };
    expect(distanceOf(race.winner, drawing)).toBeLessThan(0.0021);
    if (again.winner !== race.winner) changed += 1;
  }
  expect(changed).toBeLessThan(10);
});
