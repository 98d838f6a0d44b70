/** Keeps facts, sealed. Every method takes the owner, and another's id is like one that is not there. */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import type { Intake } from "../../core/intake.ts";
import type { Vault } from "../../core/vault.ts";
import type { Fact } from "./api.ts";
import { factEmpty, factNotFound, memoryFull, memoryOff } from "./errors.ts";
import type { Tables } from "./tables.ts";

/** Facts of one person. */
export const MOST = 100;

type Content = Omit<Fact, "id">;

/** A fact is one line of the prompt: what breaks lines, or cannot be seen, becomes a space. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, " ").trim();

export class Store {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  readonly #intake: Intake;

  constructor(db: Kysely<Tables>, vault: Vault, intake: Intake) {
    this.#db = db;
    this.#vault = vault;
    this.#intake = intake;
  }

  async active(owner: string): Promise<boolean> {
    return (await this.#chosen(owner)) ?? false;
  }

  /** Undefined where a person has never switched it. */
  async #chosen(owner: string): Promise<boolean | undefined> {
    const row = await this.#db
      .selectFrom("memory")
      .select("active")
      .where("owner", "=", owner)
      .executeTakeFirst();
    return row && row.active === 1;
  }

  async switch(owner: string, on: boolean): Promise<void> {
    const active = Number(on);
    await this.#db
      .insertInto("memory")
      .values({ owner, active })
      .onConflict((conflict) => conflict.column("owner").doUpdateSet({ active }))
      .execute();
  }

  /** Oldest first. */
  async facts(owner: string): Promise<readonly Fact[]> {
    const rows = await this.#db
      .selectFrom("memory_fact")
      .select(["id", "sealed"])
      .where("owner", "=", owner)
      .orderBy("id")
      .execute();
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return rows.map(({ id, sealed }) => ({ id, ...JSON.parse(sealer.open(sealed, place(id))) }));
  }

  /** What models are told: nothing while it is off. */
  async told(owner: string): Promise<readonly Fact[]> {
    return (await this.active(owner)) ? this.facts(owner) : [];
  }

  /** One that is there already stays as it is. @throws CharlaError `memory_off`, `memory_full`, `memory_fact_empty` */
  async add(owner: string, said: string, by: Fact["by"]): Promise<Fact> {
    const text = await this.#readable(owner, said);
    if (!(await this.active(owner))) throw memoryOff();
    const all = await this.facts(owner);
    const same = all.find((one) => one.text === text);
    if (same) return same;
    const id = newId();
    const now = new Date().toISOString();
    const content: Content = { text, by, addedAt: now, changedAt: now };
    const sealed = await this.#seal(owner, id, content);
    await this.#db.transaction().execute(async (db) => {
      const { count } = await db
        .selectFrom("memory_fact")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("owner", "=", owner)
        .executeTakeFirstOrThrow();
      if (Number(count) >= MOST) throw memoryFull(MOST);
      await db.insertInto("memory_fact").values({ id, owner, sealed }).execute();
    });
    return { id, ...content };
  }

  /** Its person's words from now on. @throws CharlaError `memory_fact_not_found`, `memory_fact_empty` */
  async change(owner: string, id: string, said: string): Promise<Fact> {
    const text = await this.#readable(owner, said);
    const before = (await this.facts(owner)).find((one) => one.id === id);
    if (!before) throw factNotFound();
    if (before.text === text) return before;
    const changedAt = new Date().toISOString();
    const content: Content = { text, by: "person", addedAt: before.addedAt, changedAt };
    const sealed = await this.#seal(owner, id, content);
    const { numUpdatedRows } = await this.#db
      .updateTable("memory_fact")
      .set({ sealed })
      .where("owner", "=", owner)
      .where("id", "=", id)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw factNotFound();
    return { id, ...content };
  }

  /** @throws CharlaError `memory_fact_not_found` */
  async remove(owner: string, id: string): Promise<void> {
    const own = this.#db.deleteFrom("memory_fact").where("owner", "=", owner);
    const { numDeletedRows } = await own.where("id", "=", id).executeTakeFirst();
    if (numDeletedRows === 0n) throw factNotFound();
  }

  /** @returns how many facts there were */
  async erase(owner: string): Promise<number> {
    await this.#db.deleteFrom("memory").where("owner", "=", owner).execute();
    const all = this.#db.deleteFrom("memory_fact").where("owner", "=", owner);
    return Number((await all.executeTakeFirst()).numDeletedRows);
  }

  /** Seals all of them anew for the person whose they now are, and who may have switched it off. */
  async giveTo(from: string, to: string): Promise<void> {
    if (from === to) return;
    for (const { id, ...content } of await this.facts(from))
      await this.#db
        .updateTable("memory_fact")
        .set({ owner: to, sealed: await this.#seal(to, id, content) })
        .where("id", "=", id)
        .execute();
    const given = await this.#chosen(from);
    if (given !== undefined && (await this.#chosen(to)) === undefined) await this.switch(to, given);
    await this.#db.deleteFrom("memory").where("owner", "=", from).execute();
  }

  /** @throws CharlaError `memory_fact_empty` */
  async #readable(owner: string, said: string): Promise<string> {
    const text = oneLine(await this.#intake({ owner, kind: "system", text: said }));
    if (text === "") throw factEmpty();
    return text;
  }

  async #seal(owner: string, id: string, content: Content): Promise<string> {
    return (await this.#vault.of(owner)).seal(JSON.stringify(content), place(id));
  }
}

/** Sealed with the text, so that no row can be put in another's place. */
const place = (id: string) => `memory/${id}`;
