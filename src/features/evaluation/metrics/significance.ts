/** Exact tests of counts, and what many tests at once have to pay for being many. */

/** ln n!, exact up to rounding for small n, by Stirling's series above. */
function logFactorial(n: number): number {
  if (n < 32) {
    let log = 0;
    for (let k = 2; k <= n; k++) log += Math.log(k);
    return log;
  }
  const inverse = 1 / n;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260 - inverse ** 7 / 1680;
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + series;
}

/**
 * How likely a share at least as far from `expected` is by chance: the two-sided exact binomial test,
 * which adds up all outcomes that are no likelier than this one.
 *
 * @param expected share under chance, between 0 and 1
 */
export function binomialTest(hits: number, of: number, expected = 0.5): number {
  const log = (k: number) =>
    logFactorial(of) -
    logFactorial(k) -
    logFactorial(of - k) +
    k * Math.log(expected) +
    (of - k) * Math.log1p(-expected);
  // Equal probabilities differ by rounding.
  const limit = log(hits) + 1e-9;
  let p = 0;
  for (let k = 0; k <= of; k++) {
    const one = log(k);
    if (one <= limit) p += Math.exp(one);
  }
  return p > 1 - 1e-9 ? 1 : p;
}

/** Who of two was better on how many items; ties tell nothing. */
export const signTest = (wins: number, losses: number): number => binomialTest(wins, wins + losses);

/**
 * McNemar's exact test of the same items before and after.
 *
 * @param lost items that were right before only. @param gained items that are right after only
 */
export const mcnemar = (lost: number, gained: number): number => signTest(gained, lost);

/**
 * P-values corrected for being several, in their order: the chance that any of them is below a level
 * while nothing is there stays below that level.
 * Source: S. Holm, "A simple sequentially rejective multiple test procedure", 1979.
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  const corrected = new Array<number>(values.length);
  let highest = 0;
  for (const [rank, { p, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p * (values.length - rank)));
    corrected[index] = highest;
  }
  return corrected;
}

/** Standard normal quantiles of a two-sided level of 5 % and a power of 80 %. */
const [LEVEL, POWER] = [1.959963984540054, 0.8416212335729143] as const;

/**
 * Votes after which a share of wins would be told from one half, in four of five experiments.
 *
 * @param share of wins, ties as half, other than one half
 */
export function votesNeeded(share: number): number {
  const spread = LEVEL * 0.5 + POWER * Math.sqrt(share * (1 - share));
  return Math.ceil((spread / (share - 0.5)) ** 2);
}
