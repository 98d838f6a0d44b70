/**
 * What is done with single messages: a person's own version of an answer, deleting from a message
 * on, and a new conversation from one. What is deleted stays hidden for as long as a deleted
 * conversation does.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import type { House } from "../../core/feature.ts";
import type { ChatMessage, Removed, Summary } from "./api.ts";
import { busy, invalidParent, messageNotFound } from "./errors.ts";
import { expectRoom } from "./imports.ts";
import { BATCH, findMessage, insertMessages, nextPosition, tree } from "./statements.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";
import { renew } from "./transfer.ts";
import { newestLeaf, pathTo } from "./tree.ts";

type Needed = Pick<House, "db" | "vault" | "copyConversation" | "forgetConversations">;

export class Messages {
  readonly #house: Needed;
  readonly #db: Kysely<Tables>;
  readonly #store: Store;

  constructor(store: Store, house: Needed) {
    this.#store = store;
    this.#house = house;
    this.#db = house.db;
  }

  /**
   * Stores a person's own version of an answer beside it; what it says of the model is only that.
   *
   * @throws CharlaError `message_not_found`, `invalid_parent`, `conversation_busy`,
   *   `conversation_full`
   */
  async edit(
    owner: string,
    conversationId: string,
    id: string,
    content: string,
  ): Promise<ChatMessage> {
    const stored = await this.#store.messages(owner, conversationId);
    expectRoom(stored);
    const answer = answerAmong(stored, id);
    const { edited, modelName, model } = answer.details ?? {};
    const name = modelName ?? model;
    const version: ChatMessage = {
      ...{ id: newId(), parentId: answer.parentId, role: "assistant", content, status: "done" },
      ...{ createdAt: new Date().toISOString(), error: null },
      details: { edited: edited ?? (name === undefined ? {} : { modelName: name }) },
    };
    const sealer = await this.#house.vault.of(owner);
    await this.#db.transaction().execute(async (db) => {
      await this.#store.row(owner, conversationId, db);
      await findMessage(db, conversationId, id);
      const position = await nextPosition(db, conversationId);
      await insertMessages(db, sealer, conversationId, position, [version]);
      await goTo(db, owner, conversationId, version.id);
    });
    return version;
  }

  /**
   * Hides a message with all that stands below it. An answer that is the only one goes with its
   * question, which nobody could go on from.
   *
   * @throws CharlaError `message_not_found`, `conversation_not_found`
   */
  async remove(owner: string, conversationId: string, id: string): Promise<Removed> {
    return this.#db.transaction().execute(async (db) => {
      const { current_id: current } = await this.#store.row(owner, conversationId, db);
      const nodes = await tree(db, owner, conversationId);
      const named = nodes.find((node) => node.id === id);
      if (!named) throw messageNotFound();
      const alone = nodes.filter(({ parentId }) => parentId === named.parentId).length === 1;
      const question = nodes.find((node) => node.id === named.parentId);
      const first = named.role === "assistant" && alone && question ? question : named;
      const gone = new Set([first.id]);
      for (const node of nodes) if (gone.has(node.parentId ?? "")) gone.add(node.id);
      await hide(db, conversationId, [...gone], new Date().toISOString());
      if (current !== null && gone.has(current)) {
        const left = nodes.filter((node) => !gone.has(node.id));
        const above = first.parentId ?? left.findLast(({ parentId }) => parentId === null)?.id;
        const leaf = above === undefined ? undefined : newestLeaf(left, above);
        await goTo(db, owner, conversationId, leaf?.id ?? null);
      }
      return { id: first.id, count: gone.size };
    });
  }

  /** Takes a deletion back, with all that went with it. @throws CharlaError `message_not_found` */
  async restore(owner: string, conversationId: string, id: string): Promise<void> {
    const since = new Date(Date.now() - this.#store.undoMs).toISOString();
    await this.#db.transaction().execute(async (db) => {
      await this.#store.row(owner, conversationId, db);
      const row = await db
        .selectFrom("message")
        .select(["deleted_at", "parent_id"])
        .where("conversation_id", "=", conversationId)
        .where("id", "=", id)
        .where("deleted_at", ">", since)
        .executeTakeFirst();
      if (!row) throw messageNotFound();
      // Under what is deleted it would hang on nothing.
      if (row.parent_id !== null) await findMessage(db, conversationId, row.parent_id);
      await db
        .updateTable("message")
        .set({ deleted_at: null })
        .where("conversation_id", "=", conversationId)
        .where("deleted_at", "=", row.deleted_at)
        .execute();
      const leaf = newestLeaf(await tree(db, owner, conversationId), id);
      await goTo(db, owner, conversationId, leaf?.id ?? id);
    });
  }

  /** Begins a new conversation with all that led to an answer. */
  async fork(
    owner: string,
    conversationId: string,
    id: string,
    title: string | undefined,
  ): Promise<Summary> {
    const one = await this.#store.read(owner, conversationId);
    const answer = answerAmong(one.messages, id);
    const now = new Date().toISOString();
    const fork = renew({
      ...{
        ...one,
        pinned: false,
        archived: false,
        createdAt: now,
        updatedAt: now,
        currentId: answer.id,
      },
      ...(title !== undefined && { title, titleSource: "user" as const }),
      messages: pathTo(one.messages, id),
    });
    const { copyConversation, forgetConversations } = this.#house;
    const staging = await this.#store.stage(owner);
    try {
      await staging.add(fork);
      await copyConversation({ owner, from: conversationId, to: fork.id });
      const [summary] = await staging.publish();
      if (!summary) throw new TypeError("a conversation that was stored is published");
      return summary;
    } catch (thrown) {
      await forgetConversations([fork.id]);
      await staging.discard();
      throw thrown;
    }
  }
}

/** @throws CharlaError `message_not_found`, `invalid_parent`, `conversation_busy` */
function answerAmong(messages: readonly ChatMessage[], id: string): ChatMessage {
  const found = messages.find((message) => message.id === id);
  if (!found) throw messageNotFound();
  if (found.role !== "assistant") throw invalidParent("messageId");
  if (found.status === "running") throw busy();
  return found;
}

async function hide(
  db: Transaction<Tables>,
  conversationId: string,
  ids: readonly string[],
  at: string,
): Promise<void> {
  for (let from = 0; from < ids.length; from += BATCH) {
    await db
      .updateTable("message")
      .set({ deleted_at: at })
      .where("conversation_id", "=", conversationId)
      .where("id", "in", ids.slice(from, from + BATCH))
      .execute();
  }
}

async function goTo(
  db: Transaction<Tables>,
  owner: string,
  conversationId: string,
  leaf: string | null,
): Promise<void> {
  await db
    .updateTable("conversation")
    .set({ current_id: leaf })
    .where("id", "=", conversationId)
    .where("owner", "=", owner)
    .execute();
}
