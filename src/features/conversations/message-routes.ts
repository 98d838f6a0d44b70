/** The routes about single messages: to edit an answer, to delete from one on, to fork. */
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import { type Input, type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { takeQuestion, takeTitle } from "./inlet.ts";
import type { Messages } from "./messages.ts";
import type { Store } from "./store.ts";
import type { Turns } from "./turns.ts";

const MESSAGE = "/api/conversations/:id/messages/:messageId";
const WRITE = { access: "conversations:write" } as const;
const BOTH = { access: ["conversations:read", "conversations:write"] } as const;

interface Options {
  readonly store: Store;
  readonly turns: Turns;
  readonly messages: Messages;
  readonly house: Pick<House, "intake">;
}

export function messageRoutes({ store, turns, messages, house }: Options): readonly Route[] {
  /** Who asks, and the ids in the address; the router has matched them, so they are there. */
  const which = ({ params }: Pick<Input, "params">) =>
    [whoAsks().id, params.id ?? "", params.messageId ?? ""] as const;
  const whose = async (owner: string, conversation: string) => {
    const { privacy } = await store.settings(owner, conversation);
    return { owner, conversation, privacy };
  };
  return [
    route({
      ...BOTH,
      method: "post",
      path: `${MESSAGE}/edit`,
      stores: true,
      summary: "Stores a person's own version of an answer, beside it.",
      body: api.editBody,
      reply: api.message,
      async handle({ params, body }) {
        const [owner, id, messageId] = which({ params });
        const { content } = await takeQuestion(house, await whose(owner, id), body);
        return messages.edit(owner, id, messageId, content);
      },
    }),
    route({
      ...WRITE,
      method: "delete",
      path: MESSAGE,
      summary: "Deletes a message with all that follows it; for ten minutes it can be restored.",
      reply: api.removed,
      async handle({ params }) {
        const [owner, id, messageId] = which({ params });
        await turns.stopAll(owner, id);
        return messages.remove(owner, id, messageId);
      },
    }),
    route({
      ...WRITE,
      method: "post",
      path: `${MESSAGE}/restore`,
      summary: "Takes the deletion of a message back.",
      reply: z.object({}),
      async handle({ params }) {
        await messages.restore(...which({ params }));
        return {};
      },
    }),
    route({
      ...BOTH,
      method: "post",
      path: `${MESSAGE}/fork`,
      stores: "a copy",
      summary: "Begins a new conversation with all that led to an answer.",
      body: api.forkBody,
      reply: api.summary,
      async handle({ params, body: { title } }) {
        const [owner, id, messageId] = which({ params });
        const taken =
          title === undefined ? undefined : await takeTitle(house, await whose(owner, id), title);
        return messages.fork(owner, id, messageId, taken);
      },
    }),
  ];
}
