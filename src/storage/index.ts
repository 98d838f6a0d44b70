/**
 * The database: one SQLite file in the data folder, or a PostgreSQL database, in which a write that
 * was acknowledged outlives a crash and a loss of power. Features bring their own tables as
 * migrations, in SQL that both understand.
 */
import { join } from "node:path";
import { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { CharlaError } from "../core/errors.ts";
import type { Feature } from "../core/feature.ts";
import { makeFolder } from "../folder.ts";
import { storageError } from "./errors.ts";
import { lockHome } from "./lock.ts";
import { NodeSqliteDialect, openFile } from "./sqlite.ts";

/** Every feature knows the tables of its own migrations, and no others. */
// biome-ignore lint/suspicious/noExplicitAny: the tables belong to the features
export type Database = Kysely<any>;

export interface OpenDatabase {
  readonly db: Database;
  readonly kind: "sqlite" | "postgres";
  /** Of the file; or host, port and name, without user and password. */
  readonly path: string;
  /** Writes what is to be written and frees folder and database; a second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens the database at `url`, or `charla.db` in the data folder, which is made if it is not there.
 *
 * @param url `postgres://...`
 * @param log is told when the server goes away and comes back
 * @throws CharlaError `home_in_use`, `database_in_use` when another server has it; `storage_...`
 */
export async function openDatabase(
  home: string,
  url?: string,
  log: (line: string, error?: unknown) => void = () => {},
): Promise<OpenDatabase> {
  try {
    makeFolder(home);
  } catch (thrown) {
    throw storageError(thrown, home);
  }
  // Also beside PostgreSQL, for the models and the engine's states are in the folder.
  const unlock = lockHome(home);
  try {
    const { close, ...opened } =
      url === undefined ? openSqlite(join(home, "charla.db")) : await openServer(url, log);
    return { ...opened, close: () => close().finally(unlock) };
  } catch (thrown) {
    unlock();
    throw thrown;
  }
}

function openSqlite(path: string): OpenDatabase {
  const database = openFile(path);
  const db: Database = new Kysely({ dialect: new NodeSqliteDialect(database, path) });
  const close = async () => {
    await db.destroy();
    if (database.isOpen) database.close();
  };
  return { db, kind: "sqlite", path, close };
}

async function openServer(url: string, log: Parameters<typeof openDatabase>[2] = () => {}) {
  // Whoever uses SQLite does without the memory of this.
  const { openPostgres } = await import("./postgres.ts");
  return { ...(await openPostgres(url, { lock: true, log })), kind: "postgres" as const };
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
