/** Keeps prompts, sealed. Every method takes the owner, and another's id is like one that is not there. */
import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { CharlaError } from "../../core/errors.ts";
import type { Vault } from "../../core/vault.ts";
import type { Prompt } from "./api.ts";
import type { Tables } from "./tables.ts";

/** Of one person. */
const LIMIT = 100;

export class Store {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** Newest first. */
  async of(owner: string): Promise<Prompt[]> {
    const rows = await this.#db
      .selectFrom("saved_prompt")
      .select(["id", "sealed"])
      .where("owner", "=", owner)
      .orderBy("id", "desc")
      .execute();
    const sealer = await this.#vault.of(owner);
    return rows.map(({ id, sealed }) => ({ id, text: sealer.open(sealed, place(id)) }));
  }

  /** @throws CharlaError `too_many_prompts` */
  async add(owner: string, text: string): Promise<Prompt> {
    const id = timedId();
    const sealed = (await this.#vault.of(owner)).seal(text, place(id));
    await this.#db.transaction().execute(async (db) => {
      const { count } = await db
        .selectFrom("saved_prompt")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("owner", "=", owner)
        .executeTakeFirstOrThrow();
      if (Number(count) >= LIMIT) throw tooMany();
      await db.insertInto("saved_prompt").values({ id, owner, sealed }).execute();
    });
    return { id, text };
  }

  /** @throws CharlaError `prompt_not_found` */
  async remove(owner: string, id: string): Promise<void> {
    const mine = this.#db.deleteFrom("saved_prompt").where("owner", "=", owner);
    const { numDeletedRows } = await mine.where("id", "=", id).executeTakeFirst();
    if (numDeletedRows === 0n) throw notFound();
  }

  /** @returns how many there were */
  async erase(owner: string): Promise<number> {
    const all = this.#db.deleteFrom("saved_prompt").where("owner", "=", owner);
    return Number((await all.executeTakeFirst()).numDeletedRows);
  }

  /** Seals all of them anew for the person whose they now are. */
  async giveTo(from: string, to: string): Promise<void> {
    const sealer = await this.#vault.of(to);
    for (const { id, text } of await this.of(from)) {
      await this.#db
        .updateTable("saved_prompt")
        .set({ owner: to, sealed: sealer.seal(text, place(id)) })
        .where("id", "=", id)
        .execute();
    }
  }
}

/** Sealed with the text, so that no row can be put in another's place. */
const place = (id: string) => `saved_prompt/${id}`;

/** Milliseconds since 1970 before a random id, so that ids sort by time. */
const timedId = () => `${Date.now().toString(36).padStart(9, "0")}-${randomUUID()}`;

function tooMany(): CharlaError {
  return new CharlaError("too_many_prompts", {
    status: 409,
    message: "You keep {limit} prompts already, and there is no room for more.",
    hint: "Delete one that you do not use.",
    params: { limit: LIMIT },
  });
}

function notFound(): CharlaError {
  return new CharlaError("prompt_not_found", {
    status: 404,
    message: "There is no prompt with this id.",
    hint: "Open the list again: it may have been deleted in another window.",
  });
}
