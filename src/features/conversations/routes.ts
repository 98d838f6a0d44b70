/**
 * The routes of `api.ts`. The rooms behind them: `store.ts` keeps, `turns.ts` answers,
 * `transfer.ts` takes out and in.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import { type Input, type Route, route } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import * as api from "./api.ts";
import { receiptNotFound } from "./errors.ts";
import type { Folders } from "./folders.ts";
import { takeSettings, takeTitle } from "./inlet.ts";
import { proofsOf, receiptOf } from "./receipts.ts";
import type { Store } from "./store.ts";
import {
  download,
  exportJson,
  importAll,
  importBody,
  MAX_IMPORT,
  readAll,
  toMarkdown,
  withImages,
} from "./transfer.ts";
import type { Turns } from "./turns.ts";

const ROOT = "/api/conversations";
export const IMPORT = `${ROOT}/import`;
const ONE = `${ROOT}/:id`;
const READ = { access: "conversations:read" } as const;
const WRITE = { access: "conversations:write" } as const;
/** What changes a conversation and replies with texts that were in it before. */
const BOTH = { access: ["conversations:read", "conversations:write"] } as const;
const MESSAGE = `${ONE}/messages/:messageId`;

/** The ids in the address; the router has matched them, so they are there. */
const ids = ({ params }: Pick<Input, "params">) =>
  [params.id ?? "", params.messageId ?? ""] as const;

interface Options {
  readonly store: Store;
  readonly turns: Turns;
  readonly folders: Folders;
  readonly house: House;
}

export function routes({ store, turns, folders, house }: Options): readonly Route[] {
  return [
    // Before the routes with an id, which "export" would otherwise be.
    ...transferRoutes(store, folders, house),
    receiptRoute(store, house),
    ...conversationRoutes(store, turns, house),
    ...turnRoutes(turns),
  ];
}

function conversationRoutes(store: Store, turns: Turns, house: House): readonly Route[] {
  return [
    route({
      ...READ,
      method: "get",
      path: ROOT,
      compressed: true,
      summary: "Lists conversations, pinned ones first, then the newest.",
      query: api.listQuery,
      reply: api.listReply,
      handle: ({ query, signal }) => store.list(whoAsks().id, query, signal),
    }),
    route({
      ...READ,
      method: "post",
      path: `${ROOT}/search`,
      compressed: true,
      summary: "Lists the conversations that hold all words of a search.",
      body: api.searchBody,
      reply: api.listReply,
      handle: ({ body, signal }) => store.list(whoAsks().id, body, signal),
    }),
    route({
      ...WRITE,
      method: "post",
      path: ROOT,
      stores: true,
      summary: "Makes an empty conversation.",
      body: api.createBody,
      reply: api.conversation,
      async handle({ body }) {
        const whose = { owner: whoAsks().id, conversation: newId() };
        const settings = await takeSettings(house, whose, body.settings ?? {});
        return store.create(whose.owner, whose.conversation, settings);
      },
    }),
    route({
      ...READ,
      method: "get",
      path: ONE,
      compressed: true,
      summary: "Gives a conversation with all of its messages, or with the newest of its branch.",
      generated: true,
      query: api.readQuery,
      reply: api.conversation,
      handle({ params, query }) {
        const [owner, [id]] = [whoAsks().id, ids({ params })];
        const whole = query.last === undefined && query.before === undefined;
        return whole ? store.read(owner, id) : store.readPart(owner, id, query);
      },
    }),
    route({
      ...BOTH,
      method: "patch",
      path: ONE,
      summary: "Renames, pins, archives, moves, sets up a conversation, or goes to another branch.",
      body: api.patchBody,
      reply: api.patchReply,
      async handle({ params, body: { title, settings, ...rest } }) {
        const [owner, [id]] = [whoAsks().id, ids({ params })];
        const { privacy } = settings ?? (await store.settings(owner, id));
        const whose = { owner, conversation: id, privacy };
        // Nobody takes anything in for a conversation of somebody else.
        if (settings) await store.row(owner, id);
        return store.patch(owner, id, {
          ...rest,
          ...(title !== undefined && { title: await takeTitle(house, whose, title) }),
          ...(settings && { settings: await takeSettings(house, whose, settings) }),
        });
      },
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
      ...BOTH,
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
      ...BOTH,
      method: "post",
      path: `${ONE}/turns`,
      stores: true,
      summary: "Asks a question, edits one, asks for another answer, or for the rest of one.",
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
      gives: ["text/event-stream"],
      generated: true,
      query: api.streamQuery,
      reply: api.streamEvent,
      async handle({ params, query, log }) {
        return eventStream(await turns.read(whoAsks().id, ...ids({ params }), query.from), log);
      },
    }),
    route({
      ...BOTH,
      method: "post",
      path: `${MESSAGE}/stop`,
      summary: "Ends an answer and keeps what was written.",
      reply: api.message,
      handle: ({ params }) => turns.stop(whoAsks().id, ...ids({ params })),
    }),
  ];
}

const receiptRoute = (store: Store, house: House) =>
  route({
    ...READ,
    method: "get",
    path: `${MESSAGE}/receipt`,
    summary: "Downloads what proves an answer: its receipt with text and proof, in one file.",
    generated: true,
    reply: api.receiptReply,
    async handle({ params }) {
      const owner = whoAsks().id;
      const [chat, id] = ids({ params });
      const message = await store.message(owner, chat, id);
      const file = await receiptOf(house, owner, await store.messages(owner, chat), message);
      if (!file) throw receiptNotFound();
      return download(JSON.stringify(file, null, 2), "application/json", "charla-receipt", "json");
    },
  });

function transferRoutes(store: Store, folders: Folders, house: House): readonly Route[] {
  return [
    route({
      ...READ,
      method: "get",
      path: `${ROOT}/export`,
      compressed: true,
      summary: "Downloads all conversations as a JSON file.",
      generated: true,
      reply: api.exportFile,
      async handle() {
        const owner = whoAsks().id;
        const every = readAll(store, owner, await store.ids(owner));
        const names = await folders.names(owner);
        const all = exportJson(every, proofsOf(house, owner), names, withImages(house, owner));
        const labelled = await house.others.labels().file(all);
        return download(labelled, "application/json", "charla", "json");
      },
    }),
    route({
      ...READ,
      method: "get",
      path: `${ONE}/export`,
      summary: "Downloads a conversation, as JSON or its current branch as Markdown.",
      gives: ["application/json", "text/markdown"],
      generated: true,
      query: api.exportQuery,
      reply: z.union([api.exportFile, z.string()]),
      async handle({ params, query, request }) {
        const owner = whoAsks().id;
        const one = await store.read(owner, ids({ params })[0]);
        if (query.format === "json") {
          const names = await folders.names(owner);
          const json = exportJson([one], proofsOf(house, owner), names, withImages(house, owner));
          const labelled = await house.others.labels().file(json);
          return download(labelled, "application/json", one.title, "json");
        }
        const spanish = /^\s*es\b/i.test(request.headers.get("accept-language") ?? "");
        const markdown = toMarkdown(
          one,
          spanish ? "es" : "en",
          await proofsOf(house, owner)(one.messages),
        );
        const labelled = await house.others.labels().document(markdown);
        return download(labelled, "text/markdown", one.title, "md");
      },
    }),
    route({
      ...WRITE,
      method: "post",
      path: IMPORT,
      stores: true,
      summary: "Adds the conversations of an export file under new ids.",
      takes: importBody,
      reply: api.importReply,
      maxBytes: MAX_IMPORT,
      handle: async ({ request: { body } }) => ({
        imported: await importAll(store, house, whoAsks().id, body ?? ReadableStream.from([])),
      }),
    }),
  ];
}
