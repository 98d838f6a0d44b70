/**
 * Collections: files that a person keeps together, to be attached to chats and assistants. One that is
 * lent, to everybody who has an account here or to some by name, can be read and asked with its owner's key
 * and for as long as it is lent; whoever borrows it gets no copy, and can change nothing.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import { type Borrower, Loans, lentTo } from "../../core/loans.ts";
import { DAY_MS } from "../../core/time.ts";
import type { Sealer, Vault } from "../../core/vault.ts";
import type { Collection } from "./api.ts";
import { collectionFull, collectionNotFound, collectionsFull, notFound } from "./errors.ts";
import type { Files, Stored } from "./store.ts";
import { LOANS, type Tables } from "./tables.ts";

/** Of one person. */
const MOST = 100;
/** Files of one collection. */
const MOST_FILES = 500;

type Row = Tables["knowledge_collection"];

export interface Change {
  readonly name?: string | undefined;
  readonly lent?: boolean | undefined;
  /** Ids of files. */
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** What people call others: one of them, and those to whom something is lent. */
export interface Names {
  one(person: string): Promise<string>;
  all(people: readonly string[]): Promise<Borrower[]>;
}

export class Collections {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  readonly #files: Files;
  /** Whether what is lent may be read; what was lent before that was forbidden is not. */
  readonly #lending: boolean;
  /** To whom each is lent by name. */
  readonly loans: Loans;

  constructor(db: Kysely<Tables>, vault: Vault, files: Files, lending: boolean) {
    this.#db = db;
    this.#vault = vault;
    this.#files = files;
    this.#lending = lending;
    this.loans = new Loans(db, LOANS);
  }

  /** One's own, then what others have lent, each by its name. */
  async list(person: string, names: Names): Promise<readonly Collection[]> {
    const listed: Collection[] = [];
    for (const row of await this.#readable(person).execute())
      listed.push(await this.#seen(person, row, names));
    const others = ({ by }: Collection) => Number(by !== null);
    return listed.sort((a, b) => others(a) - others(b) || a.name.localeCompare(b.name));
  }

  async one(person: string, id: string, names: Names): Promise<Collection> {
    return this.#seen(person, await this.#row(person, id), names);
  }

  async #seen(person: string, row: Row, names: Names): Promise<Collection> {
    const files = await this.#members(row);
    const own = row.owner === person;
    return {
      ...{ id: row.id, name: openName(await this.#vault.of(row.owner), row) },
      ...{ by: own ? null : await names.one(row.owner), lent: row.lent === 1 },
      lentTo: own ? await names.all(await this.loans.of(row.id)) : [],
      files: files.map(({ id, about, bytes, state }) => ({ id, name: about.name, bytes, state })),
    };
  }

  /** The files of collections that a person may read, each once, and how many collections are not there. */
  async filesOf(
    person: string,
    ids: readonly string[],
  ): Promise<{ readonly files: readonly Stored[]; readonly gone: number }> {
    if (ids.length === 0) return { files: [], gone: 0 };
    const all = await this.#readable(person).where("id", "in", ids).execute();
    const rows = all.filter((row) => !isExpired(row));
    await this.#used(rows);
    const files = new Map<string, Stored>();
    for (const row of rows) for (const file of await this.#members(row)) files.set(file.id, file);
    return { files: [...files.values()], gone: new Set(ids).size - rows.length };
  }

  /** Using one that can expire puts that off. */
  async #used(rows: readonly Row[]): Promise<void> {
    const ids = rows.flatMap(({ id, expires_days }) => (expires_days === null ? [] : id));
    if (ids.length === 0) return;
    await this.#db
      .updateTable("knowledge_collection")
      .set({ active_at: new Date().toISOString() })
      .where("id", "in", ids)
      .execute();
  }

  /** A file of one's own, or of a collection that somebody lends. @throws CharlaError `file_not_found` */
  async readable(person: string, file: string): Promise<Stored> {
    const row = await this.#db
      .selectFrom("knowledge_file")
      .select("knowledge_file.owner")
      .where("knowledge_file.id", "=", file)
      .where(({ or, eb, exists, selectFrom }) =>
        or([
          eb("knowledge_file.owner", "=", person),
          ...(this.#lending
            ? [
                exists(
                  selectFrom("knowledge_member")
                    .innerJoin(
                      "knowledge_collection",
                      "knowledge_collection.id",
                      "knowledge_member.collection_id",
                    )
                    .select("knowledge_member.file_id")
                    .whereRef("knowledge_member.file_id", "=", "knowledge_file.id")
                    .where(({ or, eb }) =>
                      or([
                        eb("knowledge_collection.lent", "=", 1),
                        lentTo(LOANS, "knowledge_collection", person),
                      ]),
                    ),
                ),
              ]
            : []),
        ]),
      )
      .executeTakeFirst();
    if (!row) throw notFound();
    return this.#files.one(row.owner, file);
  }

  /**
   * @param also what goes into the same transaction
   * @throws CharlaError `collections_full`, `file_not_found`
   */
  async create(
    owner: string,
    name: string,
    files: readonly string[],
    also?: (db: Kysely<Tables>, id: string) => Promise<void>,
  ): Promise<string> {
    const id = newId();
    const sealed = sealName(await this.#vault.of(owner), id, name);
    await this.#db.transaction().execute(async (db) => {
      const { count } = await db
        .selectFrom("knowledge_collection")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .where("owner", "=", owner)
        .executeTakeFirstOrThrow();
      if (Number(count) >= MOST) throw collectionsFull(MOST);
      const row = { id, owner, name: sealed, lent: 0, created_at: new Date().toISOString() };
      await db.insertInto("knowledge_collection").values(row).execute();
      await add(db, owner, id, files);
      await also?.(db, id);
    });
    return id;
  }

  /** @throws CharlaError `collection_not_found`, `file_not_found`, `collection_full` */
  async change(
    owner: string,
    id: string,
    change: Change,
    also?: (db: Kysely<Tables>, id: string) => Promise<void>,
  ): Promise<void> {
    const sealer = await this.#vault.of(owner);
    await this.own(owner, id);
    const removed = change.remove ?? [];
    await this.#db.transaction().execute(async (db) => {
      const set = {
        ...(change.name !== undefined && { name: sealName(sealer, id, change.name) }),
        ...(change.lent !== undefined && { lent: Number(change.lent) }),
      };
      if (Object.keys(set).length > 0)
        await db.updateTable("knowledge_collection").set(set).where("id", "=", id).execute();
      if (removed.length > 0)
        await db
          .deleteFrom("knowledge_member")
          .where("collection_id", "=", id)
          .where("file_id", "in", removed)
          .execute();
      await add(db, owner, id, change.add ?? []);
      await also?.(db, id);
    });
  }

  /** Its files stay where something else needs them. @throws CharlaError `collection_not_found` */
  async remove(owner: string, id: string): Promise<void> {
    await this.own(owner, id);
    const files = await this.#memberIds(id);
    await this.#db.deleteFrom("knowledge_collection").where("id", "=", id).execute();
    await this.#files.removeUnused(files);
  }

  /** @returns how many there were */
  async erase(owner: string): Promise<number> {
    const all = this.#db.deleteFrom("knowledge_collection").where("owner", "=", owner);
    return Number((await all.executeTakeFirst()).numDeletedRows);
  }

  /** For a person's archive. */
  async of(owner: string) {
    const rows = await this.#ownOf(owner);
    const sealer = await this.#vault.of(owner);
    const all = [];
    for (const row of rows)
      all.push({
        ...{ id: row.id, name: openName(sealer, row), lent: row.lent === 1 },
        ...{ createdAt: row.created_at, files: await this.#memberIds(row.id) },
        lentTo: await this.loans.of(row.id),
      });
    return all;
  }

  /** Seals their names anew; called before the files themselves are given. */
  async giveTo(from: string, to: string): Promise<void> {
    const rows = await this.#ownOf(from);
    if (rows.length === 0 || from === to) return;
    const [before, after] = [await this.#vault.of(from), await this.#vault.of(to)];
    for (const row of rows)
      await this.#db
        .updateTable("knowledge_collection")
        .set({ owner: to, name: sealName(after, row.id, openName(before, row)) })
        .where("id", "=", row.id)
        .execute();
  }

  #ownOf(owner: string): Promise<Row[]> {
    const all = this.#db.selectFrom("knowledge_collection").selectAll();
    return all.where("owner", "=", owner).orderBy("id").execute();
  }

  /** @throws CharlaError `collection_not_found` */
  async own(owner: string, id: string): Promise<void> {
    const row = await this.#db
      .selectFrom("knowledge_collection")
      .select("id")
      .where("owner", "=", owner)
      .where("id", "=", id)
      .executeTakeFirst();
    if (!row) throw collectionNotFound();
  }

  async #row(person: string, id: string): Promise<Row> {
    const row = await this.#readable(person).where("id", "=", id).executeTakeFirst();
    if (!row) throw collectionNotFound();
    return row;
  }

  #readable(person: string) {
    return this.#db
      .selectFrom("knowledge_collection")
      .selectAll()
      .where(({ or, eb }) =>
        or([
          eb("owner", "=", person),
          ...(this.#lending
            ? [eb("lent", "=", 1), lentTo(LOANS, "knowledge_collection", person)]
            : []),
        ]),
      )
      .orderBy("id");
  }

  async #memberIds(id: string): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom("knowledge_member")
      .select("file_id")
      .where("collection_id", "=", id)
      .execute();
    return rows.map(({ file_id }) => file_id);
  }

  async #members({ id, owner }: Row): Promise<readonly Stored[]> {
    return this.#files.list(owner, await this.#memberIds(id));
  }
}

/**
 * Only files of the owner's go in, however their ids became known, and no more than one collection holds.
 *
 * @throws CharlaError `file_not_found`, `collection_full`
 */
export async function expectFiles(
  db: Kysely<Tables>,
  owner: string,
  wanted: readonly string[],
): Promise<void> {
  if (wanted.length > MOST_FILES) throw collectionFull(MOST_FILES);
  const own = await db
    .selectFrom("knowledge_file")
    .select("id")
    .where("owner", "=", owner)
    .where("id", "in", wanted)
    .execute();
  if (own.length < wanted.length) throw notFound();
}

async function add(
  db: Kysely<Tables>,
  owner: string,
  id: string,
  files: readonly string[],
): Promise<void> {
  if (files.length === 0) return;
  const wanted = [...new Set(files)];
  await expectFiles(db, owner, wanted);
  const added_at = new Date().toISOString();
  await db
    .insertInto("knowledge_member")
    .values(wanted.map((file_id) => ({ collection_id: id, file_id, added_at })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { count } = await db
    .selectFrom("knowledge_member")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("collection_id", "=", id)
    .executeTakeFirstOrThrow();
  if (Number(count) > MOST_FILES) throw collectionFull(MOST_FILES);
}

/** In milliseconds since 1970, when a collection expires that nobody uses any more; null: never. */
export const expiryOf = ({ expires_days, active_at, created_at }: Omit<Row, "name">) =>
  expires_days === null ? null : Date.parse(active_at ?? created_at) + expires_days * DAY_MS;

export const isExpired = (row: Omit<Row, "name">, now = Date.now()): boolean =>
  (expiryOf(row) ?? Number.POSITIVE_INFINITY) <= now;

const place = (id: string) => `collection/${id}/name`;
const sealName = (sealer: Sealer, id: string, name: string) => sealer.seal(name, place(id));
export const openName = (sealer: Sealer, { id, name }: Pick<Row, "id" | "name">) =>
  sealer.open(name, place(id));
