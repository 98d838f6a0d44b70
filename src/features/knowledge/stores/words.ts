/**
 * Vector stores in OpenAI's words: what their routes take, and how what is kept here is told.
 * Source: the OpenAI API reference, "Vector stores", "Vector store files", "Vector store file batches".
 */
import * as z from "zod";
import { attributes, filter, metadata } from "../../../core/attributes.ts";
import { text } from "../../../core/route.ts";
import { taken } from "../../../core/taken.ts";
import type { Stored } from "../store.ts";
import type { Batch, Member, Store } from "./store.ts";

/** Files are cut into passages in one way, which nobody chooses. */
export const CHUNKS = { chunking_strategy: [{ type: "auto" }] };

const fileId = text.min(1).max(100);
const name = text.max(256);
const expires = taken({
  anchor: z.literal("last_active_at").default("last_active_at"),
  days: z.int().min(1).max(365),
});

export const newStore = taken(
  {
    name: name.optional(),
    description: text.max(1000).optional(),
    metadata: metadata.optional(),
    expires_after: expires.optional(),
    file_ids: z.array(fileId).max(500).optional(),
  },
  { hints: CHUNKS },
);

/** Here null is no absence: it takes away what there was. */
export const storePatch = z.strictObject({
  name: name.nullish(),
  metadata: metadata.nullish(),
  expires_after: expires.nullish(),
});

export const newMember = taken(
  { file_id: fileId, attributes: attributes.optional() },
  { hints: CHUNKS },
);
export const memberPatch = z.strictObject({ attributes: attributes.nullable() });

/** OpenAI's own bound; what a store holds ends earlier, and says so. */
const MOST_OF_BATCH = 2000;
export const newBatch = taken(
  {
    file_ids: z.array(fileId).min(1).max(MOST_OF_BATCH).optional(),
    files: z.array(newMember).min(1).max(MOST_OF_BATCH).optional(),
    attributes: attributes.optional(),
  },
  { hints: CHUNKS },
).refine(
  ({ file_ids, files }) => (file_ids === undefined) !== (files === undefined),
  "has either file_ids or files",
);

export const SEARCH_HINTS = { rewrite_query: [false] };
export const RANKING_HINTS = { ranker: ["auto"], hybrid_search: [] };
export const MOST_QUERIES = 10;
export const question = text.min(1).max(4000);
export const searchRequest = taken(
  {
    query: z.union([question, z.array(question).min(1).max(MOST_QUERIES)]),
    filters: filter.optional(),
    max_num_results: z.int().min(1).max(50).default(10),
    ranking_options: taken(
      { score_threshold: z.number().min(0).max(1).default(0) },
      { hints: RANKING_HINTS },
    ).optional(),
  },
  { hints: SEARCH_HINTS },
);

const STATES = ["in_progress", "completed", "failed", "cancelled"] as const;
const page = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(["asc", "desc"]).default("desc"),
  after: z.string().max(100).optional(),
  before: z.string().max(100).optional(),
};
export const storesQuery = z.strictObject(page);
export const membersQuery = z.strictObject({ ...page, filter: z.enum(STATES).optional() });

const seconds = (ms: number) => Math.floor(ms / 1000);

const counts = z.object({
  ...{ in_progress: z.number(), completed: z.number(), failed: z.number() },
  ...{ cancelled: z.number(), total: z.number() },
});

export const store = z.object({
  id: z.string(),
  object: z.literal("vector_store"),
  created_at: z.number(),
  name: z.string(),
  description: z.string().nullable(),
  /** Of the files that are ready. */
  usage_bytes: z.number(),
  file_counts: counts,
  status: z.enum(["expired", "in_progress", "completed"]),
  expires_after: z.object({ anchor: z.literal("last_active_at"), days: z.number() }).nullable(),
  expires_at: z.number().nullable(),
  last_active_at: z.number(),
  metadata: z.record(z.string(), z.string()),
});

export function storeShown(one: Store): z.output<typeof store> {
  const { total, ready, failed } = one;
  const left = total - ready - failed;
  return {
    ...{ id: one.id, object: "vector_store", created_at: seconds(one.created), name: one.name },
    ...{ description: one.description ?? null, usage_bytes: one.bytes },
    file_counts: { in_progress: left, completed: ready, failed, cancelled: 0, total },
    status: one.expired ? "expired" : left > 0 ? "in_progress" : "completed",
    expires_after:
      one.expiresDays === null ? null : { anchor: "last_active_at", days: one.expiresDays },
    expires_at: one.expires === null ? null : seconds(one.expires),
    ...{ last_active_at: seconds(one.active), metadata: { ...one.metadata } },
  };
}

export const member = z.object({
  id: z.string(),
  object: z.literal("vector_store.file"),
  created_at: z.number(),
  vector_store_id: z.string(),
  status: z.enum(STATES),
  usage_bytes: z.number(),
  last_error: z.object({ code: z.string(), message: z.string() }).nullable(),
  attributes,
  chunking_strategy: z.object({ type: z.literal("other") }),
});

export const stateOf = ({ state }: Stored): (typeof STATES)[number] =>
  state === "ready" ? "completed" : state === "failed" ? "failed" : "in_progress";

/** Codes of ours that say that nobody here reads such files; any other is about the one file. */
const UNSUPPORTED = ["file_unknown", "file_old_office", "file_scanned"];

export function memberShown(
  vector_store_id: string,
  { file, attributes, added }: Member,
): z.output<typeof member> {
  const { id, about, bytes } = file;
  const { error } = about;
  const status = stateOf(file);
  return {
    ...{ id, object: "vector_store.file", created_at: seconds(added), vector_store_id },
    ...{ status, usage_bytes: status === "completed" ? bytes : 0, attributes },
    last_error: error
      ? {
          code: UNSUPPORTED.includes(error.code) ? "unsupported_file" : "invalid_file",
          message: error.message,
        }
      : null,
    chunking_strategy: { type: "other" },
  };
}

export const batch = z.object({
  id: z.string(),
  object: z.literal("vector_store.files_batch"),
  created_at: z.number(),
  vector_store_id: z.string(),
  status: z.enum(STATES),
  file_counts: counts,
});

/** @param members of the store, now */
export function batchShown(
  vector_store_id: string,
  { id, created, files, cancelled: stopped }: Batch,
  members: readonly Member[],
): z.output<typeof batch> {
  const states = new Map(members.map(({ file }) => [file.id, stateOf(file)]));
  const count = (state: (typeof STATES)[number]) =>
    files.filter((file) => (states.get(file) ?? "cancelled") === state).length;
  const in_progress = count("in_progress");
  return {
    ...{ id, object: "vector_store.files_batch", created_at: seconds(created), vector_store_id },
    status: stopped ? "cancelled" : in_progress > 0 ? "in_progress" : "completed",
    file_counts: {
      ...{ in_progress, completed: count("completed"), failed: count("failed") },
      ...{ cancelled: count("cancelled"), total: files.length },
    },
  };
}

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    object: z.literal("list"),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  });

export const deleted = (object: string) =>
  z.object({ id: z.string(), object: z.literal(object), deleted: z.literal(true) });

export const result = z.object({
  file_id: z.string(),
  filename: z.string(),
  /** By its rank: 1 for what stands first by its words and by its meaning. */
  score: z.number(),
  attributes,
  content: z.array(z.object({ type: z.literal("text"), text: z.string() })),
});

export const results = z.object({
  object: z.literal("vector_store.search_results.page"),
  search_query: z.array(z.string()),
  data: z.array(result),
  has_more: z.boolean(),
  next_page: z.string().nullable(),
});

export const contents = z.object({
  object: z.literal("vector_store.file_content.page"),
  data: z.array(z.object({ type: z.literal("text"), text: z.string() })),
  has_more: z.boolean(),
  next_page: z.string().nullable(),
});
