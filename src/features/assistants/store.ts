/**
 * Keeps assistants, sealed with the key of the person whose they are. Others see one only as long as it
 * is lent, opened with that key, and change nothing; for them any other is like one that is not there.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Kysely } from "kysely";
import { Loans, lentTo } from "../../core/loans.ts";
import type { Sealer, Vault } from "../../core/vault.ts";
import type { Content } from "./api.ts";
import { assistantNotFound, assistantsFull } from "./errors.ts";
import { LOANS, type Tables } from "./tables.ts";

/** Of one person. */
const LIMIT = 100;
/** Of one assistant, besides the one that it is; older ones go. */
const VERSIONS = 50;

type Row = Tables["assistant"];

export interface Kept {
  readonly id: string;
  readonly owner: string;
  readonly version: number;
  readonly lent: boolean;
  readonly changedAt: string;
  readonly content: Content;
}

export class Store {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  /** Whether what is lent may be seen; what was lent before that was forbidden is not. */
  readonly #lending: boolean;
  /** To whom each is lent by name. */
  readonly loans: Loans;

  constructor(db: Kysely<Tables>, vault: Vault, lending: boolean) {
    this.#db = db;
    this.#vault = vault;
    this.#lending = lending;
    this.loans = new Loans(db, LOANS);
  }

  /** One's own and then what others lend, newest first. */
  async seenBy(person: string): Promise<readonly Kept[]> {
    const rows = await this.#seen(person).orderBy("id", "desc").execute();
    const own = (row: Row) => Number(row.owner === person);
    return this.#open(rows.toSorted((a, b) => own(b) - own(a)));
  }

  async of(owner: string): Promise<readonly Kept[]> {
    const all = this.#db.selectFrom("assistant").selectAll().where("owner", "=", owner);
    return this.#open(await all.orderBy("id", "desc").execute());
  }

  /** One's own or lent. @throws CharlaError `assistant_not_found` */
  async one(person: string, id: string): Promise<Kept> {
    const row = await this.#seen(person).where("id", "=", id).executeTakeFirst();
    const [kept] = await this.#open(row ? [row] : []);
    if (!kept) throw assistantNotFound();
    return kept;
  }

  #seen(person: string) {
    return this.#db
      .selectFrom("assistant")
      .selectAll()
      .where(({ or, eb }) =>
        or([
          eb("owner", "=", person),
          ...(this.#lending ? [eb("lent", "=", 1), lentTo(LOANS, "assistant", person)] : []),
        ]),
      );
  }

  async #open(rows: readonly Row[]): Promise<Kept[]> {
    const all: Kept[] = [];
    for (const { id, owner, version, lent, sealed, changed_at: changedAt } of rows) {
      const content = opened(await this.#vault.of(owner), sealed, place(id));
      all.push({ id, owner, version, lent: lent === 1, changedAt, content });
    }
    return all;
  }

  /** @throws CharlaError `assistants_full` */
  async add(owner: string, content: Content): Promise<Kept> {
    const id = newId();
    const sealed = (await this.#vault.of(owner)).seal(JSON.stringify(content), place(id));
    const row = { id, owner, sealed, version: 1, lent: 0, changed_at: new Date().toISOString() };
    await this.#db.transaction().execute(async (db) => {
      const { count } = await db
        .selectFrom("assistant")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("owner", "=", owner)
        .executeTakeFirstOrThrow();
      if (Number(count) >= LIMIT) throw assistantsFull(LIMIT);
      await db.insertInto("assistant").values(row).execute();
    });
    return this.one(owner, id);
  }

  /** A new version, unless nothing is otherwise. @throws CharlaError `assistant_not_found` */
  async change(owner: string, id: string, content: Content): Promise<Kept> {
    const sealer = await this.#vault.of(owner);
    await this.#db.transaction().execute(async (db) => {
      const row = await mine(db, owner, id);
      const { version, changed_at } = row;
      const before = opened(sealer, row.sealed, place(id));
      if (isDeepStrictEqual(before, content)) return;
      const old = sealer.seal(JSON.stringify(before), versionPlace(id, version));
      await db
        .insertInto("assistant_version")
        .values({ assistant_id: id, version, sealed: old, changed_at })
        .execute();
      await db
        .deleteFrom("assistant_version")
        .where("assistant_id", "=", id)
        .where("version", "<=", version - VERSIONS)
        .execute();
      const sealed = sealer.seal(JSON.stringify(content), place(id));
      const set = { sealed, version: version + 1, changed_at: new Date().toISOString() };
      await db.updateTable("assistant").set(set).where("id", "=", id).execute();
    });
    return this.one(owner, id);
  }

  /** One's own. @throws CharlaError `assistant_not_found` */
  async own(owner: string, id: string): Promise<void> {
    await mine(this.#db, owner, id);
  }

  /** To everybody, or no longer. @throws CharlaError `assistant_not_found` */
  async lend(owner: string, id: string, lent: boolean): Promise<Kept> {
    await mine(this.#db, owner, id);
    const set = { lent: Number(lent) };
    await this.#db.updateTable("assistant").set(set).where("id", "=", id).execute();
    return this.one(owner, id);
  }

  /**
   * Newest first, as far as they are kept. Its owner's alone: who borrows it sees what it is.
   *
   * @throws CharlaError `assistant_not_found`
   */
  async versions(owner: string, id: string): Promise<readonly Omit<Kept, "lent">[]> {
    await this.own(owner, id);
    const now = await this.one(owner, id);
    const sealer = await this.#vault.of(owner);
    const rows = await this.#db
      .selectFrom("assistant_version")
      .selectAll()
      .where("assistant_id", "=", id)
      .orderBy("version", "desc")
      .execute();
    const before = rows.map(({ version, sealed, changed_at: changedAt }) => ({
      ...{ id, owner, version, changedAt },
      content: opened(sealer, sealed, versionPlace(id, version)),
    }));
    return [now, ...before];
  }

  /** @throws CharlaError `assistant_not_found` */
  async remove(owner: string, id: string): Promise<void> {
    const own = this.#db.deleteFrom("assistant").where("owner", "=", owner);
    const { numDeletedRows } = await own.where("id", "=", id).executeTakeFirst();
    if (numDeletedRows === 0n) throw assistantNotFound();
  }

  /** @returns how many there were */
  async erase(owner: string): Promise<number> {
    const all = this.#db.deleteFrom("assistant").where("owner", "=", owner);
    return Number((await all.executeTakeFirst()).numDeletedRows);
  }

  /** Seals all of them anew for the person whose they now are. */
  async giveTo(from: string, to: string): Promise<void> {
    if (from === to) return;
    const [before, after] = [await this.#vault.of(from), await this.#vault.of(to)];
    const anew = (sealed: string, place: string) => after.seal(before.open(sealed, place), place);
    await this.#db.transaction().execute(async (db) => {
      const rows = await db.selectFrom("assistant").selectAll().where("owner", "=", from).execute();
      for (const { id, sealed } of rows) {
        const old = await db
          .selectFrom("assistant_version")
          .selectAll()
          .where("assistant_id", "=", id)
          .execute();
        for (const { version, sealed } of old)
          await db
            .updateTable("assistant_version")
            .set({ sealed: anew(sealed, versionPlace(id, version)) })
            .where("assistant_id", "=", id)
            .where("version", "=", version)
            .execute();
        await db
          .updateTable("assistant")
          .set({ owner: to, sealed: anew(sealed, place(id)) })
          .where("id", "=", id)
          .execute();
      }
    });
  }
}

async function mine(db: Kysely<Tables>, owner: string, id: string): Promise<Row> {
  const row = await db
    .selectFrom("assistant")
    .selectAll()
    .where("owner", "=", owner)
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) throw assistantNotFound();
  return row;
}

/** What an earlier Charla has kept has a name and settings alone. */
const opened = (sealer: Sealer, sealed: string, place: string): Content => ({
  ...{ icon: "", about: "", openings: [] },
  ...JSON.parse(sealer.open(sealed, place)),
});

/** Sealed with the text, so that no row can be put in another's place; as it was called at first. */
const place = (id: string) => `preset/${id}`;
const versionPlace = (id: string, version: number) => `assistant/${id}/version/${version}`;
