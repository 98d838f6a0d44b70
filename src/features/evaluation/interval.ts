/**
 * Intervals by resampling whole units (windows, documents, questions), never tokens, which hang
 * together: taken as independent they make an interval half as wide as it is.
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (percentiles).
 */

import { random } from "../../core/statistics.ts";
import { DRAWN, middle } from "./metrics/resample.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of fewer a resample tells nothing: half of them are the same unit again and again. */
export const LEAST_UNITS = 4;

/**
 * The middle 95 % of a figure over resamples of `count` units.
 *
 * @param figure of a resample, which is given as how often each unit is in it
 * @returns undefined for fewer than {@link LEAST_UNITS}
 */
export function bootstrap(
  count: number,
  seed: number,
  figure: (times: Uint32Array) => number,
): Interval | undefined {
  if (count < LEAST_UNITS) return undefined;
  const next = random(seed);
  const figures: number[] = [];
  const times = new Uint32Array(count);
  for (let round = 0; round < DRAWN.samples; round++) {
    times.fill(0);
    for (let draw = 0; draw < count; draw++) {
      const unit = Math.floor(next() * count);
      times[unit] = (times[unit] as number) + 1;
    }
    figures.push(figure(times));
  }
  return middle(figures);
}
