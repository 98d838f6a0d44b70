/** A person's rights over the own runs: what was learned from goes, and so does what has learned it. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Rights } from "../../core/rights.ts";
import { mergedOf } from "./merge.ts";
import type { Run, RunStore } from "./store.ts";
import type { WrittenStore } from "./teacher/store.ts";
import { folderOf, type Ground } from "./work.ts";

/** What others have trained stays until they train again; the page tells them. */
const ADAPTERS = {
  what: "adapters",
  words: {
    en: "Adapters of others that learned from chats that are erased",
    es: "Adaptadores de otras personas que aprendieron de chats ya eliminados",
  },
  kept: {
    why: {
      en: "As weights, from which nothing can be taken out; whoever trained them is told, and can train again without these chats.",
      es: "Como pesos, de los que no se puede quitar nada; a quien los entrenó se le avisa y puede volver a entrenar sin esos chats.",
    },
  },
};

const WRITTEN = {
  en: "Texts that a teacher has written, to learn from",
  es: "Textos que escribió un maestro, de los que aprender",
};

export function rightsOf(store: RunStore, written: WrittenStore, ground: Ground): Rights {
  return {
    async *collect(person) {
      for (const run of await store.list(person, Number.MAX_SAFE_INTEGER)) {
        const [data, points] = [await store.data(run), await store.points(run)];
        yield {
          path: `training/${run.id}.json`,
          content: `${JSON.stringify({ ...run, data, points }, null, 2)}\n`,
        };
      }
      for (const set of await written.list(person, Number.MAX_SAFE_INTEGER)) {
        const items = await written.items(set);
        yield {
          path: `training/teacher-${set.id}.json`,
          content: `${JSON.stringify({ ...set, items }, null, 2)}\n`,
        };
      }
    },
    async erase(person) {
      const runs = await store.list(person, Number.MAX_SAFE_INTEGER);
      for (const run of runs) await removeRun(store, ground, run);
      const words = {
        en: "Training runs, with their adapters",
        es: "Entrenamientos, con sus adaptadores",
      };
      const sets = await written.list(person, Number.MAX_SAFE_INTEGER);
      for (const set of sets) await written.remove(set);
      return [
        { what: "training", words, count: runs.length },
        { what: "written", words: WRITTEN, count: sets.length },
        { ...ADAPTERS, count: await store.marked(person) },
      ];
    },
    giveTo: async (from, to) => {
      if (from === to) return;
      await store.give(from, to);
      await written.give(from, to);
    },
  };
}

/** With what is offered of it: the adapter and merged files, which would keep what it has learned. */
export async function removeRun(store: RunStore, ground: Ground, run: Run): Promise<void> {
  const { home } = ground;
  const adapter = run.result?.adapter;
  if (adapter) await rm(join(home, "models", "adapters", `${adapter}.gguf`), { force: true });
  for (const { path } of await mergedOf(ground, run)) await rm(path, { force: true });
  await rm(folderOf(home, run), { recursive: true, force: true });
  await store.remove(run);
}
