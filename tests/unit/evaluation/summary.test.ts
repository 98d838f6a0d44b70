/** Perplexities of all levels, and intervals by whole units. */
import { expect, test } from "vitest";
import { bootstrap } from "../../../src/features/evaluation/interval.ts";
import { type Scored, sumOf } from "../../../src/features/evaluation/perplexity/measure.ts";
import { ratioOf, summarise } from "../../../src/features/evaluation/perplexity/summary.ts";

const item = (more: Partial<Scored>): Scored => ({
  ...{ text: 0, language: "en", tokens: 100, nats: 300, bytes: 400, words: 80 },
  ...more,
});
const llama = { protocol: "llama", seed: 1 } as const;
const bits = { protocol: "bits", seed: 1 } as const;

test("of tokens, words and bytes, and bits of a byte", () => {
  const [all] = summarise([item({}), item({ nats: 100 })], llama);
  expect(all?.token.value).toBeCloseTo(Math.exp(400 / 200), 12);
  expect(all?.word.value).toBeCloseTo(Math.exp(400 / 160), 12);
  expect(all?.byte.value).toBeCloseTo(Math.exp(400 / 800), 12);
  expect(all?.bitsPerByte.value).toBeCloseTo(400 / 800 / Math.LN2, 12);
  // Two units tell nothing of how others would have come out.
  expect(all?.token.interval).toBeNull();
});

test("by language where there are several", () => {
  const found = summarise([item({}), item({ language: "es", nats: 500 })], llama);
  expect(found.map(({ of }) => of)).toEqual(["all", "en", "es"]);
  expect(found[2]?.token.value).toBeCloseTo(Math.exp(5), 12);
});

test("intervals by documents where each was read by itself, else by windows", () => {
  const items = Array.from({ length: 12 }, (_, at) => item({ text: at >> 1, nats: 300 + at }));
  expect(summarise(items, bits)[0]).toMatchObject({ units: 6, resampled: "documents" });
  expect(summarise(items, llama)[0]).toMatchObject({ units: 12, resampled: "windows" });
});

test("an interval is that of the mean of units, and wider for fewer of them", () => {
  const draw = (count: number) =>
    Array.from({ length: count }, (_, at) => item({ nats: 300 + 40 * Math.sin(at * 12.9898) }));
  const width = (count: number) => {
    const { low, high } = summarise(draw(count), llama)[0]?.token.interval ?? { low: 0, high: 0 };
    return Math.log(high / low);
  };
  // 40 / sqrt(2) nats over 100 tokens, of 100 units: a standard error of 0.0283, 3.92 of them.
  expect(width(100)).toBeGreaterThan(0.09);
  expect(width(100)).toBeLessThan(0.13);
  expect(width(400) / width(100)).toBeCloseTo(0.5, 1);
});

test("the same seed gives the same interval, another one another", () => {
  const mean = (times: Uint32Array) =>
    times.reduce((sum, often, at) => sum + often * Math.sqrt(at), 0);
  expect(bootstrap(9, 1, mean)).toEqual(bootstrap(9, 1, mean));
  expect(bootstrap(9, 1, mean)).not.toEqual(bootstrap(9, 2, mean));
  expect(bootstrap(3, 1, mean)).toBeUndefined();
});

test("two models are compared on the same windows, which leaves little to chance", () => {
  const first = Array.from({ length: 20 }, (_, at) => item({ nats: 200 + 10 * at }));
  const second = first.map((one) => ({ ...one, nats: one.nats + 2 }));
  const ratio = ratioOf(first, second, llama);
  expect(ratio).toMatchObject({ level: "token" });
  expect(ratio?.value).toBeCloseTo(Math.exp(0.02), 12);
  expect(ratio?.interval?.low).toBeCloseTo(Math.exp(0.02), 9);
});

test("other tokens are compared by the bytes of documents, or not at all", () => {
  const first = Array.from({ length: 8 }, (_, at) => item({ text: at }));
  const second = first.map((one) => ({ ...one, tokens: 90, nats: 330 }));
  expect(ratioOf(first, second, bits)).toMatchObject({ level: "byte" });
  expect(ratioOf(first, second, bits)?.value).toBeCloseTo(1.1, 12);
  expect(ratioOf(first, second, llama)).toBeUndefined();
});

test("words count where they begin, and bytes of what was scored", () => {
  const token = (text: string, logprob: number | null) => ({
    ...{ id: 1, text, logprob, top: [] },
    bytes: [...Buffer.from(text)],
  });
  const found = [token("The", null), token(" ñandú", -2), token(" runs", -1)];
  expect(sumOf(found, true)).toEqual({ tokens: 2, nats: 3, bytes: 13, words: 2 });
  expect(sumOf([token("The", -1), token(" cat", -1)], true).words).toBe(2);
  expect(sumOf([token("ing", -1), token(" cat", -1)], false).words).toBe(1);
});
