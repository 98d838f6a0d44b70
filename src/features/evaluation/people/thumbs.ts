/** Thumbs up and down on answers in ordinary chats, each for the person whose chat it is. */
import type { Kysely } from "kysely";
import type { Vault } from "../../../core/vault.ts";
import type { PeopleTables } from "./tables.ts";

export type Thumb = "up" | "down";

export class ThumbStore {
  readonly #db: Kysely<PeopleTables>;
  readonly #vault: Vault;

  constructor(db: Kysely<PeopleTables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** @param thumb null takes it back */
  async set(
    owner: string,
    conversation: string,
    message: string,
    thumb: Thumb | null,
  ): Promise<void> {
    await this.#db
      .deleteFrom("evaluation_thumb")
      .where("owner", "=", owner)
      .where("message", "=", message)
      .execute();
    if (thumb === null) return;
    const body = (await this.#vault.of(owner)).seal(thumb, placeOf(message));
    const created_at = new Date().toISOString();
    await this.#db
      .insertInto("evaluation_thumb")
      .values({ owner, conversation, message, body, created_at })
      .execute();
  }

  /** Of a chat, or of all of a person's. */
  async list(owner: string, conversation?: string) {
    const rows = await this.#db
      .selectFrom("evaluation_thumb")
      .selectAll()
      .where("owner", "=", owner)
      .$if(conversation !== undefined, (query) =>
        query.where("conversation", "=", conversation as string),
      )
      .orderBy("created_at")
      .execute();
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return rows.map(({ message, conversation, body, created_at }) => ({
      ...{ message, conversation, createdAt: created_at },
      thumb: sealer.open(body, placeOf(message)) as Thumb,
    }));
  }

  async forget(conversations: readonly string[]): Promise<void> {
    await this.#db
      .deleteFrom("evaluation_thumb")
      .where("conversation", "in", [...conversations])
      .execute();
  }

  async erase(owner: string): Promise<number> {
    const gone = this.#db.deleteFrom("evaluation_thumb").where("owner", "=", owner);
    return Number((await gone.executeTakeFirst()).numDeletedRows);
  }

  async give(from: string, to: string): Promise<void> {
    const thumbs = await this.list(from);
    for (const { message, conversation, thumb } of thumbs) {
      await this.set(to, conversation, message, thumb);
      await this.set(from, conversation, message, null);
    }
  }
}

const placeOf = (message: string) => `evaluation/thumb/${message}`;
