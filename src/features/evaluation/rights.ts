/** A person's rights over the own evaluations, and several parts of the feature as one. */
import type { Rights } from "../../core/rights.ts";
import { reportOf } from "./report.ts";
import type { RunStore } from "./store.ts";

export function rightsOf(store: RunStore): Rights {
  return {
    async *collect(person) {
      for (const run of await store.list(person, Number.MAX_SAFE_INTEGER)) {
        const report = await reportOf(store, run);
        const [source, items] = [await store.content(run), await store.items(run)];
        const content = { ...report, source, items };
        yield {
          path: `evaluations/${run.id}.json`,
          content: `${JSON.stringify(content, null, 2)}\n`,
        };
      }
    },
    async erase(person) {
      const count = await store.erase(person);
      return [{ what: "evaluations", words: { en: "Evaluations", es: "Evaluaciones" }, count }];
    },
    giveTo: async (from, to) => {
      if (from !== to) await store.give(from, to);
    },
  };
}

/** One behind the other. */
export const together = (all: readonly Rights[]): Rights => ({
  async *collect(person, language) {
    for (const rights of all) yield* rights.collect(person, language);
  },
  async erase(person) {
    const done = [];
    for (const rights of all) done.push(...(await rights.erase(person)));
    return done;
  },
  async giveTo(from, to) {
    for (const rights of all) await rights.giveTo?.(from, to);
  },
});
