/** What the feature does once it is opened: its routes, and a person's rights over what it keeps. */
import { openable } from "../../core/feature.ts";
import type { Rights } from "../../core/rights.ts";
import { assistantsPolicy } from "./policy.ts";
import { promptRoutes } from "./prompt-routes.ts";
import { Prompts } from "./prompts.ts";
import { assistantRoutes } from "./routes.ts";
import { type Kept, Store } from "./store.ts";
import { migrations } from "./tables.ts";

export const assistants = openable({
  name: "assistants",
  formerly: "presets",
  policy: { section: "assistants", schema: assistantsPolicy },
  migrations,
  open(house) {
    const store = new Store(house.db, house.vault, house.policy.lending);
    const prompts = new Prompts(house.db, house.vault);
    return {
      routes: [...assistantRoutes(store, house), ...promptRoutes(prompts, house.intake)],
      rights: rightsOf(store, prompts),
    };
  },
});

const rightsOf = (store: Store, prompts: Prompts): Rights => ({
  async *collect(person) {
    const kept = await store.of(person);
    const items = [];
    for (const one of kept) {
      const [, ...before] = await store.versions(person, one.id);
      const lentTo = await store.loans.of(one.id);
      items.push({ ...shown(one), lentTo, before: before.map(shown) });
    }
    if (items.length > 0)
      yield { path: "assistants/assistants.json", content: `${JSON.stringify(items, null, 2)}\n` };
    const saved = await prompts.of(person);
    if (saved.length > 0)
      yield { path: "assistants/prompts.json", content: `${JSON.stringify(saved, null, 2)}\n` };
  },
  erase: async (person) => [
    {
      what: "assistants",
      words: { en: "Assistants", es: "Asistentes" },
      count: await store.erase(person),
    },
    {
      what: "assistant loans",
      words: { en: "Assistants lent by others", es: "Asistentes prestados por otros" },
      count: await store.loans.erase(person),
    },
    {
      what: "saved prompts",
      words: { en: "Saved prompts", es: "Prompts guardados" },
      count: await prompts.erase(person),
    },
  ],
  async giveTo(from, to) {
    await store.giveTo(from, to);
    await prompts.giveTo(from, to);
  },
});

const shown = ({ content, owner: _, ...rest }: Omit<Kept, "lent">) => ({ ...rest, ...content });
