/**
 * Two small classifiers on character n-grams, to be compared with the rules: logistic regression and
 * naive Bayes, trained on the development part alone, the same every time. They are not part of the
 * product; docs/evaluations/guard.md says how they did.
 */

import { random } from "../../src/core/statistics.ts";
import { skeleton } from "../../src/features/guard/confusables.ts";

export interface Example {
  readonly text: string;
  readonly from: string;
  readonly attack: boolean;
}
/** Greater is likelier an attack; the scale is each classifier's own. */
export type Classify = (example: Omit<Example, "attack">) => number;
export type Train = (examples: readonly Example[]) => Classify;

const BUCKETS = 2 ** 16;
const EPOCHS = 30;
const RATE = 0.3;
const DECAY = 1e-4;
const CHARACTERS = 4000;

/** Buckets of the n-grams of 3 to 5 characters, each once. Source of the hash: FNV-1a. */
function features({ text, from }: Omit<Example, "attack">): readonly number[] {
  const plain = ` ${skeleton(text.slice(0, CHARACTERS)).replace(/\s+/g, " ")} `;
  const found = new Set<number>([from === "user" ? 0 : 1]);
  for (let at = 0; at < plain.length; at++) {
    let hash = 0x811c9dc5;
    for (let length = 1; length <= 5 && at + length <= plain.length; length++) {
      hash = Math.imul(hash ^ plain.charCodeAt(at + length - 1), 0x01000193) >>> 0;
      if (length >= 3) found.add(2 + (hash % (BUCKETS - 2)));
    }
  }
  return [...found];
}

export const logisticRegression: Train = (examples) => {
  const weights = new Float64Array(BUCKETS);
  let bias = 0;
  const next = random(7);
  const rows = examples.map((one) => ({ on: features(one), y: one.attack ? 1 : 0 }));
  const positive = rows.filter(({ y }) => y === 1).length;
  const balance = [rows.length / (2 * (rows.length - positive)), rows.length / (2 * positive)];
  const value = (on: readonly number[]) =>
    bias + on.reduce((sum, bucket) => sum + (weights[bucket] ?? 0), 0) / Math.sqrt(on.length);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let step = 0; step < rows.length; step++) {
      const { on, y } = rows[Math.floor(next() * rows.length)] as (typeof rows)[number];
      const error = (y - 1 / (1 + Math.exp(-value(on)))) * (balance[y] ?? 1);
      bias += RATE * error * 0.1;
      const move = (RATE * error) / Math.sqrt(on.length);
      for (const bucket of on) weights[bucket] = (weights[bucket] ?? 0) * (1 - DECAY) + move;
    }
  }
  return (example) => value(features(example));
};

export const naiveBayes: Train = (examples) => {
  const counts = [new Float64Array(BUCKETS), new Float64Array(BUCKETS)] as const;
  const sizes = [0, 0];
  for (const one of examples) {
    const side = one.attack ? 1 : 0;
    sizes[side] = (sizes[side] ?? 0) + 1;
    for (const bucket of features(one)) counts[side][bucket] = (counts[side][bucket] ?? 0) + 1;
  }
  const [benign = 0, attacks = 0] = sizes;
  return (example) => {
    const on = features(example);
    const sum = on.reduce((total, bucket) => {
      const attack = ((counts[1][bucket] ?? 0) + 0.5) / (attacks + 1);
      return total + Math.log(attack / (((counts[0][bucket] ?? 0) + 0.5) / (benign + 1)));
    }, 0);
    return sum / on.length;
  };
};

const FOLDS = 5;

/** Values of each example by a classifier that has not seen it. */
export function crossValidated(train: Train, examples: readonly Example[]): readonly number[] {
  const values = new Array<number>(examples.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const classify = train(examples.filter((_, index) => index % FOLDS !== fold));
    for (const [index, one] of examples.entries()) {
      if (index % FOLDS === fold) values[index] = classify(one);
    }
  }
  return values;
}

/** The lowest threshold at which no more of the benign are taken for attacks than this. */
export function thresholdFor(benign: readonly number[], falseAlarms: number): number {
  const sorted = benign.toSorted((a, b) => b - a);
  const allowed = Math.floor(falseAlarms * benign.length);
  return (sorted[allowed] ?? Number.NEGATIVE_INFINITY) + 1e-12;
}
