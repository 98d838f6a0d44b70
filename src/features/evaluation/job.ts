/** A run as a job of the house: it waits for those who chat, and goes on after a restart. */
import * as z from "zod";
import type { JobKind } from "../../core/jobs.ts";
import type { RunStore } from "./store.ts";
import type { Where } from "./subject.ts";
import { work } from "./work.ts";

const input = z.object({ run: z.string(), title: z.string() });
export type EvaluationInput = z.output<typeof input>;

export function evaluationJob(store: RunStore, where: Where): JobKind<EvaluationInput> {
  return {
    ...{ name: "evaluation", lane: "compute", unit: "items", input },
    label: { en: "Evaluation", es: "Evaluación" },
    title: ({ title }) => title,
    same: ({ run }) => run,
    async run({ owner, input, signal, progress, turn }) {
      const run = await store.one(owner, input.run);
      await work(store, where, run, { signal, progress, turn });
    },
  };
}
