/**
 * The list of conversations: in its order, searched, page by page. A search opens the person's own
 * texts one after the other, newest first, and lets others work in between.
 */
import { setImmediate as others } from "node:timers/promises";
import type { Kysely } from "kysely";
import type * as z from "zod";
import type { Sealer } from "../../core/vault.ts";
import type { listQuery, listReply, Summary } from "./api.ts";
import { openContent, openTitle, toSummary } from "./rows.ts";
import { holdsAll, snippet, words } from "./search.ts";
import type { ConversationRow, Tables } from "./tables.ts";

/** Conversations, and messages, that are fetched at once. */
const BATCH = 200;
/** Milliseconds of searching before whatever else waits in this process gets its turn. */
const SLICE_MS = 10;

/** Largest whole number that both databases take for a position. */
const LAST = 2 ** 31 - 1;

/** Place of a conversation in the list's order. */
type Place = Pick<ConversationRow, "pinned" | "updated_at" | "id">;

export async function list(
  db: Kysely<Tables>,
  owner: string,
  sealer: Sealer,
  query: z.output<typeof listQuery>,
  signal: AbortSignal,
): Promise<z.output<typeof listReply>> {
  const wanted = words(query.q ?? "");
  const after = query.cursor === undefined ? undefined : parse(query.cursor);
  const more = query.limit + 1;
  const found =
    wanted.length === 0
      ? (await rows(db, owner, after, more)).map((row) => ({ row, snippet: null }))
      : await search(db, owner, sealer, after, wanted, more, signal);
  const page = found.slice(0, query.limit);
  const items: Summary[] = page.map(({ row, snippet }) => toSummary(sealer, row, snippet));
  const last = found.length > page.length ? page.at(-1)?.row : undefined;
  return { items, nextCursor: last ? `${last.pinned}_${last.updated_at}_${last.id}` : null };
}

function parse(cursor: string): Place {
  const [pinned = "", updated_at = "", id = ""] = cursor.split("_");
  return { pinned: Number(pinned), updated_at, id };
}

function rows(
  db: Kysely<Tables>,
  owner: string,
  after: Place | undefined,
  limit: number,
): Promise<ConversationRow[]> {
  return db
    .selectFrom("conversation")
    .selectAll()
    .where("owner", "=", owner)
    .where("deleted_at", "is", null)
    .$if(after !== undefined, (select) =>
      select.where(({ eb, or, and }) => {
        const { pinned, updated_at, id } = after as Place;
        const same = eb("pinned", "=", pinned);
        return or([
          eb("pinned", "<", pinned),
          and([same, eb("updated_at", "<", updated_at)]),
          and([same, eb("updated_at", "=", updated_at), eb("id", "<", id)]),
        ]);
      }),
    )
    .orderBy("pinned", "desc")
    .orderBy("updated_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

interface Found {
  readonly row: ConversationRow;
  readonly snippet: string | null;
}

/** The first conversations that hold all words in their title or in one of their messages. */
async function search(
  db: Kysely<Tables>,
  owner: string,
  sealer: Sealer,
  after: Place | undefined,
  wanted: readonly string[],
  limit: number,
  signal: AbortSignal,
): Promise<Found[]> {
  const found: Found[] = [];
  const pause = pauses(signal);
  for (let place = after; ; ) {
    const batch = await rows(db, owner, place, BATCH);
    for (const row of batch) {
      const snippet = await newestMatch(db, sealer, row.id, wanted, pause);
      if (snippet === null && !holdsAll(openTitle(sealer, row), wanted)) continue;
      found.push({ row, snippet });
      if (found.length === limit) return found;
    }
    place = batch.at(-1);
    if (batch.length < BATCH) return found;
  }
}

/** The text around the match in the newest message that holds all words. */
async function newestMatch(
  db: Kysely<Tables>,
  sealer: Sealer,
  conversationId: string,
  wanted: readonly string[],
  pause: () => Promise<void>,
): Promise<string | null> {
  for (let before = LAST; ; ) {
    const batch = await db
      .selectFrom("message")
      .select(["id", "position", "content"])
      .where("conversation_id", "=", conversationId)
      .where("position", "<", before)
      .orderBy("position", "desc")
      .limit(BATCH)
      .execute();
    for (const row of batch) {
      const text = openContent(sealer, row);
      if (holdsAll(text, wanted)) return snippet(text, wanted);
      await pause();
    }
    before = batch.at(-1)?.position ?? 0;
    if (batch.length < BATCH) return null;
  }
}

/** @throws the signal's reason once nobody waits any more */
function pauses(signal: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MS) return;
    await others();
    signal.throwIfAborted();
    since = performance.now();
  };
}
