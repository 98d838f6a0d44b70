/**
 * The database: one SQLite file in the data folder, or a PostgreSQL database, in which a write that
 * was acknowledged outlives a crash and a loss of power. Features bring their own tables as
 * migrations, in SQL that both understand.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Kysely, sql } from "kysely";
import { makeFolder } from "../core/folder.ts";
import { storageError } from "./errors.ts";
import { lockHome } from "./lock.ts";
import type { Turns } from "./postgres-lock.ts";
import { NodeSqliteDialect, openFile } from "./sqlite.ts";

export { migrate } from "./migrate.ts";

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
 * @param turns for one of several servers on a PostgreSQL database
 * @throws CharlaError `home_in_use`, `database_in_use` when another server has it; `storage_...`
 */
export async function openDatabase(
  home: string,
  url?: string,
  log: (line: string, error?: unknown) => void = () => {},
  turns?: Turns,
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
      url === undefined
        ? openSqlite(join(home, "charla.db"))
        : await openServer(url, true, log, turns);
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

async function openServer(
  url: string,
  lock: boolean,
  log: (line: string, error?: unknown) => void = () => {},
  turns?: Turns,
): Promise<OpenDatabase> {
  // Whoever uses SQLite does without the memory of this.
  const { openPostgres } = await import("./postgres.ts");
  return { ...(await openPostgres(url, { lock, log, turns })), kind: "postgres" };
}

/**
 * Opens the same database to read it, also while a server uses it.
 *
 * @returns undefined where there is none yet
 * @throws CharlaError `storage_...`
 */
export async function openForReading(
  home: string,
  url?: string,
): Promise<OpenDatabase | undefined> {
  if (url !== undefined) return openServer(url, false);
  const path = join(home, "charla.db");
  if (!existsSync(path)) return undefined;
  const opened = openSqlite(path);
  await sql`pragma query_only = on`.execute(opened.db);
  return opened;
}
