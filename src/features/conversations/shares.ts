/**
 * Links to a snapshot of one branch of a chat. The link's token is stored nowhere: its digest finds
 * the row, and a key that is made of it opens the snapshot. Around that is the owner's seal, so that
 * the snapshot is gone with the owner's key, also for who has the link and an old copy.
 */
import { createHash, hkdfSync, randomUUIDv7 as newId, randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import { KEY_BYTES, openWith, sealWith } from "../../core/seal.ts";
import { DAY_MS } from "../../core/time.ts";
import type { Vault } from "../../core/vault.ts";
import type { Conversation, Share, SharedChat } from "./api.ts";
import { nothingToShare, shareNotFound, sharesFull } from "./errors.ts";
import type { Proofs } from "./receipts.ts";
import { openTitle } from "./rows.ts";
import type { Tables } from "./tables.ts";
import { pathTo } from "./tree.ts";

const TOKEN_BYTES = 32;
/** Links to one chat that work at a time: each has a copy of it. */
const MOST = 20;

export const sharePlace = (id: string) => `share/${id}/snapshot`;

export class Shares {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** @throws CharlaError `nothing_to_share` */
  async create(owner: string, chat: Conversation, days: number, prove: Proofs) {
    if ((await this.#count(chat.id)) >= MOST) throw sharesFull(MOST);
    const token = randomBytes(TOKEN_BYTES);
    const [id, now] = [newId(), Date.now()];
    const dates = {
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + days * DAY_MS).toISOString(),
    };
    const snapshot = JSON.stringify({
      ...(await snapshotOf(chat, prove)),
      ...dates,
    } satisfies SharedChat);
    const inner = sealWith(keyOf(token), snapshot, ["share", id]);
    const values = {
      ...{ id, conversation_id: chat.id, token_hash: hashOf(token) },
      snapshot: (await this.#vault.of(owner)).seal(inner, sharePlace(id)),
      ...{ created_at: dates.createdAt, expires_at: dates.expiresAt },
    };
    await this.#db.insertInto("share").values(values).execute();
    const share: Share = { id, conversationId: chat.id, title: chat.title, ...dates };
    return { share, token: token.toString("base64url") };
  }

  async #count(conversationId: string): Promise<number> {
    const { links } = await this.#live()
      .select(({ fn }) => fn.countAll().as("links"))
      .where("share.conversation_id", "=", conversationId)
      .executeTakeFirstOrThrow();
    return Number(links);
  }

  /** Those that still work, newest first. */
  async list(owner: string): Promise<Share[]> {
    const sealer = await this.#vault.of(owner);
    const rows = await this.#live()
      .select(["share.id", "share.conversation_id", "share.created_at", "share.expires_at"])
      .select("conversation.title")
      .where("conversation.owner", "=", owner)
      .orderBy("share.id", "desc")
      .execute();
    return rows.map((row) => ({
      id: row.id,
      conversationId: row.conversation_id,
      title: openTitle(sealer, { id: row.conversation_id, title: row.title }),
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }));
  }

  /** @throws CharlaError `share_not_found` */
  async revoke(owner: string, id: string): Promise<void> {
    const [deleted] = await this.#db
      .deleteFrom("share")
      .where("id", "=", id)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom("conversation")
            .select("conversation.id")
            .whereRef("conversation.id", "=", "share.conversation_id")
            .where("conversation.owner", "=", owner),
        ),
      )
      .execute();
    if (!deleted?.numDeletedRows) throw shareNotFound();
  }

  /** For whoever has the link. @throws CharlaError `share_not_found` */
  async open(written: string): Promise<SharedChat> {
    const token = Buffer.from(written, "base64url");
    if (token.length !== TOKEN_BYTES) throw shareNotFound();
    const row = await this.#live()
      .select(["share.id", "share.snapshot", "conversation.owner"])
      .where("share.token_hash", "=", hashOf(token))
      .executeTakeFirst();
    if (!row) throw shareNotFound();
    const inner = (await this.#vault.of(row.owner)).open(row.snapshot, sharePlace(row.id));
    const snapshot = openWith(keyOf(token), inner, ["share", row.id]);
    if (!snapshot) throw shareNotFound();
    return JSON.parse(snapshot.toString());
  }

  /** Removes those whose time is over. */
  async purge(): Promise<void> {
    const now = new Date().toISOString();
    await this.#db.deleteFrom("share").where("expires_at", "<=", now).execute();
  }

  /** Of chats that are not deleted, and in time. */
  #live() {
    return this.#db
      .selectFrom("share")
      .innerJoin("conversation", "conversation.id", "share.conversation_id")
      .where("conversation.deleted_at", "is", null)
      .where("share.expires_at", ">", new Date().toISOString());
  }
}

const hashOf = (token: Buffer) =>
  createHash("sha256").update("charla share").update(token).digest("hex");

const keyOf = (token: Buffer) =>
  Buffer.from(hkdfSync("sha256", token, "", "charla share snapshot", KEY_BYTES));

/** The branch that is looked at, without system prompt, branches or ids. */
async function snapshotOf(chat: Conversation, prove: Proofs) {
  const path = pathTo(chat.messages, chat.currentId).filter(({ content }) => content !== "");
  const proofs = new Map((await prove(path)).map(({ message, ...file }) => [message, { ...file }]));
  const messages = path.map(({ id, role, content, createdAt, details }) => {
    const edited = details?.edited;
    const model = edited?.modelName ?? details?.modelName ?? details?.model;
    const receipt = proofs.get(id);
    return {
      ...{ role, content, createdAt },
      ...(model !== undefined && { model }),
      ...(edited && { edited: true as const }),
      ...(receipt && { receipt }),
    };
  });
  if (messages.length === 0) throw nothingToShare();
  return { title: chat.title, messages };
}
