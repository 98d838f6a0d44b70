/** What is said of an adapter, by numbers that are known. */
import { expect, test } from "vitest";
import { divergence, isFaithful } from "../../../src/features/training/parity.ts";
import { comparedOf, preferredOf, verdictOf } from "../../../src/features/training/verdict.ts";

/** So many texts of ten tokens, in which the adapter's loss differs by so much a token. */
const texts = (count: number, difference: (n: number) => number) =>
  Array.from({ length: count }, (_, n) => ({
    base: 20,
    tuned: 20 + 10 * difference(n),
    count: 10,
  }));

test("perplexities and their ratio are those of the sums", () => {
  const { ratio, base, tuned, tokens } = comparedOf(texts(20, () => -0.5));
  expect(base).toBeCloseTo(Math.exp(2));
  expect(tuned).toBeCloseTo(Math.exp(1.5));
  expect(ratio.value).toBeCloseTo(Math.exp(-0.5));
  // All are alike, so chance changes nothing.
  expect([ratio.low, ratio.high].map((one) => one.toFixed(6))).toEqual(
    Array(2).fill(Math.exp(-0.5).toFixed(6)),
  );
  expect(tokens).toBe(200);
});

test.each([
  ["better", comparedOf(texts(30, (n) => -0.4 + (n % 3) * 0.1)), 12],
  ["worse", comparedOf(texts(30, (n) => 0.2 + (n % 3) * 0.1)), 12],
  ["same", comparedOf(texts(30, (n) => (n % 2 === 0 ? 0.5 : -0.5))), 12],
  ["nothing", comparedOf(texts(30, () => -0.4)), 0],
] as const)("%s", (word, compared, best) => {
  expect(verdictOf({ test: compared, general: null, preferred: null }, best)).toEqual({
    verdict: word,
    forgot: false,
  });
});

test("what was forgotten is told beside it, unless it may be chance or is little", () => {
  const better = comparedOf(texts(30, () => -0.4));
  const forgot = (difference: (n: number) => number) =>
    verdictOf({ test: better, general: comparedOf(texts(30, difference)), preferred: null }, 9)
      .forgot;
  expect(forgot(() => 0.1)).toBe(true);
  expect(forgot(() => 0.02)).toBe(false);
  expect(forgot((n) => (n === 0 ? 5 : -0.1))).toBe(false);
});

test("what is learned from judgements is judged by what the better answers gained", () => {
  const preferred = (gains: readonly number[]) =>
    verdictOf({ test: null, general: null, preferred: preferredOf(gains) }, 9).verdict;
  expect(preferredOf([0.2, 0.4]).gain.value).toBeCloseTo(0.3);
  expect(preferred([0.2, 0.3, 0.1, 0.4, 0.2])).toBe("better");
  expect(preferred([-0.2, -0.3, -0.1, -0.4, -0.2])).toBe("worse");
  expect(preferred([1, -1, 0.9, -0.9])).toBe("same");
});

test("divergence is over the tokens that both tell, and the rest as one", () => {
  const top = (list: readonly (readonly [number, number])[]) => ({
    top: list.map(([id, p]) => ({ id, logprob: Math.log(p), text: "", bytes: [] })),
  });
  const likely = (list: readonly (readonly [number, number])[]) =>
    list.map(([id, p]) => [id, Math.log(p)] as const);
  expect(
    divergence(
      likely([
        [1, 0.6],
        [2, 0.3],
      ]),
      top([
        [1, 0.6],
        [2, 0.3],
      ]),
    ),
  ).toBeCloseTo(0);
  const expected = 0.6 * Math.log(0.6 / 0.5) + 0.4 * Math.log(0.4 / 0.5);
  expect(divergence(likely([[1, 0.6]]), top([[1, 0.5]]))).toBeCloseTo(expected);
  const parity = { places: 300, base: 4e-3, tuned: 7e-3, without: 1, sameTop: 1 };
  expect(isFaithful(parity)).toBe(true);
  // Heads in the wrong order on a file of 32-bit floats.
  expect(isFaithful({ ...parity, base: 1e-6, tuned: 3e-3 })).toBe(false);
});
