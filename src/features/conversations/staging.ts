/**
 * Conversations that are brought along, on their way into the database: in many short transactions,
 * so that others get in between, and hidden until all are there. They look deleted meanwhile, with a
 * date that is still to come; what a crash leaves behind is removed once that is past.
 */
import type { Kysely } from "kysely";
import { pauses } from "../../core/slices.ts";
import { DAY_MS } from "../../core/time.ts";
import type { Sealer } from "../../core/vault.ts";
import type { Conversation, Summary } from "./api.ts";
import { findFolders, type Place } from "./folders.ts";
import { toMessageRow, toRow, toSummary } from "./rows.ts";
import { BATCH } from "./statements.ts";
import type { ConversationRow, MessageRow, Tables } from "./tables.ts";

/** A conversation on its way in; a file names the folder that it was in. */
export interface Brought extends Conversation {
  readonly folder?: string | undefined;
}

/** Characters of one transaction. */
const MAX_UNITS = 2 ** 20;

export class Staging {
  readonly #db: Kysely<Tables>;
  readonly #owner: string;
  readonly #sealer: Sealer;
  readonly #added: Summary[] = [];
  /** By conversation. */
  readonly #places = new Map<string, Place>();
  #conversations: ConversationRow[] = [];
  #messages: MessageRow[] = [];
  #units = 0;

  constructor(db: Kysely<Tables>, owner: string, sealer: Sealer) {
    this.#db = db;
    this.#owner = owner;
    this.#sealer = sealer;
  }

  get ids(): readonly string[] {
    return this.#added.map(({ id }) => id);
  }

  /** @param origin where it comes from, by which it is known again */
  async add(conversation: Brought, origin?: string): Promise<void> {
    const pause = pauses();
    const hidden = new Date(Date.now() + DAY_MS).toISOString();
    const { id, folder, folderId } = conversation;
    if (folder !== undefined) this.#places.set(id, { name: folder });
    else if (folderId !== null) this.#places.set(id, { id: folderId });
    const row = {
      ...toRow(this.#owner, this.#sealer, conversation, origin),
      // Its folder may go before all are there.
      ...{ deleted_at: hidden, folder_id: null },
    };
    this.#added.push(toSummary(this.#sealer, row, null));
    this.#conversations.push(row);
    for (const [position, message] of conversation.messages.entries()) {
      const sealed = toMessageRow(this.#sealer, message, conversation.id, position);
      this.#messages.push(sealed);
      this.#units += sealed.content.length;
      this.#units += (sealed.parts?.length ?? 0) + (sealed.details?.length ?? 0);
      await pause();
      if (this.#messages.length === BATCH || this.#units > MAX_UNITS) await this.#write();
    }
    if (this.#conversations.length === BATCH) await this.#write();
  }

  /** Shows them all at once. */
  async publish(): Promise<Summary[]> {
    await this.#write();
    const found = await this.#db.transaction().execute(async (db) => {
      await this.#each((ids) =>
        db
          .updateTable("conversation")
          .set({ deleted_at: null })
          .where("id", "in", ids)
          .where("owner", "=", this.#owner)
          .execute(),
      );
      const folders = await findFolders(db, this.#owner, this.#sealer, this.#places);
      for (const [id, folder_id] of folders)
        await db.updateTable("conversation").set({ folder_id }).where("id", "=", id).execute();
      return folders;
    });
    return this.#added.map((one) => ({ ...one, folderId: found.get(one.id) ?? null }));
  }

  /** Removes what is there already. */
  async discard(): Promise<void> {
    await this.#each((ids) =>
      this.#db
        .deleteFrom("conversation")
        .where("id", "in", ids)
        .where("owner", "=", this.#owner)
        .execute(),
    );
  }

  async #write(): Promise<void> {
    const [conversations, messages] = [this.#conversations, this.#messages];
    [this.#conversations, this.#messages, this.#units] = [[], [], 0];
    await this.#db.transaction().execute(async (db) => {
      if (conversations.length > 0) {
        await db.insertInto("conversation").values(conversations).execute();
      }
      if (messages.length > 0) await db.insertInto("message").values(messages).execute();
    });
  }

  async #each(work: (ids: readonly string[]) => Promise<unknown>): Promise<void> {
    const { ids } = this;
    const pause = pauses();
    for (let from = 0; from < ids.length; from += BATCH) {
      await work(ids.slice(from, from + BATCH));
      await pause();
    }
  }
}
