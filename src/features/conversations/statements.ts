/**
 * Statements about messages that the methods of the store share.
 */
import type { ExpressionBuilder, Transaction } from "kysely";
import type { Sealer } from "../../core/vault.ts";
import type { ChatMessage } from "./api.ts";
import { toMessageRow } from "./rows.ts";
import type { MessageRow, Tables } from "./tables.ts";

/** Rows of one statement; databases limit the number of its parameters. */
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

export function findMessage(
  db: Transaction<Tables>,
  conversationId: string,
  id: string,
): Promise<MessageRow> {
  return db
    .selectFrom("message")
    .selectAll()
    .where("conversation_id", "=", conversationId)
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
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
