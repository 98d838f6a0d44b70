/** `/v1/vector_stores`: collections of files by programs, kept and searched. */

import { whoAsks } from "../../../core/access.ts";
import type { Attributes } from "../../../core/attributes.ts";
import type { House } from "../../../core/feature.ts";
import { pageOf } from "../../../core/pages.ts";
import { type Route, route } from "../../../core/route.ts";
import { hintsIn, ignoring } from "../../../core/taken.ts";
import type { Search } from "../finding/search.ts";
import type { Files } from "../store.ts";
import { memberRoutes } from "./file-routes.ts";
import { look } from "./looking.ts";
import type { Stores } from "./store.ts";
import * as words from "./words.ts";

const ROOT = "/v1/vector_stores";
const ONE = `${ROOT}/:id`;
const READ = "files:read";
const WRITE = "files:write";

export interface StoreRouteOptions {
  readonly stores: Stores;
  readonly files: Files;
  readonly search: Search;
  readonly house: Pick<House, "intake">;
}

export function storeRoutes(options: StoreRouteOptions): readonly Route[] {
  const { stores, house } = options;
  const take = async (owner: string, text: string, most: number) =>
    (await house.intake({ owner, kind: "title", text })).slice(0, most).toWellFormed();
  const named = async (owner: string, name: string) => (await take(owner, name, 256)) || UNNAMED;
  /** What is personal is taken out of values as of any text; keys are names. */
  const valued = async <Value extends Attributes>(owner: string, all: Value): Promise<Value> => {
    const clean: [string, unknown][] = [];
    for (const [key, value] of Object.entries(all))
      clean.push([key, typeof value === "string" ? await take(owner, value, 512) : value]);
    return Object.fromEntries(clean) as Value;
  };
  return [
    route({
      method: "post",
      path: ROOT,
      access: WRITE,
      summary: "Makes a vector store: a collection of one's own files.",
      body: words.newStore,
      reply: words.store,
      async handle({ body }) {
        const owner = whoAsks().id;
        const { name = "", description, metadata, expires_after, file_ids = [] } = body;
        const made = await stores.create(owner, {
          name: await named(owner, name),
          ...(description && { description: await take(owner, description, 1000) }),
          ...(metadata && { metadata: await valued(owner, metadata) }),
          ...{ expiresDays: expires_after?.days ?? null, files: file_ids },
        });
        return ignoring(words.storeShown(made), hintsIn(words.CHUNKS, body));
      },
    }),
    route({
      method: "get",
      path: ROOT,
      access: READ,
      summary: "Lists one's own vector stores, which are one's collections.",
      query: words.storesQuery,
      reply: words.listOf(words.store),
      async handle({ query }) {
        const { data, ...page } = pageOf(await stores.list(whoAsks().id), query);
        return { ...page, data: data.map(words.storeShown) };
      },
    }),
    route({
      method: "get",
      path: ONE,
      access: READ,
      summary: "Shows a vector store.",
      reply: words.store,
      handle: async ({ params: { id = "" } }) =>
        words.storeShown(await stores.one(whoAsks().id, id)),
    }),
    route({
      method: "post",
      path: ONE,
      access: WRITE,
      summary: "Renames a vector store, and changes its metadata and when it expires.",
      body: words.storePatch,
      reply: words.store,
      async handle({ params: { id = "" }, body: { name, metadata, expires_after } }) {
        const owner = whoAsks().id;
        const changed = await stores.change(owner, id, {
          ...(name !== undefined && { name: await named(owner, name ?? "") }),
          ...(metadata !== undefined && { metadata: metadata && (await valued(owner, metadata)) }),
          ...(expires_after !== undefined && { expiresDays: expires_after?.days ?? null }),
        });
        return words.storeShown(changed);
      },
    }),
    route({
      method: "delete",
      path: ONE,
      access: WRITE,
      summary: "Deletes a vector store; its files stay where something else needs them.",
      reply: words.deleted("vector_store.deleted"),
      async handle({ params: { id = "" } }) {
        await stores.remove(whoAsks().id, id);
        return { id, object: "vector_store.deleted", deleted: true };
      },
    }),
    route({
      method: "post",
      path: `${ONE}/search`,
      access: READ,
      summary: "Finds passages in the files of a vector store.",
      body: words.searchRequest,
      reply: words.results,
      async handle({ params: { id = "" }, body, signal }) {
        const { query, filters, max_num_results: most, ranking_options: ranking } = body;
        const questions = typeof query === "string" ? [query] : query;
        const asked = { questions, most, filter: filters, least: ranking?.score_threshold ?? 0 };
        const found = await look(options, whoAsks().id, [id], asked, signal);
        const data = found.map(({ file, name, score, attributes, text }) => ({
          ...{ file_id: file, filename: name, score, attributes },
          content: [{ type: "text", text }],
        }));
        const ranked = hintsIn(words.RANKING_HINTS, ranking ?? {});
        return ignoring(
          {
            ...{ object: "vector_store.search_results.page", search_query: questions, data },
            ...{ has_more: false, next_page: null },
          },
          [
            ...hintsIn(words.SEARCH_HINTS, body),
            ...ranked.map((hint) => `ranking_options.${hint}`),
          ],
        );
      },
    }),
    ...memberRoutes(options, valued),
  ];
}

/** People see it in their list of collections. */
const UNNAMED = "vector store";
