/** The score as the product computes it, beside the classifiers. */

import { type Share, shareOf } from "../../src/core/statistics.ts";
import { type Case, isAttack } from "../../src/features/guard/measure/cases.ts";
import { suspicious } from "../../src/features/guard/measure/score.ts";
import { clean } from "../../src/features/guard/unicode.ts";
import {
  crossValidated,
  type Example,
  logisticRegression,
  naiveBayes,
  thresholdFor,
} from "./classifier.ts";

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
    found: shareOf(list.filter(isAttack), is),
    alarms: shareOf(
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
