/** What the feature does once it is opened: its routes, and a person's rights over what it keeps. */
import { whoAsks } from "../../core/access.ts";
import { openable } from "../../core/feature.ts";
import type { Intake } from "../../core/intake.ts";
import type { Rights } from "../../core/rights.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { Store } from "./store.ts";
import { migrations } from "./tables.ts";

export const prompts = openable({
  name: "prompts",
  migrations,
  open({ db, vault, intake }) {
    const store = new Store(db, vault);
    return { routes: routesOf(store, intake), rights: rightsOf(store) };
  },
});

/** No `access` stands here, so that each is for a person's own session. */
const routesOf = (store: Store, intake: Intake): readonly Route[] => [
  route({
    method: "get",
    path: "/api/prompts",
    summary: "Lists one's own prompts, newest first.",
    reply: api.promptsReply,
    handle: async () => ({ items: await store.of(whoAsks().id) }),
  }),
  route({
    method: "post",
    path: "/api/prompts",
    summary: "Keeps a prompt.",
    body: api.newPrompt,
    reply: api.prompt,
    async handle({ body }) {
      const owner = whoAsks().id;
      // Whatever stores a text of a user asks the other features first.
      return store.add(owner, await intake({ text: body.text, kind: "message", owner }));
    },
  }),
  route({
    method: "delete",
    path: "/api/prompts/:id",
    summary: "Deletes one of one's own prompts.",
    handle: ({ params: { id = "" } }) => store.remove(whoAsks().id, id),
  }),
];

const rightsOf = (store: Store): Rights => ({
  async *collect(person) {
    const items = await store.of(person);
    if (items.length === 0) return;
    yield { path: "prompts/prompts.json", content: `${JSON.stringify(items, null, 2)}\n` };
  },
  erase: async (person) => [
    { what: "prompts", words: { en: "Prompts", es: "Prompts" }, count: await store.erase(person) },
  ],
  giveTo: (from, to) => store.giveTo(from, to),
});
