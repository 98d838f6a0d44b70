/**
 * Statements about messages that the methods of the store share.
 */
import { type ExpressionBuilder, type Kysely, sql, type Transaction } from "kysely";
import type { Sealer } from "../../core/vault.ts";
import type { ChatMessage } from "./api.ts";
import { messageNotFound } from "./errors.ts";
import { toMessageRow } from "./rows.ts";
import type { MessageRow, Tables } from "./tables.ts";

/** Rows of one statement; databases limit the number of its parameters. */
/**
 * What the ids of conversations that came here before `date` are less than: they begin with their
 * time (UUID version 7), which for an imported one is that of the import.
 */
export function idAt(date: Date): string {
  const hex = Math.max(0, date.getTime()).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

export const BATCH = 500;

export async function insertMessages(
  db: Transaction<Tables>,
  sealer: Sealer,
  conversationId: string,
  position: number,
  messages: readonly ChatMessage[],
): Promise<void> {
  const rows = messages.map((message, index) =>
    toMessageRow(sealer, message, conversationId, position + index),
  );
  for (let from = 0; from < rows.length; from += BATCH) {
    await db
      .insertInto("message")
      .values(rows.slice(from, from + BATCH))
      .execute();
  }
}

/** In an order in which parents come before their children. */
export function messageRows(
  db: Kysely<Tables>,
  owner: string,
  conversationId: string,
  which?: "deleted too",
): Promise<MessageRow[]> {
  return db
    .selectFrom("message")
    .selectAll()
    .where("conversation_id", "=", conversationId)
    .where(ownedBy(owner))
    .$if(which === undefined, (select) => select.where("deleted_at", "is", null))
    .orderBy("position")
    .execute();
}

/** In the same order. @param ids of messages of the conversation */
export async function rowsOf(
  db: Kysely<Tables>,
  conversationId: string,
  ids: readonly string[],
): Promise<MessageRow[]> {
  const rows: MessageRow[] = [];
  for (let from = 0; from < ids.length; from += BATCH)
    rows.push(
      ...(await db
        .selectFrom("message")
        .selectAll()
        .where("conversation_id", "=", conversationId)
        .where("id", "in", ids.slice(from, from + BATCH))
        .orderBy("position")
        .execute()),
    );
  return rows;
}

/** The messages as nodes, in the same order, without a word of them. */
export async function tree(db: Kysely<Tables>, owner: string, conversationId: string) {
  const rows = await db
    .selectFrom("message")
    .select(["id", "parent_id", "role"])
    .where("conversation_id", "=", conversationId)
    .where(ownedBy(owner))
    .where("deleted_at", "is", null)
    .orderBy("position")
    .execute();
  return rows.map(({ id, parent_id: parentId, role }) => ({ id, parentId, role }));
}

export async function nextPosition(
  db: Transaction<Tables>,
  conversationId: string,
): Promise<number> {
  const last = await db
    .selectFrom("message")
    .select("position")
    .where("conversation_id", "=", conversationId)
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  return last ? last.position + 1 : 0;
}

/** @throws CharlaError `message_not_found`, also where it is deleted meanwhile */
export async function findMessage(
  db: Transaction<Tables>,
  conversationId: string,
  id: string,
): Promise<MessageRow> {
  const row = await db
    .selectFrom("message")
    .selectAll()
    .where("conversation_id", "=", conversationId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (!row) throw messageNotFound();
  return row;
}

/** True for the messages of a person's own conversations. */
export const ownedBy = (owner: string) => (build: ExpressionBuilder<Tables, "message">) =>
  build.exists(
    build
      .selectFrom("conversation")
      .select("conversation.id")
      .whereRef("conversation.id", "=", "message.conversation_id")
      .where("conversation.owner", "=", owner),
  );

/** Bytes of a person's messages and links as they stand in the database, deleted ones included. */
export async function bytesOf(db: Kysely<Tables>, owner: string): Promise<number> {
  const own = db.selectFrom("conversation").select("id").where("owner", "=", owner);
  const bytes = (name: "content" | "parts" | "details") =>
    sql<number>`coalesce(octet_length(${sql.ref(name)}), 0)`;
  const { texts } = await db
    .selectFrom("message")
    .select(
      sql<number>`coalesce(sum(${bytes("content")} + ${bytes("parts")} + ${bytes("details")}), 0)`.as(
        "texts",
      ),
    )
    .where("conversation_id", "in", own)
    .executeTakeFirstOrThrow();
  const { links } = await db
    .selectFrom("share")
    .select(sql<number>`coalesce(sum(octet_length(snapshot)), 0)`.as("links"))
    .where("conversation_id", "in", own)
    .executeTakeFirstOrThrow();
  return Number(texts) + Number(links);
}
