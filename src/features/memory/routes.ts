/** Memory over HTTP. No `access` stands here, so that each is for a person's own session. */
import { whoAsks } from "../../core/access.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { MOST, type Store } from "./store.ts";

const ROOT = "/api/memory";
const FACTS = `${ROOT}/facts`;
const ONE = `${FACTS}/:id`;

export function routesOf(store: Store): readonly Route[] {
  const all = async (owner: string) => ({
    active: await store.active(owner),
    items: [...(await store.facts(owner))],
    most: MOST,
    longest: api.LONGEST,
  });
  return [
    route({
      method: "get",
      path: ROOT,
      summary: "Gives one's own memory: whether it is on, and the facts in it.",
      reply: api.memory,
      handle: () => all(whoAsks().id),
    }),
    route({
      method: "put",
      path: ROOT,
      summary: "Switches one's own memory on or off.",
      body: api.memoryBody,
      reply: api.memory,
      async handle({ body }) {
        const owner = whoAsks().id;
        await store.switch(owner, body.active);
        return all(owner);
      },
    }),
    route({
      method: "post",
      path: FACTS,
      summary: "Adds a fact to one's own memory.",
      body: api.factBody,
      reply: api.fact,
      handle: ({ body }) => store.add(whoAsks().id, body.text, "person"),
    }),
    route({
      method: "put",
      path: ONE,
      summary: "Edits a fact of one's own memory.",
      body: api.factBody,
      reply: api.fact,
      handle: ({ params: { id = "" }, body }) => store.change(whoAsks().id, id, body.text),
    }),
    route({
      method: "delete",
      path: ONE,
      summary: "Deletes a fact of one's own memory.",
      handle: ({ params: { id = "" } }) => store.remove(whoAsks().id, id),
    }),
  ];
}
