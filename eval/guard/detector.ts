/** The score as the product computes it, beside the classifiers, and against small changes. */

import { RECIPES } from "../../src/core/perturb.ts";
import type { Share } from "../../src/core/statistics.ts";
import { random } from "../../src/core/statistics.ts";
import { SUSPICIOUS, scoreOf } from "../../src/features/guard/score/index.ts";
import { clean, type Removed } from "../../src/features/guard/unicode.ts";
import { type Case, isAttack } from "./cases.ts";
import {
  crossValidated,
  type Example,
  logisticRegression,
  naiveBayes,
  thresholdFor,
} from "./classifier.ts";
import { evade } from "./evade.ts";
import { share } from "./statistics.ts";

/** In the order of the product: first cleaned, then looked at. */
export function scored({ text, from }: Pick<Case, "text" | "from">): number {
  const removed: Removed = {};
  const seen = clean(text, (kind) => {
    removed[kind] = (removed[kind] ?? 0) + 1;
  });
  return scoreOf(seen, from, removed).score;
}

export const suspicious = (one: Pick<Case, "text" | "from">): boolean => scored(one) >= SUSPICIOUS;

export interface Detected {
  readonly name: string;
  /** Attacks found, and harmless ones taken for attacks: on the development part, and held out. */
  readonly development: { readonly found: Share; readonly alarms: Share };
  readonly heldOut: { readonly found: Share; readonly alarms: Share };
}

/** Rules and classifiers, these at the threshold where they raise as many false alarms as the rules. */
export function compare(cases: readonly Case[]): readonly Detected[] {
  const [held, development] = [cases.filter((c) => c.heldOut), cases.filter((c) => !c.heldOut)];
  const both = (list: readonly Case[], is: (one: Case) => boolean) => ({
    found: share(list.filter(isAttack), is),
    alarms: share(
      list.filter((one) => !isAttack(one)),
      is,
    ),
  });
  const rules: Detected = {
    name: "rules",
    development: both(development, suspicious),
    heldOut: both(held, suspicious),
  };
  const { hits, of } = rules.development.alarms;
  const examples = development.map(toExample);
  const others = { "logistic regression": logisticRegression, "naive Bayes": naiveBayes };
  return [
    rules,
    ...Object.entries(others).map(([name, train]) => {
      const values = crossValidated(train, examples);
      const benign = values.filter((_, index) => !examples[index]?.attack);
      const threshold = thresholdFor(benign, hits / of);
      const classify = train(examples);
      const known = new Map(development.map((one, index) => [one.id, values[index] ?? 0]));
      return {
        name,
        development: both(development, (one) => (known.get(one.id) ?? 0) >= threshold),
        heldOut: both(held, (one) => classify(toExample(one)) >= threshold),
      };
    }),
  ];
}

const toExample = (one: Case): Example => ({
  text: clean(one.text),
  from: one.from,
  attack: isAttack(one),
});

export interface Evasion {
  readonly recipe: string;
  readonly language: string;
  /** Of the attacks that are found as they were written. */
  readonly evaded: Share;
  /** Means over those that got through. */
  readonly changed: number;
  readonly queries: number;
}

export function evasions(cases: readonly Case[]): readonly Evasion[] {
  const found = cases.filter((one) => isAttack(one) && suspicious(one));
  return Object.entries(RECIPES).flatMap(([recipe, change], number) =>
    (["en", "es"] as const).map((language) => {
      const attempts = found
        .filter((one) => one.language === language)
        .map((one, index) => {
          const next = random(number * 10_000 + index);
          return evade(one.text, change, (text) => suspicious({ ...one, text }), next);
        });
      const through = attempts.filter(({ evaded }) => evaded);
      const mean = (of: (one: (typeof through)[number]) => number) =>
        through.reduce((sum, one) => sum + of(one), 0) / Math.max(1, through.length);
      return {
        recipe,
        language,
        evaded: { hits: through.length, of: attempts.length },
        changed: mean((one) => one.changed),
        queries: mean((one) => one.queries),
      };
    }),
  );
}
