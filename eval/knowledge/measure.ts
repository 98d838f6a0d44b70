/** How well rankings find what they should: recall and nDCG, with intervals. */
import { quantile, random, sum } from "../../src/core/statistics.ts";

/** Of one question, from 1: at which rank the right passage came; Infinity if it did not. */
export type Rank = number;

export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;

/** The mean over questions with its 95 % interval, by the bootstrap (Efron, 1979), from a seed. */
function figure(values: readonly number[]): Figure {
  const next = random(20_261_129);
  const mean = (list: readonly number[]) => sum(list) / Math.max(1, list.length);
  const means = Array.from({ length: RESAMPLES }, () =>
    mean(values.map(() => values[Math.floor(next() * values.length)] ?? 0)),
  );
  return { value: mean(values), low: quantile(means, 0.025), high: quantile(means, 0.975) };
}

/** Where one passage is right: 1 / log2(1 + rank), up to a rank. Järvelin and Kekäläinen, 2002. */
export const ndcg = (ranks: readonly Rank[], at: number): Figure =>
  figure(ranks.map((rank) => (rank <= at ? 1 / Math.log2(1 + rank) : 0)));

export const recall = (ranks: readonly Rank[], at: number): Figure =>
  figure(ranks.map((rank) => Number(rank <= at)));

export const shown = ({ value, low, high }: Figure): string =>
  `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
