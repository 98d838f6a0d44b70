/** The long work of training as jobs of the house: the worker's packages, and a run. */
import * as z from "zod";
import type { JobKind } from "../../core/jobs.ts";
import type { RunStore } from "./store.ts";
import { type Ground, work } from "./work.ts";
import { setUp } from "./worker/setup.ts";

const nothing = z.strictObject({});
const run = z.object({ run: z.string(), title: z.string() });

export type SetupKind = JobKind<z.output<typeof nothing>>;
export type TrainKind = JobKind<z.output<typeof run>>;

/** What was fetched stays, so that one that was stopped goes on from there. */
export const setupKind = ({ home, tools }: Ground): SetupKind => ({
  ...{ name: "training.setup", lane: "net", unit: "bytes", input: nothing },
  label: { en: "Set-up of the training worker", es: "Instalación del entrenador" },
  same: () => "worker",
  async run({ signal, progress }) {
    await setUp({ home, signal, progress, freeBytes: tools.freeBytes });
  },
});

/** It goes on from the last checkpoint, and lets those who chat go first before each row. */
export const trainKind = (store: RunStore, ground: Ground): TrainKind => ({
  ...{ name: "training.run", lane: "compute", unit: "items", input: run },
  label: { en: "Training", es: "Entrenamiento" },
  title: ({ title }) => title,
  same: ({ run }) => run,
  async run({ owner, input, signal, progress, turn }) {
    await work(store, ground, await store.one(owner, input.run), { signal, progress, turn });
  },
});
