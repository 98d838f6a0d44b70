/**
 * Vector stores: collections of files as programs use them, with what those attach to a collection and
 * to each file in it, when it expires, and which files came in together. There is no other index than
 * that of the files.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import type { Attributes } from "../../../core/attributes.ts";
import type { Sealer, Vault } from "../../../core/vault.ts";
import { type Collections, expectFiles, expiryOf, isExpired, openName } from "../collections.ts";
import { attributesFull, batchNotFound, notFound, storeExpired, storeNotFound } from "../errors.ts";
import type { Files, Stored } from "../store.ts";
import type { Tables } from "../tables.ts";

/** What is sealed of a store. */
interface Said {
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface Counts {
  readonly bytes: number;
  readonly total: number;
  readonly ready: number;
  readonly failed: number;
}

export interface Store extends Said, Counts {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly active: number;
  readonly expiresDays: number | null;
  /** Milliseconds since 1970, as the others. */
  readonly expires: number | null;
  readonly expired: boolean;
}

/** A file in a store. */
export interface Member {
  readonly file: Stored;
  readonly attributes: Attributes;
  readonly added: number;
}

export interface Given {
  readonly id: string;
  readonly attributes: Attributes;
}

export interface NewStore extends Said {
  readonly name: string;
  readonly expiresDays: number | null;
  readonly files: readonly string[];
}

export interface StoreChange {
  readonly name?: string | undefined;
  /** Null takes it away. */
  readonly metadata?: Said["metadata"] | null;
  readonly expiresDays?: number | null | undefined;
}

export interface Batch {
  readonly id: string;
  readonly created: number;
  readonly files: readonly string[];
  readonly cancelled: boolean;
}

type Row = Tables["knowledge_collection"];

/** Batches of a store that can still be asked about. */
const MOST_BATCHES = 20;

const saidPlace = (id: string) => `collection/${id}/store`;
/** Of any member: where files are given away, one may become another. */
const memberPlace = (id: string) => `collection/${id}/attributes`;

export class Stores {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  readonly #files: Files;
  readonly #collections: Collections;

  constructor(db: Kysely<Tables>, vault: Vault, files: Files, collections: Collections) {
    this.#db = db;
    this.#vault = vault;
    this.#files = files;
    this.#collections = collections;
  }

  async create(owner: string, { name, files, expiresDays, ...said }: NewStore): Promise<Store> {
    const sealer = await this.#vault.of(owner);
    const id = await this.#collections.create(owner, name, files, async (db, made) => {
      const store = sealer.seal(JSON.stringify(said), saidPlace(made));
      await update(db, made, { store, expires_days: expiresDays, active_at: now() });
    });
    return this.one(owner, id);
  }

  /** Newest first. */
  async list(owner: string): Promise<readonly Store[]> {
    const all = this.#db.selectFrom("knowledge_collection").selectAll();
    const rows = await all.where("owner", "=", owner).orderBy("id", "desc").execute();
    return this.#seen(owner, rows);
  }

  /** @throws CharlaError `store_not_found` */
  async one(owner: string, id: string): Promise<Store> {
    const [store] = await this.#seen(owner, [await this.#row(owner, id)]);
    if (!store) throw storeNotFound();
    return store;
  }

  async change(owner: string, id: string, change: StoreChange): Promise<Store> {
    const row = await this.#row(owner, id);
    const sealer = await this.#vault.of(owner);
    const { name, metadata, expiresDays } = change;
    await this.#collections.change(owner, id, { name }, async (db) => {
      const said = saidOf(sealer, row);
      const kept = metadata === undefined ? said.metadata : (metadata ?? undefined);
      const store = sealer.seal(JSON.stringify({ ...said, metadata: kept }), saidPlace(id));
      // What is to expire after some days does so from now on.
      const expiry = expiresDays !== undefined && { expires_days: expiresDays, active_at: now() };
      await update(db, id, { store, ...expiry });
    });
    return this.one(owner, id);
  }

  async remove(owner: string, id: string): Promise<void> {
    await this.#row(owner, id);
    await this.#collections.remove(owner, id);
  }

  /**
   * The file that came last first, whenever it was put in: by what a cursor says, so that one of a file
   * that was taken out still has its place.
   *
   * @throws CharlaError `store_not_found`
   */
  async members(owner: string, id: string): Promise<readonly Member[]> {
    const row = await this.#row(owner, id);
    const sealer = await this.#vault.of(owner);
    const all = this.#db.selectFrom("knowledge_member").selectAll();
    const members = await all.where("collection_id", "=", id).execute();
    const ids = members.map(({ file_id }) => file_id);
    const files = new Map((await this.#files.list(owner, ids)).map((file) => [file.id, file]));
    const seen = members.flatMap((member): Member[] => {
      const file = files.get(member.file_id);
      const added = Date.parse(member.added_at ?? row.created_at);
      return file ? [{ file, added, attributes: attributesOf(sealer, member) }] : [];
    });
    return seen.sort((a, b) => (a.file.id < b.file.id ? 1 : -1));
  }

  /** @throws CharlaError `store_not_found`, `file_not_found` */
  async member(owner: string, id: string, file: string): Promise<Member> {
    const all = await this.members(owner, id);
    const found = all.find((one) => one.file.id === file);
    if (!found) throw notFound();
    return found;
  }

  /**
   * Whether files, each named once, may go in: asked before anything dear is done for them.
   *
   * @throws CharlaError `store_not_found`, `store_expired`, `collection_full`, `file_not_found`
   */
  async expectFit(owner: string, id: string, files: readonly string[]): Promise<void> {
    if (isExpired(await this.#row(owner, id))) throw storeExpired();
    await expectFiles(this.#db, owner, files);
  }

  /** Puts files in; those that are in already get these attributes. @throws as `expectFit` */
  async add(
    owner: string,
    id: string,
    given: readonly Given[],
    also?: (db: Kysely<Tables>) => Promise<void>,
  ): Promise<void> {
    const row = await this.#row(owner, id);
    if (isExpired(row)) throw storeExpired();
    const sealer = await this.#vault.of(owner);
    const files = [...new Set(given.map((one) => one.id))];
    await this.#collections.change(owner, id, { add: files }, async (db) => {
      for (const one of given) await setAttributes(db, sealer, id, one);
      await expectRoom(db, owner);
      await update(db, id, { active_at: now() });
      await also?.(db);
    });
  }

  /** Puts files in together. No more is kept of it than can be asked about: no quota counts it. */
  async addBatch(owner: string, id: string, given: readonly Given[]): Promise<Batch> {
    const files = [...new Set(given.map((one) => one.id))];
    const batch = { id: newId(), collection_id: id, cancelled: 0, created_at: now() };
    await this.add(owner, id, given, async (db) => {
      const made = { ...batch, files: JSON.stringify(files) };
      await db.insertInto("knowledge_batch").values(made).execute();
      await db
        .deleteFrom("knowledge_batch")
        .where("collection_id", "=", id)
        .where("id", "not in", (all) =>
          all
            .selectFrom("knowledge_batch")
            .select("id")
            .where("collection_id", "=", id)
            .orderBy("id", "desc")
            .limit(MOST_BATCHES),
        )
        .execute();
    });
    return { id: batch.id, created: Date.parse(batch.created_at), files, cancelled: false };
  }

  async setAttributes(owner: string, id: string, given: Given): Promise<void> {
    await this.member(owner, id, given.id);
    const sealer = await this.#vault.of(owner);
    await this.#db.transaction().execute(async (db) => {
      await setAttributes(db, sealer, id, given);
      await expectRoom(db, owner);
    });
  }

  async takeOut(owner: string, id: string, files: readonly string[]): Promise<void> {
    await this.#row(owner, id);
    await this.#collections.change(owner, id, { remove: files });
  }

  /** @throws CharlaError `store_not_found`, `batch_not_found` */
  async batch(owner: string, id: string, batch: string): Promise<Batch> {
    await this.#row(owner, id);
    const row = await this.#db
      .selectFrom("knowledge_batch")
      .selectAll()
      .where("collection_id", "=", id)
      .where("id", "=", batch)
      .executeTakeFirst();
    if (!row) throw batchNotFound();
    const { created_at, files, cancelled } = row;
    return {
      ...{ id: row.id, created: Date.parse(created_at), cancelled: cancelled === 1 },
      files: JSON.parse(files),
    };
  }

  /** Those of its files that were not read yet are taken out again. */
  async cancel(owner: string, id: string, batch: string): Promise<void> {
    const { files } = await this.batch(owner, id, batch);
    const unread = (await this.#files.list(owner, files)).filter(
      ({ state }) => state !== "ready" && state !== "failed",
    );
    if (unread.length === 0) return;
    await this.takeOut(
      owner,
      id,
      unread.map((file) => file.id),
    );
    const set = { cancelled: 1 };
    await this.#db.updateTable("knowledge_batch").set(set).where("id", "=", batch).execute();
  }

  /** The files of a store to be searched, whose use puts off that it expires. @throws `store_expired` */
  async searched(owner: string, id: string): Promise<readonly Member[]> {
    const row = await this.#row(owner, id);
    if (isExpired(row)) throw storeExpired();
    await update(this.#db, id, { active_at: now() });
    return this.members(owner, id);
  }

  /** Takes the files out of what has expired. @returns how many */
  async sweep(time = Date.now()): Promise<number> {
    const rows = await this.#db
      .selectFrom("knowledge_collection")
      .selectAll()
      .where("expires_days", "is not", null)
      .execute();
    let count = 0;
    for (const { id } of rows.filter((row) => isExpired(row, time))) {
      const gone = await this.#db.transaction().execute(async (db) => {
        // Somebody may have used it since: it is read again by what keeps others from writing to it.
        const row = await db
          .updateTable("knowledge_collection")
          .set(({ ref }) => ({ active_at: ref("active_at") }))
          .where("id", "=", id)
          .returningAll()
          .executeTakeFirst();
        if (!row || !isExpired(row, time)) return [];
        const all = db.deleteFrom("knowledge_member").where("collection_id", "=", id);
        return all.returning("file_id").execute();
      });
      await this.#files.removeUnused(gone.map(({ file_id }) => file_id));
      count += gone.length;
    }
    return count;
  }

  /** What programs have said of a person's, for the archive. */
  async *of(owner: string) {
    for (const { id, name, description, metadata, expires } of await this.list(owner)) {
      const members = await this.members(owner, id);
      const files = members
        .filter(({ attributes }) => Object.keys(attributes).length > 0)
        .map(({ file, attributes }) => ({ id: file.id, attributes }));
      if (description || metadata || files.length > 0)
        yield { id, name, description, metadata, expires, files };
    }
  }

  /** Seals it anew; called before the collections themselves are given. */
  async giveTo(from: string, to: string): Promise<void> {
    if (from === to) return;
    const [before, after] = [await this.#vault.of(from), await this.#vault.of(to)];
    for (const { id } of await this.list(from)) {
      const row = await this.#row(from, id);
      if (row.store !== null) {
        const store = after.seal(before.open(row.store, saidPlace(id)), saidPlace(id));
        await update(this.#db, id, { store });
      }
      const all = this.#db.selectFrom("knowledge_member").selectAll();
      for (const { file_id, attributes } of await all.where("collection_id", "=", id).execute()) {
        if (attributes === null) continue;
        const sealed = after.seal(before.open(attributes, memberPlace(id)), memberPlace(id));
        await this.#db
          .updateTable("knowledge_member")
          .set({ attributes: sealed })
          .where("collection_id", "=", id)
          .where("file_id", "=", file_id)
          .execute();
      }
    }
  }

  async #row(owner: string, id: string): Promise<Row> {
    const all = this.#db.selectFrom("knowledge_collection").selectAll();
    const row = await all.where("owner", "=", owner).where("id", "=", id).executeTakeFirst();
    if (!row) throw storeNotFound();
    return row;
  }

  async #seen(owner: string, rows: readonly Row[]): Promise<readonly Store[]> {
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    const counts = await this.#counts(rows.map(({ id }) => id));
    return rows.map((row) => {
      const created = Date.parse(row.created_at);
      const active = row.active_at === null ? created : Date.parse(row.active_at);
      return {
        ...{ id: row.id, name: openName(sealer, row), ...saidOf(sealer, row) },
        ...(counts.get(row.id) ?? { bytes: 0, total: 0, ready: 0, failed: 0 }),
        ...{ created, active, expiresDays: row.expires_days },
        ...{ expires: expiryOf(row), expired: isExpired(row) },
      };
    });
  }

  async #counts(ids: readonly string[]): Promise<ReadonlyMap<string, Counts>> {
    const rows = await this.#db
      .selectFrom("knowledge_member")
      .innerJoin("knowledge_file", "knowledge_file.id", "knowledge_member.file_id")
      .select(({ fn }) => [
        "knowledge_member.collection_id as id",
        "knowledge_file.state as state",
        fn.countAll<number>().as("count"),
        fn.sum<number>("knowledge_file.bytes").as("bytes"),
      ])
      .where("knowledge_member.collection_id", "in", ids)
      .groupBy(["knowledge_member.collection_id", "knowledge_file.state"])
      .execute();
    const counts = new Map<string, Counts>();
    for (const row of rows) {
      const { bytes, total, ready, failed } = counts.get(row.id) ?? {
        ...{ bytes: 0, total: 0, ready: 0, failed: 0 },
      };
      const count = Number(row.count);
      const done = row.state === "ready";
      counts.set(row.id, {
        bytes: bytes + (done ? Number(row.bytes) : 0),
        total: total + count,
        ready: ready + (done ? count : 0),
        failed: failed + (row.state === "failed" ? count : 0),
      });
    }
    return counts;
  }
}

const now = () => new Date().toISOString();

const saidOf = (sealer: Sealer, { id, store }: Row): Said =>
  store === null ? {} : JSON.parse(sealer.open(store, saidPlace(id)));

const attributesOf = (
  sealer: Sealer,
  { collection_id, attributes }: Tables["knowledge_member"],
): Attributes =>
  attributes === null ? {} : JSON.parse(sealer.open(attributes, memberPlace(collection_id)));

async function update(db: Kysely<Tables>, id: string, set: Partial<Row>): Promise<void> {
  await db.updateTable("knowledge_collection").set(set).where("id", "=", id).execute();
}

/** A person's, sealed: files are counted by their bytes, and this is beside them. */
const MOST_ATTRIBUTES = 16e6;

/** @throws CharlaError `attributes_full` */
async function expectRoom(db: Kysely<Tables>, owner: string): Promise<void> {
  const { sum } = await db
    .selectFrom("knowledge_member")
    .innerJoin("knowledge_collection", "knowledge_collection.id", "knowledge_member.collection_id")
    .select(({ fn }) => fn.sum<number>(fn("length", ["attributes"])).as("sum"))
    .where("knowledge_collection.owner", "=", owner)
    .where("attributes", "is not", null)
    .executeTakeFirstOrThrow();
  if (Number(sum ?? 0) > MOST_ATTRIBUTES) throw attributesFull(MOST_ATTRIBUTES);
}

async function setAttributes(
  db: Kysely<Tables>,
  sealer: Sealer,
  id: string,
  { id: file, attributes }: Given,
): Promise<void> {
  const some = Object.keys(attributes).length > 0;
  const sealed = some ? sealer.seal(JSON.stringify(attributes), memberPlace(id)) : null;
  await db
    .updateTable("knowledge_member")
    .set({ attributes: sealed })
    .where("collection_id", "=", id)
    .where("file_id", "=", file)
    .execute();
}
