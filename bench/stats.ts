/** The benchmark's own statistics, as pure functions. */
import { median, quantile, random } from "../src/core/statistics.ts";
import type { Ratio } from "./types.ts";

/** Seconds at which requests arrive, `rate` a second on average, for `seconds`. */
export function poisson(rate: number, seconds: number, next: () => number): number[] {
  const times: number[] = [];
  for (let at = gap(rate, next); at < seconds; at += gap(rate, next)) times.push(at);
  return times;
}

/** Time between two arrivals of a Poisson process: exponentially distributed. */
const gap = (rate: number, next: () => number) => -Math.log(1 - next()) / rate;

/** Two measurements of one round: Charla's and the peer's. */
export type Pair = readonly [charla: number, peer: number];

/** What machine noise touched both runs of a round cancels in that round's ratio. */
export const medianOfRatios = (pairs: readonly Pair[]): number =>
  median(pairs.map(([charla, peer]) => charla / peer));

/** For many different requests a round, whose own ratios mean little. */
export const ratioOfMedians = (pairs: readonly Pair[]): number =>
  median(pairs.map(([charla]) => charla)) / median(pairs.map(([, peer]) => peer));

const RESAMPLES = 2000;

/**
 * The ratio with its 95 % bootstrap interval (percentile method): pairs are drawn with replacement,
 * so that the rounds stay together. The same pairs always give the same interval.
 */
export function bootstrapRatio(
  pairs: readonly Pair[],
  statistic: (pairs: readonly Pair[]) => number = medianOfRatios,
): Ratio {
  const next = random(pairs.length);
  const draw = () => pairs[Math.floor(next() * pairs.length)] as Pair;
  const resampled = Array.from({ length: RESAMPLES }, () => statistic(pairs.map(draw)));
  return {
    median: statistic(pairs),
    low: quantile(resampled, 0.025),
    high: quantile(resampled, 0.975),
  };
}
