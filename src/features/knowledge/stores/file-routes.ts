/** The files of a vector store over HTTP, one by one and in batches. */
import { whoAsks } from "../../../core/access.ts";
import type { Attributes } from "../../../core/attributes.ts";
import { pageOf } from "../../../core/pages.ts";
import { type Route, route } from "../../../core/route.ts";
import { pauses } from "../../../core/slices.ts";
import { hintsIn, ignoring } from "../../../core/taken.ts";
import type { StoreRouteOptions } from "./routes.ts";
import type { Member } from "./store.ts";
import * as words from "./words.ts";

const FILES = "/v1/vector_stores/:id/files";
const FILE = `${FILES}/:file`;
const BATCHES = "/v1/vector_stores/:id/file_batches";
const BATCH = `${BATCHES}/:batch`;
const READ = "files:read";
const WRITE = "files:write";

export function memberRoutes(
  { stores, files }: StoreRouteOptions,
  valued: (owner: string, all: Attributes) => Promise<Attributes>,
): readonly Route[] {
  const listed = (id: string, members: readonly Member[], query: MembersQuery) => {
    const { filter } = query;
    const shown = members.map((one) => words.memberShown(id, one));
    return pageOf(filter ? shown.filter(({ status }) => status === filter) : shown, query);
  };
  const batchOf = async (owner: string, id: string, batch: string) => {
    const found = await stores.batch(owner, id, batch);
    return words.batchShown(id, found, await stores.members(owner, id));
  };
  return [
    route({
      method: "post",
      path: FILES,
      access: WRITE,
      summary: "Puts one of one's own files into a vector store.",
      body: words.newMember,
      reply: words.member,
      async handle({ params: { id = "" }, body }) {
        const owner = whoAsks().id;
        await stores.expectFit(owner, id, [body.file_id]);
        const attributes = await valued(owner, body.attributes ?? {});
        await stores.add(owner, id, [{ id: body.file_id, attributes }]);
        const made = await stores.member(owner, id, body.file_id);
        return ignoring(words.memberShown(id, made), hintsIn(words.CHUNKS, body));
      },
    }),
    route({
      method: "get",
      path: FILES,
      access: READ,
      summary: "Lists the files of a vector store.",
      query: words.membersQuery,
      reply: words.listOf(words.member),
      handle: async ({ params: { id = "" }, query }) =>
        listed(id, await stores.members(whoAsks().id, id), query),
    }),
    route({
      method: "get",
      path: FILE,
      access: READ,
      summary: "Shows a file of a vector store.",
      reply: words.member,
      handle: async ({ params: { id = "", file = "" } }) =>
        words.memberShown(id, await stores.member(whoAsks().id, id, file)),
    }),
    route({
      method: "post",
      path: FILE,
      access: WRITE,
      summary: "Attaches other attributes to a file of a vector store.",
      body: words.memberPatch,
      reply: words.member,
      async handle({ params: { id = "", file = "" }, body }) {
        const owner = whoAsks().id;
        const attributes = await valued(owner, body.attributes ?? {});
        await stores.setAttributes(owner, id, { id: file, attributes });
        return words.memberShown(id, await stores.member(owner, id, file));
      },
    }),
    route({
      method: "delete",
      path: FILE,
      access: WRITE,
      summary: "Takes a file out of a vector store; the file itself stays.",
      reply: words.deleted("vector_store.file.deleted"),
      async handle({ params: { id = "", file = "" } }) {
        const owner = whoAsks().id;
        await stores.member(owner, id, file);
        await stores.takeOut(owner, id, [file]);
        return { id: file, object: "vector_store.file.deleted", deleted: true };
      },
    }),
    route({
      method: "get",
      path: `${FILE}/content`,
      access: READ,
      summary: "Gives the text that was read from a file of a vector store.",
      reply: words.contents,
      async handle({ params: { id = "", file = "" } }) {
        const owner = whoAsks().id;
        await stores.member(owner, id, file);
        const blocks = files.blocks(await files.sealer(owner), file);
        const body = ReadableStream.from(textsAsJson(blocks.sections()));
        return new Response(body.pipeThrough(new TextEncoderStream()), {
          headers: { "content-type": "application/json" },
        });
      },
    }),
    route({
      method: "post",
      path: BATCHES,
      access: WRITE,
      summary: "Puts several files into a vector store together.",
      body: words.newBatch,
      reply: words.batch,
      async handle({ params: { id = "" }, body, signal }) {
        const owner = whoAsks().id;
        const { file_ids = [], files: each, attributes: shared = {} } = body;
        // Of a file that is named twice, what was said last.
        const own = new Map(each?.map(({ file_id, attributes = {} }) => [file_id, attributes]));
        const ids = each ? [...own.keys()] : [...new Set(file_ids)];
        await stores.expectFit(owner, id, ids);
        const pause = pauses(signal);
        const same = each ? {} : await valued(owner, shared);
        const given = [];
        for (const file of ids) {
          signal.throwIfAborted();
          await pause();
          const said = own.get(file);
          given.push({ id: file, attributes: said ? await valued(owner, said) : same });
        }
        const made = await stores.addBatch(owner, id, given);
        const shown = words.batchShown(id, made, await stores.members(owner, id));
        const inFiles = each?.flatMap((one) => hintsIn(words.CHUNKS, one)) ?? [];
        return ignoring(shown, [
          ...hintsIn(words.CHUNKS, body),
          ...inFiles.map((hint) => `files[].${hint}`),
        ]);
      },
    }),
    route({
      method: "get",
      path: BATCH,
      access: READ,
      summary: "Shows how far a batch of files is.",
      reply: words.batch,
      handle: ({ params: { id = "", batch = "" } }) => batchOf(whoAsks().id, id, batch),
    }),
    route({
      method: "post",
      path: `${BATCH}/cancel`,
      access: WRITE,
      summary: "Takes those files of a batch out again that were not read yet.",
      reply: words.batch,
      async handle({ params: { id = "", batch = "" } }) {
        const owner = whoAsks().id;
        await stores.cancel(owner, id, batch);
        return batchOf(owner, id, batch);
      },
    }),
    route({
      method: "get",
      path: `${BATCH}/files`,
      access: READ,
      summary: "Lists the files of a batch.",
      query: words.membersQuery,
      reply: words.listOf(words.member),
      async handle({ params: { id = "", batch = "" }, query }) {
        const owner = whoAsks().id;
        const ids = new Set((await stores.batch(owner, id, batch)).files);
        const members = await stores.members(owner, id);
        return listed(
          id,
          members.filter(({ file }) => ids.has(file.id)),
          query,
        );
      },
    }),
  ];
}

type MembersQuery = Parameters<typeof pageOf>[1] & { readonly filter?: string | undefined };

/** Piece by piece, since the text of a file can be millions of characters. */
async function* textsAsJson(sections: AsyncIterable<{ text: string }>): AsyncGenerator<string> {
  yield '{"object":"vector_store.file_content.page","data":[';
  let before = "";
  for await (const { text } of sections) {
    yield before + JSON.stringify({ type: "text", text });
    before = ",";
  }
  yield '],"has_more":false,"next_page":null}';
}
