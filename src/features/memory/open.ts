/** What the feature does once it is opened: its routes, its step and tool, and a person's rights. */
import { openable } from "../../core/feature.ts";
import type { Rights } from "../../core/rights.ts";
import { routesOf } from "./routes.ts";
import { memoryStep } from "./step.ts";
import { Store } from "./store.ts";
import { migrations } from "./tables.ts";
import { rememberTool } from "./tool.ts";

export const memory = openable({
  name: "memory",
  migrations,
  open({ db, vault, intake, engines }) {
    const store = new Store(db, vault, intake);
    return {
      steps: [memoryStep(store, engines)],
      routes: routesOf(store),
      tools: async (person) => ((await store.active(person)) ? [rememberTool(store)] : []),
      rights: rightsOf(store),
    };
  },
});

const rightsOf = (store: Store): Rights => ({
  async *collect(person) {
    const kept = { active: await store.active(person), facts: await store.facts(person) };
    if (!kept.active && kept.facts.length === 0) return;
    yield { path: "memory/memory.json", content: `${JSON.stringify(kept, null, 2)}\n` };
  },
  erase: async (person) => [
    {
      what: "facts in the memory",
      words: { en: "Facts in the memory", es: "Datos de la memoria" },
      count: await store.erase(person),
    },
  ],
  giveTo: (from, to) => store.giveTo(from, to),
});
