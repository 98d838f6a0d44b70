/** Statistics as pure functions; what is random takes its randomness from a seed. */
import type { Ratio } from "./types.ts";

/** Uniform numbers in [0, 1). Source: mulberry32, Tommy Ettinger, public domain. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** In random order (Fisher and Yates). */
export function shuffle<T>(list: readonly T[], next: () => number): T[] {
  const result = [...list];
  for (let n = result.length - 1; n > 0; n--) {
    const other = Math.floor(next() * (n + 1));
    [result[n], result[other]] = [result[other] as T, result[n] as T];
  }
  return result;
}

/**
 * Linear interpolation between the closest ranks (type 7 of Hyndman and Fan).
 *
 * @param q from 0 to 1
 * @returns NaN for an empty list
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below === above ? below : below + (above - below) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

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
