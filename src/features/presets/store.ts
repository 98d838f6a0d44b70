/** Keeps presets, sealed. Every method takes the owner, and another's id is like one that is not there. */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import { CharlaError } from "../../core/errors.ts";
import type { Vault } from "../../core/vault.ts";
import type { Preset } from "./api.ts";
import type { Tables } from "./tables.ts";

/** Of one person. */
const LIMIT = 100;

type Content = Omit<Preset, "id">;

export class Store {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** Newest first. */
  async of(owner: string): Promise<Preset[]> {
    const rows = await this.#db
      .selectFrom("preset")
      .select(["id", "sealed"])
      .where("owner", "=", owner)
      .orderBy("id", "desc")
      .execute();
    const sealer = await this.#vault.of(owner);
    return rows.map(({ id, sealed }) => ({ id, ...JSON.parse(sealer.open(sealed, place(id))) }));
  }

  /** @throws CharlaError `too_many_presets` */
  async add(owner: string, { name, settings }: Content): Promise<Preset> {
    const id = newId();
    const sealed = (await this.#vault.of(owner)).seal(
      JSON.stringify({ name, settings }),
      place(id),
    );
    await this.#db.transaction().execute(async (db) => {
      const { count } = await db
        .selectFrom("preset")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("owner", "=", owner)
        .executeTakeFirstOrThrow();
      if (Number(count) >= LIMIT) throw tooMany();
      await db.insertInto("preset").values({ id, owner, sealed }).execute();
    });
    return { id, name, settings };
  }

  /** @throws CharlaError `preset_not_found` */
  async remove(owner: string, id: string): Promise<void> {
    const mine = this.#db.deleteFrom("preset").where("owner", "=", owner);
    const { numDeletedRows } = await mine.where("id", "=", id).executeTakeFirst();
    if (numDeletedRows === 0n) throw notFound();
  }

  /** @returns how many there were */
  async erase(owner: string): Promise<number> {
    const all = this.#db.deleteFrom("preset").where("owner", "=", owner);
    return Number((await all.executeTakeFirst()).numDeletedRows);
  }

  /** Seals all of them anew for the person whose they now are. */
  async giveTo(from: string, to: string): Promise<void> {
    const sealer = await this.#vault.of(to);
    for (const { id, ...content } of await this.of(from)) {
      await this.#db
        .updateTable("preset")
        .set({ owner: to, sealed: sealer.seal(JSON.stringify(content), place(id)) })
        .where("id", "=", id)
        .execute();
    }
  }
}

/** Sealed with the text, so that no row can be put in another's place. */
const place = (id: string) => `preset/${id}`;

function tooMany(): CharlaError {
  return new CharlaError("too_many_presets", {
    status: 409,
    message: "You keep {limit} sets of settings already, and there is no room for more.",
    hint: "Delete one that you do not use.",
    params: { limit: LIMIT },
  });
}

function notFound(): CharlaError {
  return new CharlaError("preset_not_found", {
    status: 404,
    message: "There are no saved settings with this id.",
    hint: "Open the list again: they may have been deleted in another window.",
  });
}
