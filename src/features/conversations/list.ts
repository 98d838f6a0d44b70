/**
 * The list of conversations: in its order, searched, page by page. A search opens the person's own
 * texts one after the other, newest first, and lets others work in between.
 */
import type { Kysely } from "kysely";
import type * as z from "zod";
import { words } from "../../core/folded.ts";
import { pauses } from "../../core/slices.ts";
import type { Sealer } from "../../core/vault.ts";
import type { Listed, listQuery, listReply, searchBody } from "./api.ts";
import { openContent, openTitle, toSummary } from "./rows.ts";
import { holdsAll, snippet } from "./search.ts";
import type { ConversationRow, MessageRow, Tables } from "./tables.ts";

/** Conversations, and messages, that are fetched at once. */
const BATCH = 200;

/** Largest whole number that both databases take for a position. */
const LAST = 2 ** 31 - 1;

/** A search goes over all of them, the archived ones too. */
export type Wanted =
  | (z.output<typeof listQuery> & { readonly q?: undefined })
  | z.output<typeof searchBody>;

/** Place of a conversation in the list's order. */
type Place = Pick<ConversationRow, "pinned" | "updated_at" | "id">;

export async function list(
  db: Kysely<Tables>,
  owner: string,
  sealer: Sealer,
  query: Wanted,
  signal: AbortSignal,
): Promise<z.output<typeof listReply>> {
  const wanted = words(query.q ?? "");
  const after = query.cursor === undefined ? undefined : parse(query.cursor);
  const more = query.limit + 1;
  const { found, total } =
    wanted.length === 0
      ? { found: await rows(db, owner, after, more, query).then((all) => all.map(unsearched)) }
      : await search(db, owner, sealer, after, wanted, more, signal);
  const page = found.slice(0, query.limit);
  const items = page.map(({ row, match }): Listed => {
    const hit = match && { messageId: match.id, createdAt: match.created_at };
    return { ...toSummary(sealer, row, match?.snippet ?? null), hit };
  });
  const last = found.length > page.length ? page.at(-1)?.row : undefined;
  const nextCursor = last ? `${last.pinned}_${last.updated_at}_${last.id}` : null;
  return { items, nextCursor, ...(total !== undefined && { total }) };
}

const unsearched = (row: ConversationRow): Found => ({ row, match: null });

function parse(cursor: string): Place {
  const [pinned = "", updated_at = "", id = ""] = cursor.split("_");
  return { pinned: Number(pinned), updated_at, id };
}

function rows(
  db: Kysely<Tables>,
  owner: string,
  after: Place | undefined,
  limit: number,
  shelf?: Wanted,
): Promise<ConversationRow[]> {
  const { archived, folder } = shelf && "archived" in shelf ? shelf : {};
  return db
    .selectFrom("conversation")
    .selectAll()
    .where("owner", "=", owner)
    .where("deleted_at", "is", null)
    .$if(archived !== undefined, (select) =>
      select.where("archived", "=", archived === "true" ? 1 : 0),
    )
    .$if(folder === "none", (select) => select.where("folder_id", "is", null))
    .$if(folder !== undefined && folder !== "none", (select) =>
      select.where("folder_id", "=", folder ?? ""),
    )
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

interface Match extends Pick<MessageRow, "id" | "created_at"> {
  readonly snippet: string;
}
interface Found {
  readonly row: ConversationRow;
  readonly match: Match | null;
}

/**
 * The first conversations that hold all words in their title or in one of their messages. The first
 * page counts the others as well, which takes no longer than a search that finds nothing.
 */
async function search(
  db: Kysely<Tables>,
  owner: string,
  sealer: Sealer,
  after: Place | undefined,
  wanted: readonly string[],
  limit: number,
  signal: AbortSignal,
): Promise<{ found: Found[]; total?: number }> {
  const found: Found[] = [];
  const pause = pauses(signal);
  let total = 0;
  for (let place = after; ; ) {
    const batch = await rows(db, owner, place, BATCH);
    for (const row of batch) {
      await pause();
      // Of what is only counted, the title is the quicker look.
      const titled = holdsAll(openTitle(sealer, row), wanted);
      const counted = titled && found.length >= limit;
      const match = counted ? null : await newestMatch(db, sealer, row.id, wanted, pause);
      if (!match && !titled) continue;
      total += 1;
      if (found.length < limit) found.push({ row, match });
      if (found.length === limit && after) return { found };
    }
    place = batch.at(-1);
    if (batch.length < BATCH) return after ? { found } : { found, total };
  }
}

/** The newest message that holds all words, and the text around them. */
async function newestMatch(
  db: Kysely<Tables>,
  sealer: Sealer,
  conversationId: string,
  wanted: readonly string[],
  pause: () => Promise<void>,
): Promise<Match | null> {
  for (let before = LAST; ; ) {
    const batch = await db
      .selectFrom("message")
      .select(["id", "position", "content", "created_at"])
      .where("conversation_id", "=", conversationId)
      .where("position", "<", before)
      .where("deleted_at", "is", null)
      .orderBy("position", "desc")
      .limit(BATCH)
      .execute();
    for (const { id, position: _, content, created_at } of batch) {
      const text = openContent(sealer, { id, content });
      const around = holdsAll(text, wanted) ? snippet(text, wanted) : null;
      if (around !== null) return { id, created_at, snippet: around };
      await pause();
    }
    before = batch.at(-1)?.position ?? 0;
    if (batch.length < BATCH) return null;
  }
}
