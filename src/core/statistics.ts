/**
 * What every evaluation and benchmark counts with: shares with their intervals, ranks, and chance that
 * can be repeated. Pure functions.
 */

export interface Share {
  readonly hits: number;
  readonly of: number;
}

/** How many of a list are so. */
export const shareOf = <T>(list: readonly T[], is: (one: T) => boolean): Share => ({
  hits: list.filter(is).length,
  of: list.length,
});

/**
 * The 95 % interval of a share.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
 */
export function wilson({ hits, of }: Share): readonly [low: number, high: number] {
  if (of === 0) return [0, 1];
  const z = 1.959964;
  const share = hits / of;
  const scale = 1 + z ** 2 / of;
  const centre = (share + z ** 2 / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/**
 * The exact 95 % interval of a share, which is never too narrow, also where there was no hit.
 * Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits", 1934.
 */
export function exact({ hits, of }: Share): readonly [low: number, high: number] {
  return [
    hits === 0 ? 0 : 1 - boundOf({ hits: of - hits, of }),
    hits === of ? 1 : boundOf({ hits, of }),
  ];
}

/** The share with which so many hits or fewer come in one of 40 draws. */
function boundOf({ hits, of }: Share): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (upTo({ hits, of }, middle) > 0.025) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The chance of so many hits or fewer, each with a chance of p. */
function upTo({ hits, of }: Share, p: number): number {
  let [log, chance] = [of * Math.log1p(-p), 0];
  for (let n = 0; n <= hits; n++) {
    chance += Math.exp(log);
    log += Math.log((of - n) / (n + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return chance;
}

/**
 * Uniform numbers in [0, 1); the same seed gives the same ones on every machine.
 * Source: mulberry32, Tommy Ettinger, public domain.
 */
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
