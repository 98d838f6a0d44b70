/** Attacks on the detector with the recipes of `perturb.ts`, as TextAttack's would go about it. */

import { type Change, wordsIn } from "../../../core/perturb.ts";

export interface Attempt {
  readonly evaded: boolean;
  /** Share of the words that were changed when it ended. */
  readonly changed: number;
  /** How often the detector was asked. */
  readonly queries: number;
}

/** Most words that may be changed, as a share: beyond it a reader no longer understands. */
const MOST = 0.4;

/** Changes one word after the other, in random order, until the detector no longer sees it. */
export function evade(
  text: string,
  change: Change,
  seen: (text: string) => boolean,
  next: () => number,
): Attempt {
  const parts = text.split(/([\p{L}\p{N}'’]+)/u);
  const words = wordsIn(parts);
  const order = words
    .map((index) => ({ index, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .slice(0, Math.ceil(words.length * MOST));
  let changed = 0;
  let queries = 0;
  for (const { index } of order) {
    const before = parts[index] as string;
    const after = change(before, next);
    if (after === before) continue;
    parts[index] = after;
    changed += 1;
    queries += 1;
    if (!seen(parts.join(""))) return { evaded: true, changed: changed / words.length, queries };
  }
  return { evaded: false, changed: words.length ? changed / words.length : 0, queries };
}
