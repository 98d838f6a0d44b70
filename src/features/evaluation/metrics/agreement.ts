/**
 * How far raters agree beyond chance.
 * Sources: K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011; Cohen 1968.
 */
import { bootstrap, type Drawing, type Interval } from "./resample.ts";

export const LEVELS = ["nominal", "ordinal", "interval", "ratio"] as const;
export type Level = (typeof LEVELS)[number];

/** The ratings of one item, of whoever has rated it. */
export type Unit = readonly number[];

export type Verdict = "firm" | "tentative" | "weak" | "unknown";

/** What a value of alpha allows, as Krippendorff (2004) has it. */
export function verdictOf(value: number): Verdict {
  if (Number.isNaN(value)) return "unknown";
  if (value >= 0.8) return "firm";
  return value >= 0.667 ? "tentative" : "weak";
}

/**
 * Krippendorff's alpha: 1 is agreement, 0 is chance. Items with a single rating tell nothing.
 *
 * @returns NaN where all ratings are equal, or nothing was rated twice
 */
export function alpha(units: readonly Unit[], level: Level): number {
  const paired = units.filter((unit) => unit.length > 1);
  const values = [...new Set(paired.flat())].toSorted((a, b) => a - b);
  const indexOf = new Map(values.map((value, index) => [value, index]));
  const size = values.length;
  const coincidences = Array.from({ length: size }, () => new Float64Array(size));
  for (const unit of paired) {
    const counts = new Float64Array(size);
    for (const value of unit) {
      const at = indexOf.get(value) as number;
      counts[at] = (counts[at] as number) + 1;
    }
    for (const [a, row] of coincidences.entries()) {
      const ofA = counts[a] as number;
      if (ofA === 0) continue;
      for (let b = 0; b < size; b++) {
        const pairs = ofA * ((counts[b] as number) - (a === b ? 1 : 0));
        row[b] = (row[b] as number) + pairs / (unit.length - 1);
      }
    }
  }
  const marginals = coincidences.map((row) => row.reduce((total, one) => total + one, 0));
  const total = marginals.reduce((all, one) => all + one, 0);
  let observed = 0;
  let expected = 0;
  for (const [a, row] of coincidences.entries()) {
    for (let b = 0; b < size; b++) {
      if (a === b) continue;
      const apart = distance(level, values, marginals, a, b);
      observed += (row[b] as number) * apart;
      expected += ((marginals[a] as number) * (marginals[b] as number) * apart) / (total - 1);
    }
  }
  return expected === 0 ? Number.NaN : 1 - observed / expected;
}

function distance(
  level: Level,
  values: readonly number[],
  marginals: readonly number[],
  a: number,
  b: number,
): number {
  const [one, other] = [values[a] as number, values[b] as number];
  if (level === "nominal") return 1;
  if (level === "interval") return (one - other) ** 2;
  if (level === "ratio") return one + other === 0 ? 0 : ((one - other) / (one + other)) ** 2;
  const [low, high] = a < b ? [a, b] : [b, a];
  const between = marginals.slice(low, high + 1).reduce((total, count) => total + count, 0);
  return (between - ((marginals[low] as number) + (marginals[high] as number)) / 2) ** 2;
}

/** With its interval over items. */
export const alphaInterval = (
  units: readonly Unit[],
  level: Level,
  drawing: Drawing = {},
): Interval => bootstrap(units, (drawn) => alpha(drawn, level), drawing);

/**
 * Cohen's kappa of two raters, a difference weighing as its square.
 *
 * @returns NaN where both gave one and the same value to all
 */
export function quadraticKappa(pairs: readonly (readonly [number, number])[]): number {
  let observed = 0;
  for (const [one, other] of pairs) observed += (one - other) ** 2;
  let expected = 0;
  for (const [one] of pairs) for (const [, other] of pairs) expected += (one - other) ** 2;
  return expected === 0 ? Number.NaN : 1 - observed / (expected / pairs.length);
}
