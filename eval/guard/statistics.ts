/** Shares as the evaluation of the guard writes them. */
import { type Share, wilson } from "../../src/core/statistics.ts";

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
