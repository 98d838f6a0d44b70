/** Shares with their intervals, and chance from a seed. */

export interface Share {
  readonly hits: number;
  readonly of: number;
}

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

export const share = <T>(list: readonly T[], is: (one: T) => boolean): Share => ({
  hits: list.filter(is).length,
  of: list.length,
});

/** "12/30: 40 % (25–58)" */
export function show(one: Share): string {
  if (one.of === 0) return "–";
  const [low, high] = wilson(one).map((value) => Math.round(value * 100));
  return `${one.hits}/${one.of}: ${Math.round((one.hits / one.of) * 100)} % (${low}–${high})`;
}

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

export const pick = <T>(list: readonly T[], next: () => number): T =>
  list[Math.floor(next() * list.length)] as T;
