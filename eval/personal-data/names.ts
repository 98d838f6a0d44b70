/**
 * The optional pass by the local model, on the names and addresses of the texts that were written
 * by hand: what it finds, and what it takes for a name that is none.
 */

import { readConfig } from "../../src/config.ts";
import { only } from "../../src/core/engine.ts";
import { granting } from "../../src/core/extras.ts";
import { askEngine } from "../../src/core/turn.ts";
import { quantiseTools } from "../../src/engines.ts";
import type { Sample } from "../../src/features/personal-data/measure/generate.ts";
import type { Counts } from "../../src/features/personal-data/measure/judge.ts";
import { findNames } from "../../src/features/personal-data/names.ts";
import { find } from "../../src/features/personal-data/scan.ts";

export interface ByModel {
  readonly model: string;
  readonly texts: number;
  /** Of them, those that have neither a name nor an address. */
  readonly without: number;
  readonly names: Counts;
  readonly addresses: Counts;
  readonly seconds: number;
}

/** Of the texts without any, so many are asked about, to see what is taken for one. */
const WITHOUT = 8;

export async function byModel(path: string, all: readonly Sample[]): Promise<ByModel> {
  const has = ({ labels }: Sample) =>
    labels.some(({ kind }) => kind === "name" || kind === "address");
  const without = all.filter((one) => !has(one)).slice(0, WITHOUT);
  const samples = [...all.filter(has), ...without];
  const { signal } = new AbortController();
  const tools = await quantiseTools(readConfig({}, {}), () => {});
  const engine = await tools.open(path, signal);
  try {
    const run = askEngine(granting(only(engine)));
    const names: Counts = { found: 0, missed: 0, wrong: 0 };
    const addresses: Counts = { found: 0, missed: 0, wrong: 0 };
    const began = performance.now();
    for (const { text, labels } of samples) {
      // As in a chat: what has a form is masked before the model is asked.
      const sure = find(text);
      let rest = text;
      for (const { start, end } of sure) {
        rest = rest.slice(0, start) + "_".repeat(end - start) + rest.slice(end);
      }
      const said = await findNames(run, rest, signal);
      for (const [kind, counts] of [
        ["name", names],
        ["address", addresses],
      ] as const) {
        const wanted = labels.filter(
          (label) =>
            label.kind === kind &&
            !sure.some((one) => one.start <= label.start && label.end <= one.end),
        );
        const covers = (a: { start: number; end: number }, b: { start: number; end: number }) =>
          a.start <= b.start && b.end <= a.end;
        for (const label of wanted) {
          const hit = said.some((one) => covers(one, label));
          counts[hit ? "found" : "missed"]++;
        }
        // Whatever kind the model has called it: what counts is whether it is one of the two.
        const personal = labels.filter(
          (label) => label.kind === "name" || label.kind === "address",
        );
        counts.wrong += said.filter(
          (one) =>
            one.kind === kind &&
            !personal.some((label) => covers(one, label) || covers(label, one)),
        ).length;
      }
    }
    const seconds = (performance.now() - began) / 1000;
    return {
      model: engine.card.id,
      texts: samples.length,
      without: without.length,
      names,
      addresses,
      seconds,
    };
  } finally {
    await engine.close();
  }
}
