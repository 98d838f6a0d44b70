/** The long work of training as jobs of the house: the worker's packages, and a run. */
import * as z from "zod";
import type { JobKind } from "../../core/jobs.ts";
import { merge, typeOf } from "./merge.ts";
import type { RunStore } from "./store.ts";
import type { WrittenStore } from "./teacher/store.ts";
import { type Desk, write } from "./teacher/write.ts";
import { type Ground, work } from "./work.ts";
import { setUp } from "./worker/setup.ts";

const nothing = z.strictObject({});
const run = z.object({ run: z.string(), title: z.string() });

export type SetupKind = JobKind<z.output<typeof nothing>>;
const merging = run.extend({ type: z.string() });

export type MergeKind = JobKind<z.output<typeof merging>>;
const writing = z.object({ written: z.string(), title: z.string() });
export type WriteKind = JobKind<z.output<typeof writing>>;

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

/** One that was cut begins anew. */
export const mergeKind = (store: RunStore, ground: Ground): MergeKind => ({
  ...{ name: "training.merge", lane: "compute", unit: "bytes", input: merging },
  label: { en: "Merging an adapter", es: "Unión de un adaptador" },
  title: ({ title, type }) => `${title} ${type}`,
  same: ({ run }) => run,
  async run({ owner, input, ...care }) {
    await merge(ground, await store.one(owner, input.run), typeOf(input.type), care);
  },
});

/** It goes on with the first text that is missing, and lets those who chat go first before each. */
export const writeKind = (store: WrittenStore, desk: Desk): WriteKind => ({
  ...{ name: "training.write", lane: "compute", unit: "items", input: writing },
  label: { en: "Texts of a teacher", es: "Textos de un maestro" },
  title: ({ title }) => title,
  same: ({ written }) => written,
  async run({ owner, input, signal, progress, turn }) {
    await write(store, desk, await store.one(owner, input.written), { signal, progress, turn });
  },
});
