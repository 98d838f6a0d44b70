/** What the feature does once it is opened: its routes, what chats begin with, and a person's rights. */
import { whoAsks } from "../../core/access.ts";
import { openable } from "../../core/feature.ts";
import type { Intake } from "../../core/intake.ts";
import type { Rights } from "../../core/rights.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { migrations, Store } from "./store.ts";

export const instructions = openable({
  name: "instructions",
  migrations,
  open({ db, vault, intake }) {
    const store = new Store(db, vault);
    return {
      routes: routesOf(store, intake),
      rights: rightsOf(store),
      async beginning(person) {
        const { text, active } = await store.of(person);
        return active && text.trim() !== "" ? text : undefined;
      },
    };
  },
});

/** No `access` stands here, so that each is for a person's own session. */
const routesOf = (store: Store, intake: Intake): readonly Route[] => [
  route({
    method: "get",
    path: "/api/instructions",
    summary: "Gives one's own instructions for all chats.",
    reply: api.instructions,
    handle: () => store.of(whoAsks().id),
  }),
  route({
    method: "put",
    path: "/api/instructions",
    summary: "Sets one's own instructions for all chats.",
    body: api.instructions,
    reply: api.instructions,
    async handle({ body }) {
      const owner = whoAsks().id;
      const text = await intake({ owner, kind: "system", text: body.text });
      await store.put(owner, { ...body, text });
      return store.of(owner);
    },
  }),
];

const rightsOf = (store: Store): Rights => ({
  async *collect(person) {
    const kept = await store.of(person);
    if (kept.text === "") return;
    yield {
      path: "instructions/instructions.json",
      content: `${JSON.stringify(kept, null, 2)}\n`,
    };
  },
  erase: async (person) => [
    {
      what: "instructions",
      words: { en: "Instructions for all chats", es: "Instrucciones para todos los chats" },
      count: await store.erase(person),
    },
  ],
  giveTo: (from, to) => store.giveTo(from, to),
});
