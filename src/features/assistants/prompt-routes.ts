/** Saved prompts over HTTP. No `access` stands here, so that each is for a person's own session. */
import { whoAsks } from "../../core/access.ts";
import type { Intake } from "../../core/intake.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import type { PromptContent, Prompts } from "./prompts.ts";

const ROOT = "/api/saved-prompts";
const ONE = `${ROOT}/:id`;

export function promptRoutes(prompts: Prompts, intake: Intake): readonly Route[] {
  const taken = async (owner: string, { name, text }: PromptContent) => ({
    name: (await intake({ owner, kind: "title", text: name })).slice(0, 60) || "?",
    text: await intake({ owner, kind: "message", text }),
  });
  return [
    route({
      method: "get",
      path: ROOT,
      summary: "Lists one's own saved prompts, by their names.",
      reply: api.promptList,
      handle: async () => ({ items: await prompts.of(whoAsks().id) }),
    }),
    route({
      method: "post",
      path: ROOT,
      summary: "Keeps a prompt under a name.",
      body: api.promptBody,
      reply: api.prompt,
      async handle({ body }) {
        const owner = whoAsks().id;
        return prompts.add(owner, await taken(owner, body));
      },
    }),
    route({
      method: "put",
      path: ONE,
      summary: "Changes a saved prompt of one's own.",
      body: api.promptBody,
      reply: api.prompt,
      async handle({ params: { id = "" }, body }) {
        const owner = whoAsks().id;
        return prompts.change(owner, id, await taken(owner, body));
      },
    }),
    route({
      method: "delete",
      path: ONE,
      summary: "Deletes a saved prompt of one's own.",
      handle: ({ params: { id = "" } }) => prompts.remove(whoAsks().id, id),
    }),
  ];
}
