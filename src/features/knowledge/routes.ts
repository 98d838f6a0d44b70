/** Files over HTTP: given, listed, looked into, searched, deleted. */
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import type { Collections } from "./collections.ts";
import { notFound } from "./errors.ts";
import type { OpenIndexes } from "./finding/opened.ts";
import type { Search } from "./finding/search.ts";
import type { ReadingQueue } from "./reading/queue.ts";
import type { Files, Stored } from "./store.ts";

export interface RouteOptions {
  readonly files: Files;
  readonly collections: Collections;
  readonly queue: ReadingQueue;
  readonly indexes: OpenIndexes;
  readonly search: Search;
  readonly house: Pick<House, "intake">;
}

/** Of the largest file that a policy can allow, and a little more, which is told what the limit is. */
const MAX_BYTES = 260e6;

/** Bytes that nobody is to see as a page of ours, or at all but in a program of its own. */
const APART = {
  "content-type": "application/octet-stream",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

export function routesOf(options: RouteOptions): readonly Route[] {
  const { files, collections, queue, indexes, search, house } = options;
  const see = async (owner: string, stored: readonly Stored[]) =>
    files.seen(owner, stored, (id) => queue.progress(id));
  const seen = async (owner: string, id: string) => {
    const [file] = await see(owner, [await files.one(owner, id)]);
    if (!file) throw notFound();
    return file;
  };
  const idOf = ({ id = "" }: Readonly<Record<string, string>>) => id;
  return [
    route({
      method: "get",
      path: "/api/files",
      summary: "Lists one's own files, newest first.",
      reply: api.fileList,
      async handle() {
        const owner = whoAsks().id;
        const list = await see(owner, await files.list(owner));
        return { files: list, used: await files.used(owner), ...files.limits };
      },
    }),
    route({
      method: "post",
      path: "/api/files",
      summary: "Takes a file, and reads it in the background.",
      query: api.uploadQuery,
      takes: z.file(),
      reply: api.file,
      maxBytes: MAX_BYTES,
      async handle({ query, request }) {
        const owner = whoAsks().id;
        const name = (await house.intake({ owner, kind: "title", text: query.name })) || "?";
        const content = request.body ?? ReadableStream.from([]);
        const { id, state } = await files.take(owner, {
          name,
          kept: query.keep === "true",
          content,
        });
        if (state === "waiting") queue.add(owner, id);
        return seen(owner, id);
      },
    }),
    route({
      method: "post",
      path: "/api/files/search",
      summary: "Finds passages in one's own files.",
      body: api.searchBody,
      reply: api.searchReply,
      async handle({ body, signal }) {
        const stored = await files.list(whoAsks().id, body.files);
        const { hits } = await search.find(stored, { text: body.query }, signal);
        const passages: api.Passage[] = [];
        for (const hit of hits.slice(0, body.limit)) {
          const passage = await search.passage(hit);
          if (passage) passages.push(passage);
        }
        return { passages, found: hits.length };
      },
    }),
    route({
      method: "get",
      path: "/api/files/:id",
      summary: "Gives a file's state.",
      reply: api.file,
      handle: ({ params }) => seen(whoAsks().id, idOf(params)),
    }),
    route({
      method: "patch",
      path: "/api/files/:id",
      summary: "Keeps a file also when no chat needs it, or no longer.",
      body: api.fileBody,
      reply: api.file,
      async handle({ params, body }) {
        const owner = whoAsks().id;
        await files.keep(owner, idOf(params), body.kept);
        return seen(owner, idOf(params));
      },
    }),
    route({
      method: "post",
      path: "/api/files/:id/read",
      summary: "Reads a file once more that could not be read.",
      reply: api.file,
      async handle({ params }) {
        const owner = whoAsks().id;
        const { id, state, about } = await files.one(owner, idOf(params));
        if (state === "failed") {
          await files.note(owner, id, "waiting", { name: about.name, digest: about.digest });
          queue.add(owner, id);
        }
        return seen(owner, id);
      },
    }),
    route({
      method: "get",
      path: "/api/files/:id/content",
      summary: "Gives a file as it came, to be saved.",
      handle: ({ params }) => asItCame(files, whoAsks().id, idOf(params)),
    }),
    route({
      method: "get",
      path: "/api/files/:id/sections",
      summary: "Gives the text of one section of a file, one's own or lent.",
      query: api.sectionQuery,
      reply: api.section,
      async handle({ params, query }) {
        const { id, owner, about } = await collections.readable(whoAsks().id, idOf(params));
        const blocks = files.blocks(await files.sealer(owner), id);
        const found = await blocks.section(about.firsts ?? [], query.at);
        if (!found) throw notFound();
        const file = await seen(owner, id);
        // In how many chats of its owner's it is, is nobody else's business.
        const apart = owner !== whoAsks().id && { chats: 0, collections: 0 };
        return { file: { ...file, ...apart }, at: query.at, of: about.sections ?? 0, ...found };
      },
    }),
    route({
      method: "delete",
      path: "/api/files/:id",
      summary: "Deletes a file, also out of the chats that have it.",
      async handle({ params }) {
        const [owner, id] = [whoAsks().id, idOf(params)];
        await files.one(owner, id);
        await queue.leave((one) => one.id === id);
        indexes.forget([id]);
        await files.remove(owner, id);
      },
    }),
  ];
}

/** Its bytes, to be saved. @throws CharlaError `file_not_found` */
export async function asItCame(files: Files, owner: string, given: string): Promise<Response> {
  const { id, about, bytes } = await files.one(owner, given);
  const blocks = files.blocks(await files.sealer(owner), id);
  return new Response(ReadableStream.from(blocks.original()), {
    headers: {
      ...APART,
      "content-length": String(bytes),
      "content-disposition": `attachment; filename*=UTF-8''${encoded(about.name)}`,
    },
  });
}

/** RFC 5987. */
const encoded = (name: string) =>
  encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
