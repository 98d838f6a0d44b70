/**
 * Folders: where a person keeps chats together. A folder holds nothing but its name, which is sealed;
 * its chats say that they are in it, and stay when it is deleted.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import type { Sealer, Vault } from "../../core/vault.ts";
import type { Folder } from "./api.ts";
import { folderNotFound, foldersFull } from "./errors.ts";
import { openName, sealName } from "./rows.ts";
import type { Tables } from "./tables.ts";
import { cleanTitle } from "./titles.ts";

/** Of one person; all of them stand in the page's list. */
const MOST = 200;

export class Folders {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** Oldest first. */
  async list(owner: string): Promise<Folder[]> {
    const sealer = await this.#vault.of(owner);
    const counts = await this.#db
      .selectFrom("conversation")
      .select(({ fn }) => ["folder_id", fn.countAll<number>().as("chats")])
      .where("owner", "=", owner)
      .where("folder_id", "is not", null)
      .where("deleted_at", "is", null)
      .where("archived", "=", 0)
      .groupBy("folder_id")
      .execute();
    const chats = new Map(counts.map((one) => [one.folder_id, Number(one.chats)]));
    return (await rowsOf(this.#db, owner)).map((row) => ({
      ...{ id: row.id, name: openName(sealer, row), chats: chats.get(row.id) ?? 0 },
    }));
  }

  /** What they are called, by their ids. */
  async names(owner: string): Promise<ReadonlyMap<string, string>> {
    const sealer = await this.#vault.of(owner);
    const rows = await rowsOf(this.#db, owner);
    return new Map(rows.map((row) => [row.id, openName(sealer, row)]));
  }

  /** @throws CharlaError `folders_full` */
  async create(owner: string, name: string): Promise<Folder> {
    const sealer = await this.#vault.of(owner);
    return this.#db.transaction().execute(async (db) => {
      if ((await rowsOf(db, owner)).length >= MOST) throw foldersFull(MOST);
      const row = await insert(db, owner, sealer, name);
      return { id: row.id, name: openName(sealer, row), chats: 0 };
    });
  }

  /** @throws CharlaError `folder_not_found` */
  async rename(owner: string, id: string, name: string): Promise<Folder> {
    const sealer = await this.#vault.of(owner);
    await this.#db
      .updateTable("folder")
      .set({ name: sealName(sealer, id, cleanTitle(name)) })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .execute();
    const renamed = (await this.list(owner)).find((folder) => folder.id === id);
    if (!renamed) throw folderNotFound();
    return renamed;
  }

  /** Its chats stay, in no folder. @throws CharlaError `folder_not_found` */
  async remove(owner: string, id: string): Promise<void> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("folder")
      .where("id", "=", id)
      .where("owner", "=", owner)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw folderNotFound();
  }
}

const rowsOf = (db: Kysely<Tables>, owner: string) =>
  db
    .selectFrom("folder")
    .selectAll()
    .where("owner", "=", owner)
    .orderBy("created_at")
    .orderBy("id")
    .execute();

async function insert(db: Transaction<Tables>, owner: string, sealer: Sealer, name: string) {
  const id = newId();
  const sealed = sealName(sealer, id, cleanTitle(name));
  const row = { id, owner, name: sealed, created_at: new Date().toISOString() };
  await db.insertInto("folder").values(row).execute();
  return row;
}

/** @throws CharlaError `folder_not_found`, also for another person's */
export async function expectFolder(
  db: Kysely<Tables>,
  owner: string,
  id: string | null,
): Promise<void> {
  if (id === null || (await rowsOf(db, owner)).some((row) => row.id === id)) return;
  throw folderNotFound();
}

/** By id, or by name, which comes from a file: then one of that name is found or made. */
export type Place = { readonly id: string } | { readonly name: string };

/**
 * The folder of each chat that is brought along. Where one is gone meanwhile, or there are too many,
 * the chat is in none.
 *
 * @param places by chat
 */
export async function findFolders(
  db: Transaction<Tables>,
  owner: string,
  sealer: Sealer,
  places: ReadonlyMap<string, Place>,
): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsOf(db, owner);
  const byName = new Map(rows.map((row) => [openName(sealer, row), row.id]));
  const ids = new Set(rows.map(({ id }) => id));
  const found = new Map<string, string>();
  for (const [chat, place] of places) {
    if ("id" in place) {
      if (ids.has(place.id)) found.set(chat, place.id);
      continue;
    }
    const name = cleanTitle(place.name);
    if (name === "") continue;
    if (!byName.has(name) && byName.size < MOST)
      byName.set(name, (await insert(db, owner, sealer, name)).id);
    const id = byName.get(name);
    if (id !== undefined) found.set(chat, id);
  }
  return found;
}
