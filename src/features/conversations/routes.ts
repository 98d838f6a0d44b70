/**
 * The routes of `api.ts`. The rooms behind them: `store.ts` keeps, `turns.ts` answers,
 * `transfer.ts` takes out and in.
 */
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import { type Input, type Route, route } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import * as api from "./api.ts";
import type { Store } from "./store.ts";
import { download, exportJson, importAll, importBody, MAX_IMPORT, toMarkdown } from "./transfer.ts";
import type { Turns } from "./turns.ts";

const ROOT = "/api/conversations";
const ONE = `${ROOT}/:id`;
const READ = { access: "conversations:read" } as const;
const WRITE = { access: "conversations:write" } as const;
const MESSAGE = `${ONE}/messages/:messageId`;

/** The ids in the address; the router has matched them, so they are there. */
const ids = ({ params }: Pick<Input, "params">) =>
  [params.id ?? "", params.messageId ?? ""] as const;

export function routes(store: Store, turns: Turns): readonly Route[] {
  return [
    // Before the routes with an id, which "export" would otherwise be.
    ...transferRoutes(store),
    ...conversationRoutes(store, turns),
    ...turnRoutes(turns),
  ];
}

function conversationRoutes(store: Store, turns: Turns): readonly Route[] {
  return [
    route({
      ...READ,
      method: "get",
      path: ROOT,
      summary: "Lists or searches conversations, pinned ones first, then the newest.",
      query: api.listQuery,
      reply: api.listReply,
      handle: ({ query }) => store.list(whoAsks().id, query),
    }),
    route({
      ...WRITE,
      method: "post",
      path: ROOT,
      summary: "Makes an empty conversation.",
      body: api.createBody,
      reply: api.conversation,
      handle: ({ body }) => store.create(whoAsks().id, body.settings ?? {}),
    }),
    route({
      ...READ,
      method: "get",
      path: ONE,
      summary: "Gives a conversation with all of its messages.",
      reply: api.conversation,
      handle: ({ params }) => store.read(whoAsks().id, ids({ params })[0]),
    }),
    route({
      ...WRITE,
      method: "patch",
      path: ONE,
      summary: "Renames, pins, sets up a conversation, or goes to another branch.",
      body: api.patchBody,
      reply: api.patchReply,
      handle: ({ params, body }) => store.patch(whoAsks().id, ids({ params })[0], body),
    }),
    route({
      ...WRITE,
      method: "delete",
      path: ONE,
      summary: "Deletes a conversation; for ten minutes it can be restored.",
      async handle({ params }) {
        const owner = whoAsks().id;
        const [id] = ids({ params });
        await store.remove(owner, id);
        await turns.stopAll(owner, id);
      },
    }),
    route({
      ...WRITE,
      method: "post",
      path: `${ONE}/restore`,
      summary: "Takes a deletion back.",
      reply: api.summary,
      handle: ({ params }) => store.restore(whoAsks().id, ids({ params })[0]),
    }),
  ];
}

function turnRoutes(turns: Turns): readonly Route[] {
  return [
    route({
      ...WRITE,
      method: "post",
      path: `${ONE}/turns`,
      summary: "Asks a question, edits one, or asks for another answer.",
      body: api.turnBody,
      reply: api.turnReply,
      handle: ({ params, body, signal }) =>
        turns.begin(whoAsks().id, ids({ params })[0], body, signal),
    }),
    route({
      ...READ,
      method: "get",
      path: `${MESSAGE}/stream`,
      summary: "Streams an answer from any place in its text on.",
      query: api.streamQuery,
      reply: api.streamEvent,
      async handle({ params, query, log }) {
        return eventStream(await turns.read(whoAsks().id, ...ids({ params }), query.from), log);
      },
    }),
    route({
      ...WRITE,
      method: "post",
      path: `${MESSAGE}/stop`,
      summary: "Ends an answer and keeps what was written.",
      reply: api.message,
      handle: ({ params }) => turns.stop(whoAsks().id, ...ids({ params })),
    }),
  ];
}

function transferRoutes(store: Store): readonly Route[] {
  return [
    route({
      ...READ,
      method: "get",
      path: `${ROOT}/export`,
      summary: "Downloads all conversations as a JSON file.",
      reply: api.exportFile,
      async handle() {
        const owner = whoAsks().id;
        const all = exportJson(store, owner, await store.ids(owner));
        return download(all, "application/json", "charla", "json");
      },
    }),
    route({
      ...READ,
      method: "get",
      path: `${ONE}/export`,
      summary: "Downloads a conversation, as JSON or its current branch as Markdown.",
      query: api.exportQuery,
      reply: z.union([api.exportFile, z.string()]),
      async handle({ params, query, request }) {
        const owner = whoAsks().id;
        const one = await store.read(owner, ids({ params })[0]);
        if (query.format === "json") {
          return download(
            exportJson(store, owner, [one.id]),
            "application/json",
            one.title,
            "json",
          );
        }
        const spanish = /^\s*es\b/i.test(request.headers.get("accept-language") ?? "");
        const markdown = toMarkdown(one, spanish ? "es" : "en");
        return download(markdown, "text/markdown", one.title, "md");
      },
    }),
    route({
      ...WRITE,
      method: "post",
      path: `${ROOT}/import`,
      summary: "Adds the conversations of an export file under new ids.",
      body: importBody,
      reply: api.importReply,
      maxBytes: MAX_IMPORT,
      handle: async ({ body }) => ({ imported: await importAll(store, whoAsks().id, body) }),
    }),
  ];
}
