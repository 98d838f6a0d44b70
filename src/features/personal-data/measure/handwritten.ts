/** Reads the labels of the texts that were written by hand. */
import { KINDS, type Kind } from "../kinds.ts";
import type { Label, Sample } from "./generate.ts";
import { ENGLISH } from "./handwritten-en.ts";
import { SPANISH } from "./handwritten-es.ts";

const MARK = /⟦(\w+)\|([^⟧]*)⟧/g;

export function read(marked: string, variant: string): Sample {
  const labels: Label[] = [];
  let removed = 0;
  const text = marked.replace(MARK, (whole, name: string, value: string, at: number) => {
    const kind = KINDS.find((one): one is Kind => one === name);
    if (!kind) throw new TypeError(`no such kind: ${name}`);
    const start = at - removed;
    labels.push({ kind, start, end: start + value.length });
    removed += whole.length - value.length;
    return value;
  });
  return { text, labels, variant, heldOut: false };
}

export const handwritten = (): readonly Sample[] => [
  ...SPANISH.map((text) => read(text, "Spanish")),
  ...ENGLISH.map((text) => read(text, "English")),
];

/** Names are for a model: the rules do not look for them. */
export const withoutNames = (samples: readonly Sample[]): readonly Sample[] =>
  samples.map((sample) => ({
    ...sample,
    labels: sample.labels.filter(({ kind }) => kind !== "name"),
  }));
