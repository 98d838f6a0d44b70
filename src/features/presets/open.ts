/** What the feature does once it is opened: its routes, and a person's rights over what it keeps. */
import { whoAsks } from "../../core/access.ts";
import { type House, openable } from "../../core/feature.ts";
import type { Rights } from "../../core/rights.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { Store } from "./store.ts";
import { migrations } from "./tables.ts";

export const presets = openable({
  name: "presets",
  migrations,
  open({ db, vault, intake }) {
    const store = new Store(db, vault);
    return { routes: routesOf(store, intake), rights: rightsOf(store) };
  },
});

/** No `access` stands here, so that each is for a person's own session. */
const routesOf = (store: Store, intake: House["intake"]): readonly Route[] => [
  route({
    method: "get",
    path: "/api/presets",
    summary: "Lists one's own saved settings for chats, newest first.",
    reply: api.presetsReply,
    handle: async () => ({ items: await store.of(whoAsks().id) }),
  }),
  route({
    method: "post",
    path: "/api/presets",
    summary: "Keeps settings of a chat under a name.",
    body: api.newPreset,
    reply: api.preset,
    async handle({ body: { name, settings } }) {
      const owner = whoAsks().id;
      const { systemPrompt } = settings;
      return store.add(owner, {
        name: await intake({ owner, kind: "title", text: name }),
        settings: {
          ...settings,
          ...(systemPrompt !== undefined && {
            systemPrompt: await intake({ owner, kind: "system", text: systemPrompt }),
          }),
        },
      });
    },
  }),
  route({
    method: "delete",
    path: "/api/presets/:id",
    summary: "Deletes saved settings of one's own.",
    handle: ({ params: { id = "" } }) => store.remove(whoAsks().id, id),
  }),
];

const rightsOf = (store: Store): Rights => ({
  async *collect(person) {
    const items = await store.of(person);
    if (items.length === 0) return;
    yield { path: "presets/presets.json", content: `${JSON.stringify(items, null, 2)}\n` };
  },
  erase: async (person) => [
    {
      what: "presets",
      words: { en: "Saved settings for chats", es: "Ajustes guardados para chats" },
      count: await store.erase(person),
    },
  ],
  giveTo: (from, to) => store.giveTo(from, to),
});
