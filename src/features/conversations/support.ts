/**
 * Support: a person lets administrators read one chat for some hours. Without that, a chat is not
 * there for them, as for anybody else; with it, each reading is written down first.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import type { RecordAct } from "../../core/audit.ts";
import { HOUR_MS } from "../../core/time.ts";
import type { Vault } from "../../core/vault.ts";
import type { Conversation, Grant } from "./api.ts";
import { grantNotFound, grantsFull } from "./errors.ts";
import { openTitle } from "./rows.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Leaves for one chat at a time. */
const MOST = 20;

export const reasonPlace = (id: string) => `support/${id}/reason`;

export interface SupportOptions {
  readonly db: Kysely<Tables>;
  readonly store: Store;
  readonly vault: Vault;
  readonly record: RecordAct;
}

export class Support {
  readonly #db: Kysely<Tables>;
  readonly #store: Store;
  readonly #vault: Vault;
  readonly #record: RecordAct;

  constructor({ db, store, vault, record }: SupportOptions) {
    this.#db = db;
    this.#store = store;
    this.#vault = vault;
    this.#record = record;
  }

  /** @throws CharlaError `conversation_not_found` */
  async grant(owner: string, conversationId: string, hours: number, reason: string) {
    await this.#store.row(owner, conversationId);
    const there = (await this.list(owner)).filter((one) => one.conversationId === conversationId);
    if (there.length >= MOST) throw grantsFull(MOST);
    const [id, now] = [newId(), Date.now()];
    const expiresAt = new Date(now + hours * HOUR_MS).toISOString();
    const values = {
      ...{ id, conversation_id: conversationId, reads: 0, read_at: null },
      reason: (await this.#vault.of(owner)).seal(reason, reasonPlace(id)),
      ...{ created_at: new Date(now).toISOString(), expires_at: expiresAt },
    };
    const details = { grant: id, until: expiresAt };
    await this.#record({ actor: owner, act: "support.granted", subject: conversationId, details });
    await this.#db.insertInto("support_grant").values(values).execute();
    const [grant] = (await this.list(owner)).filter((one) => one.id === id);
    if (!grant) throw grantNotFound();
    return grant;
  }

  /** A person's own, newest first; or everybody's, for those who may read them. */
  async list(owner?: string): Promise<Grant[]> {
    const rows = await this.#live()
      .selectAll("support_grant")
      .select(["conversation.owner", "conversation.title"])
      .$if(owner !== undefined, (select) => select.where("conversation.owner", "=", owner ?? ""))
      .orderBy("support_grant.id", "desc")
      .execute();
    const grants: Grant[] = [];
    for (const row of rows) {
      const sealer = await this.#vault.of(row.owner);
      const title = openTitle(sealer, { id: row.conversation_id, title: row.title });
      grants.push({
        id: row.id,
        conversationId: row.conversation_id,
        // Who may read it sees what it is called when it is read, and that is written down.
        title: owner === undefined ? "" : title,
        owner: row.owner,
        reason: sealer.open(row.reason, reasonPlace(row.id)),
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        reads: row.reads,
        readAt: row.read_at,
      });
    }
    return grants;
  }

  /** @throws CharlaError `grant_not_found` */
  async revoke(owner: string, id: string): Promise<void> {
    const [deleted] = await this.#db
      .deleteFrom("support_grant")
      .where("id", "=", id)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom("conversation")
            .select("conversation.id")
            .whereRef("conversation.id", "=", "support_grant.conversation_id")
            .where("conversation.owner", "=", owner),
        ),
      )
      .execute();
    if (!deleted?.numDeletedRows) throw grantNotFound();
    await this.#record({ actor: owner, act: "support.revoked", details: { grant: id } });
  }

  /** Reads a chat by a grant, once that is written down. @throws CharlaError `grant_not_found` */
  async read(administrator: string, id: string): Promise<Conversation> {
    const row = await this.#live()
      .select(["support_grant.conversation_id", "conversation.owner"])
      .where("support_grant.id", "=", id)
      .executeTakeFirst();
    if (!row) throw grantNotFound();
    const { owner, conversation_id: subject } = row;
    await this.#record({
      ...{ actor: administrator, act: "chat.read", subject },
      details: { grant: id, owner },
    });
    await this.#db
      .updateTable("support_grant")
      .set(({ eb }) => ({ reads: eb("reads", "+", 1), read_at: new Date().toISOString() }))
      .where("id", "=", id)
      .execute();
    return this.#store.read(owner, subject);
  }

  /** Removes those whose time is over. */
  async purge(): Promise<void> {
    const now = new Date().toISOString();
    await this.#db.deleteFrom("support_grant").where("expires_at", "<=", now).execute();
  }

  #live() {
    return this.#db
      .selectFrom("support_grant")
      .innerJoin("conversation", "conversation.id", "support_grant.conversation_id")
      .where("conversation.deleted_at", "is", null)
      .where("support_grant.expires_at", ">", new Date().toISOString());
  }
}
