/** Compares what was found with the labels: strictly, by kind and exact place. */
import type { Kind } from "../kinds.ts";
import { find } from "../scan.ts";
import type { Sample } from "./generate.ts";

export interface Counts {
  found: number;
  missed: number;
  /** Found and not labelled so; where the kind is wrong, it is both missed and false. */
  wrong: number;
}

export interface Mistake {
  readonly text: string;
  readonly what: string;
}

export interface Judged {
  readonly byKind: ReadonlyMap<Kind, Counts>;
  readonly byVariant: ReadonlyMap<string, Counts>;
  readonly mistakes: readonly Mistake[];
}

export function judge(samples: readonly Sample[]): Judged {
  const byKind = new Map<Kind, Counts>();
  const byVariant = new Map<string, Counts>();
  const mistakes: Mistake[] = [];
  const at = <Key>(map: Map<Key, Counts>, key: Key) => {
    const counts = map.get(key) ?? { found: 0, missed: 0, wrong: 0 };
    map.set(key, counts);
    return counts;
  };
  for (const { text, labels, variant } of samples) {
    const found = find(text);
    const same = (a: object) => JSON.stringify(a);
    const wanted = new Set(labels.map(same));
    const got = new Set(found.map(same));
    for (const label of labels) {
      const hit = got.has(same(label));
      for (const counts of [at(byKind, label.kind), at(byVariant, variant)])
        counts[hit ? "found" : "missed"]++;
      if (!hit)
        mistakes.push({
          text,
          what: `missed ${label.kind} «${text.slice(label.start, label.end)}»`,
        });
    }
    for (const one of found) {
      if (wanted.has(same(one))) continue;
      at(byKind, one.kind).wrong++;
      at(byVariant, variant).wrong++;
      mistakes.push({ text, what: `wrong ${one.kind} «${text.slice(one.start, one.end)}»` });
    }
    at(byVariant, variant);
  }
  return { byKind, byVariant, mistakes };
}

export const add = (all: Iterable<Counts>): Counts => {
  const sum = { found: 0, missed: 0, wrong: 0 };
  for (const { found, missed, wrong } of all) {
    sum.found += found;
    sum.missed += missed;
    sum.wrong += wrong;
  }
  return sum;
};
