/**
 * The list of conversations: in its order, searched, page by page.
 */
import type { Kysely } from "kysely";
import type * as z from "zod";
import type { listQuery, listReply, Summary } from "./api.ts";
import { toSummary } from "./rows.ts";
import { holdsAll, snippet, words } from "./search.ts";
import type { Tables } from "./tables.ts";

export async function list(
  db: Kysely<Tables>,
  owner: string,
  query: z.output<typeof listQuery>,
): Promise<z.output<typeof listReply>> {
  const wanted = words(query.q ?? "");
  const [pinned = "", updatedAt = "", id = ""] = query.cursor?.split("_") ?? [];
  const rows = await db
    .selectFrom("conversation")
    .selectAll()
    .where("owner", "=", owner)
    .where("deleted_at", "is", null)
    .$if(query.cursor !== undefined, (select) =>
      select.where(({ eb, or, and }) =>
        or([
          eb("pinned", "<", Number(pinned)),
          and([eb("pinned", "=", Number(pinned)), eb("updated_at", "<", updatedAt)]),
          and([
            eb("pinned", "=", Number(pinned)),
            eb("updated_at", "=", updatedAt),
            eb("id", "<", id),
          ]),
        ]),
      ),
    )
    .$if(wanted.length > 0, (select) =>
      select.where((build) =>
        build.or([
          holdsAll(build.ref("conversation.folded"), wanted),
          build.exists(
            build
              .selectFrom("message")
              .select("message.id")
              .whereRef("message.conversation_id", "=", "conversation.id")
              .where(({ ref }) => holdsAll(ref("message.folded"), wanted)),
          ),
        ]),
      ),
    )
    .orderBy("pinned", "desc")
    .orderBy("updated_at", "desc")
    .orderBy("id", "desc")
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const items: Summary[] = [];
  for (const row of page) items.push(toSummary(row, await findSnippet(db, row.id, wanted)));
  const last = rows.length > page.length ? page.at(-1) : undefined;
  return { items, nextCursor: last ? `${last.pinned}_${last.updated_at}_${last.id}` : null };
}

async function findSnippet(
  db: Kysely<Tables>,
  conversationId: string,
  wanted: readonly string[],
): Promise<string | null> {
  if (wanted.length === 0) return null;
  const row = await db
    .selectFrom("message")
    .select("content")
    .where("conversation_id", "=", conversationId)
    .where(({ ref }) => holdsAll(ref("message.folded"), wanted))
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ? snippet(row.content, wanted) : null;
}
