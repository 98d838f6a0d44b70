/**
 * The database: one SQLite file in the data folder, in which a write that was acknowledged outlives
 * a crash and a loss of power. Features bring their own tables as migrations.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { CharlaError } from "../core/errors.ts";
import type { Feature } from "../core/feature.ts";
import { makeFolder } from "../folder.ts";
import { storageError } from "./errors.ts";
import { lockHome } from "./lock.ts";
import { guard, NodeSqliteDialect } from "./sqlite.ts";

/** Every feature knows the tables of its own migrations, and no others. */
// biome-ignore lint/suspicious/noExplicitAny: the tables belong to the features
export type Database = Kysely<any>;

export interface OpenDatabase {
  readonly db: Database;
  /** Empties the write-ahead log and frees the folder; a second call does nothing. */
  close(): Promise<void>;
}

/** How long to wait for another program that writes to the file, in milliseconds; all else waits too. */
const BUSY_MS = 2000;

/**
 * Opens `charla.db` in the data folder, and makes both if they are not there.
 *
 * @throws CharlaError `home_in_use` when another server has the folder; `storage_read_only`,
 *   `storage_full`, `storage_unreachable`, `storage_damaged`, `storage_busy`, `storage_io_error`
 */
export async function openDatabase(home: string): Promise<OpenDatabase> {
  try {
    makeFolder(home);
  } catch (thrown) {
    throw storageError(thrown, home);
  }
  const unlock = lockHome(home);
  try {
    const path = join(home, "charla.db");
    const database = guard(path, () => openFile(path));
    const db: Database = new Kysely({ dialect: new NodeSqliteDialect(database, path) });
    return {
      db,
      async close() {
        await db.destroy();
        if (database.isOpen) database.close();
        unlock();
      },
    };
  } catch (thrown) {
    unlock();
    throw thrown;
  }
}

function openFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    // FULL waits for the disk at every commit. What is deleted is overwritten, not just unlinked.
    database.exec(`
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma foreign_keys = on;
      pragma secure_delete = on;
    `);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/**
 * Brings the tables of all features up to date, in one transaction and forward only.
 *
 * @throws CharlaError `storage_newer` when the database holds changes that no feature here knows
 */
export async function migrate(db: Database, features: readonly Feature[]): Promise<void> {
  const migrations: Record<string, Migration> = {};
  for (const { name, migrations: own = {} } of features) {
    for (const [step, migration] of Object.entries(own)) migrations[`${name}/${step}`] = migration;
  }
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    // A feature that is new here may come before others in the alphabet.
    allowUnorderedMigrations: true,
  });
  const unknown = (await executed(db)).find((name) => !Object.hasOwn(migrations, name));
  if (unknown !== undefined) throw newer(unknown);
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function executed(db: Database): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === "kysely_migration")) return [];
  const rows = await db.selectFrom("kysely_migration").select("name").execute();
  return rows.map(({ name }) => name);
}

function newer(migration: string): CharlaError {
  return new CharlaError("storage_newer", {
    message:
      "The database was written by a Charla that knows {migration}, which this one does not.",
    hint: "Start the newer version, or choose another data folder with CHARLA_HOME.",
    params: { migration },
  });
}
