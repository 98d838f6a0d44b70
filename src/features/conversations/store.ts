/**
 * Conversations and their trees in the database. Every method is one statement or one transaction,
 * so a crash leaves whole rows, and a message that was acknowledged is there. Every method but the
 * housekeeping takes the owner, and every statement asks for it: what is another person's is not
 * there.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type { ExpressionBuilder, Kysely, Transaction } from "kysely";
import type * as z from "zod";
import type {
  ChatMessage,
  Conversation,
  Details,
  listQuery,
  listReply,
  patchBody,
  patchReply,
  Settings,
  Summary,
  TurnReply,
} from "./api.ts";
import { conversationNotFound, messageNotFound } from "./errors.ts";
import { list } from "./list.ts";
import { titled, toConversation, toMessage, toMessageRow, toRow, toSummary } from "./rows.ts";
import { fold } from "./search.ts";
import type { ConversationRow, MessageRow, Tables } from "./tables.ts";
import { firstWords } from "./titles.ts";
import { newestLeaf, type Question } from "./tree.ts";

/** How long a deleted conversation can be had back, in milliseconds. */
const UNDO_MS = 10 * 60_000;

export class Store {
  /** Answers that this process is writing; other rows that say "running" were cut by a crash. */
  readonly live = new Set<string>();
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  list(owner: string, query: z.output<typeof listQuery>): Promise<z.output<typeof listReply>> {
    return list(this.#db, owner, query);
  }

  async create(owner: string, settings: Settings): Promise<Conversation> {
    const now = new Date().toISOString();
    const row: ConversationRow = {
      id: newId(),
      owner,
      title: "",
      title_source: "none",
      folded: "",
      pinned: 0,
      settings: JSON.stringify(settings),
      current_id: null,
      created_at: now,
      updated_at: now,
      deleted_at: null,
    };
    await this.#db.insertInto("conversation").values(row).execute();
    return toConversation(row, []);
  }

  /** @throws CharlaError `conversation_not_found` */
  async row(owner: string, id: string, db: Kysely<Tables> = this.#db): Promise<ConversationRow> {
    const row = await db
      .selectFrom("conversation")
      .selectAll()
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (!row) throw conversationNotFound();
    return row;
  }

  /** All messages, in an order in which parents come before their children. */
  async messages(owner: string, id: string, db: Kysely<Tables> = this.#db): Promise<ChatMessage[]> {
    const rows = await db
      .selectFrom("message")
      .selectAll()
      .where("conversation_id", "=", id)
      .where(ownedBy(owner))
      .orderBy("position")
      .execute();
    return rows.map((row) => toMessage(row, this.live));
  }

  async read(owner: string, id: string): Promise<Conversation> {
    return this.#db.transaction().execute(async (db) => {
      const row = await this.row(owner, id, db);
      return toConversation(row, await this.messages(owner, id, db));
    });
  }

  /** @throws CharlaError `message_not_found`, `conversation_not_found` */
  async message(owner: string, conversationId: string, id: string): Promise<ChatMessage> {
    await this.row(owner, conversationId);
    const row = await this.#db
      .selectFrom("message")
      .selectAll()
      .where("conversation_id", "=", conversationId)
      .where("id", "=", id)
      .where(ownedBy(owner))
      .executeTakeFirst();
    if (!row) throw messageNotFound();
    return toMessage(row, this.live);
  }

  async patch(
    owner: string,
    id: string,
    { title, pinned, settings, currentId }: z.output<typeof patchBody>,
  ): Promise<z.output<typeof patchReply>> {
    return this.#db.transaction().execute(async (db) => {
      const changed = { ...(await this.row(owner, id, db)) };
      if (title !== undefined) Object.assign(changed, titled(title, "user"));
      if (pinned !== undefined) changed.pinned = Number(pinned);
      if (settings !== undefined) changed.settings = JSON.stringify(settings);
      if (currentId !== undefined) {
        const leaf = newestLeaf(await this.messages(owner, id, db), currentId);
        if (!leaf) throw messageNotFound();
        changed.current_id = leaf.id;
      }
      const { created_at: _, ...set } = changed;
      await db
        .updateTable("conversation")
        .set(set)
        .where("id", "=", id)
        .where("owner", "=", owner)
        .execute();
      const { currentId: current_id, ...rest } = toConversation(changed, []);
      return { ...toSummary(changed, null), settings: rest.settings, currentId: current_id };
    });
  }

  /** Hides a conversation; {@link purge} removes it later. */
  async remove(owner: string, id: string): Promise<void> {
    await this.row(owner, id);
    await this.#db
      .updateTable("conversation")
      .set({ deleted_at: new Date().toISOString() })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .execute();
  }

  async restore(owner: string, id: string): Promise<Summary> {
    const since = new Date(Date.now() - UNDO_MS).toISOString();
    await this.#db
      .updateTable("conversation")
      .set({ deleted_at: null })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("deleted_at", ">", since)
      .execute();
    return toSummary(await this.row(owner, id), null);
  }

  /** Removes for good what was deleted longer ago than it can be restored. */
  async purge(): Promise<void> {
    const before = new Date(Date.now() - UNDO_MS).toISOString();
    await this.#db.deleteFrom("conversation").where("deleted_at", "<=", before).execute();
  }

  /** What a crash left behind as "running" says from now on that it was cut. */
  async markInterrupted(): Promise<void> {
    const live = [...this.live];
    await this.#db
      .updateTable("message")
      .set({ status: "interrupted" })
      .where("status", "=", "running")
      .$if(live.length > 0, (update) => update.where("id", "not in", live))
      .execute();
  }

  /**
   * Stores a question and the empty answer that is about to be written.
   *
   * @param answerId made by the caller, who has it in `live` already
   */
  async addTurn(
    owner: string,
    conversationId: string,
    question: Question,
    answerId: string,
    details: Partial<Details>,
  ): Promise<TurnReply> {
    return this.#db.transaction().execute(async (db) => {
      const row = await this.row(owner, conversationId, db);
      const now = new Date().toISOString();
      const blank = { createdAt: now, status: "done", details: null, error: null } as const;
      const asked: ChatMessage =
        "id" in question
          ? toMessage(await findMessage(db, conversationId, question.id), this.live)
          : { ...blank, id: newId(), role: "user", ...question };
      // The model may have seen nothing but the question, which had no id when it was asked.
      const known = details.memoryBegins === "" ? { memoryBegins: asked.id } : {};
      const answer: ChatMessage = {
        ...{ id: answerId, parentId: asked.id, role: "assistant", content: "" },
        ...{ ...blank, status: "running", details: { ...details, ...known } },
      };
      const added = "id" in question ? [answer] : [asked, answer];
      const position = await nextPosition(db, conversationId);
      await insertMessages(db, conversationId, position, added);
      const title =
        row.title_source === "none" ? titled(firstWords(asked.content), "first-words") : {};
      await db
        .updateTable("conversation")
        .set({ ...title, current_id: answerId, updated_at: now })
        .where("id", "=", conversationId)
        .where("owner", "=", owner)
        .execute();
      return { question: asked, answer };
    });
  }

  /** Keeps what was written of an answer so far. */
  async saveText(owner: string, id: string, content: string): Promise<void> {
    await this.#db
      .updateTable("message")
      .set({ content, folded: fold(content) })
      .where("id", "=", id)
      .where(ownedBy(owner))
      .execute();
  }

  /** Keeps a finished answer. */
  async saveAnswer(
    owner: string,
    { id, content, status, details, error }: ChatMessage,
  ): Promise<void> {
    await this.#db
      .updateTable("message")
      .set({
        ...{ content, folded: fold(content), status },
        details: JSON.stringify(details),
        error: error && JSON.stringify(error),
      })
      .where("id", "=", id)
      .where(ownedBy(owner))
      .execute();
  }

  /** The model's title replaces the first words, never what the user wrote. */
  async setModelTitle(owner: string, id: string, title: string): Promise<void> {
    await this.#db
      .updateTable("conversation")
      .set(titled(title, "model"))
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("title_source", "=", "first-words")
      .execute();
  }

  /** The ids of a person's conversations, oldest first. */
  async ids(owner: string): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom("conversation")
      .select("id")
      .where("owner", "=", owner)
      .where("deleted_at", "is", null)
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Adds whole conversations, all or none. */
  async add(owner: string, conversations: AsyncIterable<Conversation>): Promise<Summary[]> {
    return this.#db.transaction().execute(async (db) => {
      const added: Summary[] = [];
      for await (const conversation of conversations) {
        const row = toRow(owner, conversation);
        await db.insertInto("conversation").values(row).execute();
        await insertMessages(db, row.id, 0, conversation.messages);
        added.push(toSummary(row, null));
      }
      return added;
    });
  }
}

/** Rows of one statement; databases limit the number of its parameters. */
const BATCH = 500;

async function insertMessages(
  db: Transaction<Tables>,
  conversationId: string,
  position: number,
  messages: readonly ChatMessage[],
): Promise<void> {
  const rows = messages.map((message, index) =>
    toMessageRow(message, conversationId, position + index),
  );
  for (let from = 0; from < rows.length; from += BATCH) {
    await db
      .insertInto("message")
      .values(rows.slice(from, from + BATCH))
      .execute();
  }
}

async function nextPosition(db: Transaction<Tables>, conversationId: string): Promise<number> {
  const last = await db
    .selectFrom("message")
    .select("position")
    .where("conversation_id", "=", conversationId)
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  return last ? last.position + 1 : 0;
}

function findMessage(
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
const ownedBy = (owner: string) => (build: ExpressionBuilder<Tables, "message">) =>
  build.exists(
    build
      .selectFrom("conversation")
      .select("conversation.id")
      .whereRef("conversation.id", "=", "message.conversation_id")
      .where("conversation.owner", "=", owner),
  );
