/**
 * Intervals and comparisons by drawing again from what was measured. What is drawn are whole items
 * (a question with all that belongs to it), never tokens or single ratings of one answer.
 */
import { quantile, random } from "../../../core/statistics.ts";

export interface Interval {
  readonly value: number;
  /** The 95 % interval, by percentiles 2.5 and 97.5. */
  readonly low: number;
  readonly high: number;
}

export interface Drawing {
  readonly samples?: number;
  readonly seed?: number;
}

/** What stands in a signature where nothing else was asked for. */
export const DRAWN = { samples: 1000, seed: 12345 } as const;

/**
 * The same items and seed always give the same interval.
 *
 * @param statistic NaN where the drawn items tell nothing; such draws are left out
 */
export function bootstrap<Item>(
  items: readonly Item[],
  statistic: (items: readonly Item[]) => number,
  drawing: Drawing = {},
): Interval {
  const drawn = draws(items, drawing).map(statistic).filter(Number.isFinite);
  return { value: statistic(items), ...middle(drawn) };
}

export interface Comparison {
  /** Of the first less the second. */
  readonly difference: Interval;
  /** Two-sided: how often chance alone would tell them apart as far. */
  readonly p: number;
}

/**
 * Two systems on the same items, which are drawn together.
 * Source: Koehn 2004; the p-value as sacrebleu 2.6.0 has it, from differences around their mean.
 */
export function pairedBootstrap<Item>(
  items: readonly (readonly [Item, Item])[],
  statistic: (items: readonly Item[]) => number,
  drawing: Drawing = {},
): Comparison {
  const between = (pairs: readonly (readonly [Item, Item])[]) =>
    statistic(pairs.map(([one]) => one)) - statistic(pairs.map(([, other]) => other));
  const value = between(items);
  const drawn = draws(items, drawing).map(between).filter(Number.isFinite);
  const mean = drawn.reduce((total, one) => total + one, 0) / drawn.length;
  const farther = drawn.filter((one) => Math.abs(one - mean) > Math.abs(value)).length;
  return { difference: { value, ...middle(drawn) }, p: (farther + 1) / (drawn.length + 1) };
}

/** As many items as there are, with replacement, again and again. */
export function draws<Item>(items: readonly Item[], drawing: Drawing = {}): Item[][] {
  const { samples = DRAWN.samples, seed = DRAWN.seed } = drawing;
  const next = random(seed);
  return Array.from({ length: samples }, () =>
    items.map(() => items[Math.floor(next() * items.length)] as Item),
  );
}

export const middle = (values: readonly number[]) => ({
  low: quantile(values, 0.025),
  high: quantile(values, 0.975),
});
