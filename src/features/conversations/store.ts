/**
 * Conversations and their trees in the database. Every method is one statement or one transaction,
 * so a crash leaves whole rows, and a message that was acknowledged is there. Every method but the
 * housekeeping takes the owner, and every statement asks for it: what is another person's is not
 * there.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import type * as z from "zod";
import type { Receipt } from "../../core/receipts.ts";
import { pauses } from "../../core/slices.ts";
import type { Sealer, Vault } from "../../core/vault.ts";
import { joined } from "./answer.ts";
import type {
  ChatMessage,
  Conversation,
  Details,
  listReply,
  Wanted as Part,
  patchBody,
  patchReply,
  Settings,
  Summary,
  TurnReply,
} from "./api.ts";
import { conversationNotFound, messageNotFound } from "./errors.ts";
import { expectFolder } from "./folders.ts";
import { list, type Wanted } from "./list.ts";
import { erase, type Forget, purge } from "./removal.ts";
import {
  openSettings,
  place,
  sealMessage,
  sealParts,
  sealSettings,
  titled,
  toConversation,
  toMessage,
  toRow,
  toSummary,
} from "./rows.ts";
import { Staging } from "./staging.ts";
import {
  findMessage,
  insertMessages,
  messageRows,
  nextPosition,
  ownedBy,
  rowsOf,
  tree,
} from "./statements.ts";
import type { ConversationRow, MessageRow, Tables } from "./tables.ts";
import { firstWords } from "./titles.ts";
import { newestLeaf, partOf, type Question } from "./tree.ts";

export class Store {
  /** Answers that this process is writing; other rows that say "running" were cut by a crash. */
  readonly live = new Set<string>();
  /** How long a deleted conversation can be had back, in milliseconds. */
  undoMs = 10 * 60_000;
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** @param signal of who asks; a search that nobody waits for any more ends */
  async list(
    owner: string,
    query: Wanted,
    signal: AbortSignal,
  ): Promise<z.output<typeof listReply>> {
    return list(this.#db, owner, await this.#vault.of(owner), query, signal);
  }

  async create(owner: string, id: string, settings: Settings): Promise<Conversation> {
    const now = new Date().toISOString();
    const empty: Conversation = {
      ...{ id, title: "", titleSource: "none", pinned: false, createdAt: now, updatedAt: now },
      ...{
        archived: false,
        folderId: null,
        snippet: null,
        settings,
        currentId: null,
        messages: [],
      },
    };
    const row = toRow(owner, await this.#vault.of(owner), empty);
    await this.#db.insertInto("conversation").values(row).execute();
    return empty;
  }

  /** @throws CharlaError `conversation_not_found` */
  async row(
    owner: string,
    id: string,
    db: Kysely<Tables> = this.#db,
    which?: "deleted too",
  ): Promise<ConversationRow> {
    const row = await db
      .selectFrom("conversation")
      .selectAll()
      .where("id", "=", id)
      .where("owner", "=", owner)
      .$if(which === undefined, (select) => select.where("deleted_at", "is", null))
      .executeTakeFirst();
    if (!row) throw conversationNotFound();
    return row;
  }

  /** @throws CharlaError `conversation_not_found` */
  async settings(owner: string, id: string): Promise<Settings> {
    return openSettings(await this.#vault.of(owner), await this.row(owner, id));
  }

  /** All messages, in an order in which parents come before their children. */
  async messages(owner: string, id: string): Promise<ChatMessage[]> {
    return this.#open(await this.#vault.of(owner), await messageRows(this.#db, owner, id));
  }

  /** Outside of every transaction: they have the only connection. */
  async #open(sealer: Sealer, rows: readonly MessageRow[]): Promise<ChatMessage[]> {
    const messages: ChatMessage[] = [];
    const pause = pauses();
    for (const row of rows) {
      messages.push(toMessage(sealer, row, this.live));
      await pause();
    }
    return messages;
  }

  async read(owner: string, id: string, which?: "deleted too"): Promise<Conversation> {
    const sealer = await this.#vault.of(owner);
    const { row, rows } = await this.#db.transaction().execute(async (db) => ({
      row: await this.row(owner, id, db, which),
      rows: await messageRows(db, owner, id, which),
    }));
    return toConversation(sealer, row, await this.#open(sealer, rows));
  }

  /** All messages, where there are no more than are asked for; else those of its branch, as `partOf` says. */
  async readPart(owner: string, id: string, wanted: Part): Promise<Conversation> {
    const sealer = await this.#vault.of(owner);
    const { row, rows, part } = await this.#db.transaction().execute(async (db) => {
      const row = await this.row(owner, id, db);
      const nodes = await tree(db, owner, id);
      const { last = 0, before } = wanted;
      // Then nothing of other branches is missing, either.
      if (before === undefined && nodes.length <= last)
        return { row, rows: await messageRows(db, owner, id), part: {} };
      const { ids, ...part } = partOf(nodes, row.current_id, wanted);
      return { row, rows: await rowsOf(db, id, ids), part };
    });
    return { ...toConversation(sealer, row, await this.#open(sealer, rows)), ...part };
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
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (!row) throw messageNotFound();
    return toMessage(await this.#vault.of(owner), row, this.live);
  }

  async patch(
    owner: string,
    id: string,
    { title, pinned, archived, folderId, settings, currentId }: z.output<typeof patchBody>,
  ): Promise<z.output<typeof patchReply>> {
    const sealer = await this.#vault.of(owner);
    return this.#db.transaction().execute(async (db) => {
      const row = await this.row(owner, id, db);
      const set: Partial<ConversationRow> = {};
      if (title !== undefined) Object.assign(set, titled(sealer, id, title, "user"));
      if (pinned !== undefined) set.pinned = Number(pinned);
      if (archived !== undefined) set.archived = Number(archived);
      if (folderId !== undefined) {
        await expectFolder(db, owner, folderId);
        set.folder_id = folderId;
      }
      if (settings !== undefined) set.settings = sealSettings(sealer, id, settings);
      if (currentId !== undefined) {
        const leaf = newestLeaf(await tree(db, owner, id), currentId);
        if (!leaf) throw messageNotFound();
        set.current_id = leaf.id;
      }
      if (Object.keys(set).length > 0) {
        const { created_at: _, ...columns } = set;
        await db
          .updateTable("conversation")
          .set(columns)
          .where("id", "=", id)
          .where("owner", "=", owner)
          .execute();
      }
      const changed = toConversation(sealer, { ...row, ...set }, []);
      const { messages: _, ...reply } = changed;
      return reply;
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
    const since = new Date(Date.now() - this.undoMs).toISOString();
    await this.#db
      .updateTable("conversation")
      .set({ deleted_at: null })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("deleted_at", ">", since)
      // What is hidden until later is not deleted but on its way in.
      .where("deleted_at", "<=", new Date().toISOString())
      .execute();
    return toSummary(await this.#vault.of(owner), await this.row(owner, id), null);
  }

  /**
   * Removes for good what was deleted longer ago than it can be restored, and what nobody has asked
   * anything in since `unused`.
   */
  purge(forget: Forget, unused?: Date): Promise<number> {
    return purge(this.#db, new Date(Date.now() - this.undoMs), forget, unused);
  }

  /** Removes everything that belongs to a person, for good. */
  async erase(owner: string, forget: Forget): Promise<{ conversations: number; messages: number }> {
    return erase(this.#db, owner, await this.ids(owner, "deleted too"), forget);
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
    const sealer = await this.#vault.of(owner);
    return this.#db.transaction().execute(async (db) => {
      const row = await this.row(owner, conversationId, db);
      // Meanwhile what it follows may have been deleted.
      if (!("id" in question) && question.parentId !== null)
        await findMessage(db, conversationId, question.parentId);
      const now = new Date().toISOString();
      const blank = { createdAt: now, status: "done", details: null, error: null } as const;
      const asked: ChatMessage =
        "id" in question
          ? toMessage(sealer, await findMessage(db, conversationId, question.id), this.live)
          : { ...blank, id: newId(), role: "user", ...question };
      // The model may have seen nothing but the question, which had no id when it was asked.
      const known = details.memoryBegins === "" ? { memoryBegins: asked.id } : {};
      const answer: ChatMessage = {
        ...{ id: answerId, parentId: asked.id, role: "assistant", content: "" },
        ...{ ...blank, status: "running", details: { ...details, ...known } },
      };
      const added = "id" in question ? [answer] : [asked, answer];
      const position = await nextPosition(db, conversationId);
      await insertMessages(db, sealer, conversationId, position, added);
      const title =
        row.title_source === "none"
          ? titled(sealer, conversationId, firstWords(asked.content), "first-words")
          : {};
      await db
        .updateTable("conversation")
        // Where somebody goes on talking, nothing is put away.
        .set({ ...title, current_id: answerId, updated_at: now, archived: 0 })
        .where("id", "=", conversationId)
        .where("owner", "=", owner)
        .execute();
      return { question: asked, answer };
    });
  }

  /** An answer that was cut is written again, where it ended. */
  async resume(
    owner: string,
    conversationId: string,
    begun: ChatMessage,
    details: Partial<Details>,
  ): Promise<TurnReply> {
    const sealer = await this.#vault.of(owner);
    return this.#db.transaction().execute(async (db) => {
      await this.row(owner, conversationId, db);
      const asked = await findMessage(db, conversationId, begun.parentId ?? "");
      const answer: ChatMessage = {
        ...{ ...begun, status: "running", error: null },
        details: joined(begun.details ?? {}, details),
      };
      const { id, status } = answer;
      await db
        .updateTable("message")
        .set({ ...sealMessage(sealer, answer), status })
        .where("id", "=", id)
        .where("conversation_id", "=", conversationId)
        .execute();
      await db
        .updateTable("conversation")
        .set({ current_id: id, updated_at: new Date().toISOString(), archived: 0 })
        .where("id", "=", conversationId)
        .where("owner", "=", owner)
        .execute();
      return { question: toMessage(sealer, asked, this.live), answer };
    });
  }

  /** Keeps what was written of an answer so far. */
  async saveText(
    owner: string,
    { id, content, parts }: Pick<ChatMessage, "id" | "content" | "parts">,
  ): Promise<void> {
    const sealer = await this.#vault.of(owner);
    await this.#db
      .updateTable("message")
      .set({
        content: sealer.seal(content, place("message", id, "content")),
        parts: sealParts(sealer, id, parts),
      })
      .where("id", "=", id)
      .where(ownedBy(owner))
      .execute();
  }

  /** Keeps a finished answer, and its receipt with it. */
  async saveAnswer(owner: string, answer: ChatMessage, receipt?: Receipt): Promise<void> {
    const { id, status } = answer;
    const sealed = sealMessage(await this.#vault.of(owner), answer);
    await this.#db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable("message")
        .set({ ...sealed, status })
        .where("id", "=", id)
        .where(ownedBy(owner))
        .executeTakeFirst();
      // Of a chat that was erased meanwhile nothing is written down.
      if (numUpdatedRows > 0n) await receipt?.store(db);
    });
  }

  /** The model's title replaces the first words, never what the user wrote. */
  async setModelTitle(owner: string, id: string, title: string): Promise<void> {
    const sealer = await this.#vault.of(owner);
    await this.#db
      .updateTable("conversation")
      .set(titled(sealer, id, title, "model"))
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("title_source", "=", "first-words")
      .execute();
  }

  /** The ids of a person's conversations, oldest first. */
  async ids(owner: string, which?: "deleted too"): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom("conversation")
      .select("id")
      .where("owner", "=", owner)
      .$if(which === undefined, (select) => select.where("deleted_at", "is", null))
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Adds whole conversations, all or none. */
  async stage(owner: string): Promise<Staging> {
    return new Staging(this.#db, owner, await this.#vault.of(owner));
  }
}
