/**
 * Kysely over `node:sqlite`: Kysely's own SQLite dialect, given a statement in the shape it expects.
 */
import { chmodSync, closeSync, existsSync, openSync, statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { SqliteAdapter, SqliteDialect, type SqliteStatement } from "kysely";
import { storageError } from "./errors.ts";

/** How long to wait for another program that writes to the file, in milliseconds; all else waits too. */
const BUSY_MS = 2000;

/** @throws CharlaError `storage_...` */
export function openFile(path: string): DatabaseSync {
  return guard(path, () => {
    closeToOthers(path);
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
  });
}

/** A folder that was there before may be open to all, and SQLite makes its files by the umask. */
function closeToOthers(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  // Beside it are the log and what goes with it, from before.
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (!existsSync(file) || (statSync(file).mode & 0o077) === 0) continue;
    try {
      chmodSync(file, 0o600);
    } catch {
      // Another user's, who has given us leave; `charla doctor` tells of the folder.
    }
  }
}

/** @param path of the database file, for the messages of errors */
export class NodeSqliteDialect extends SqliteDialect {
  constructor(database: DatabaseSync, path: string) {
    super({
      database: {
        close: () => database.close(),
        prepare(sql) {
          // A full disk makes SQLite itself roll back, and Kysely's rollback would then fail and
          // hide the reason.
          if (sql === "rollback" && !database.isTransaction) return NOTHING;
          return guard(path, () => wrap(database.prepare(sql), path));
        },
      },
    });
  }

  /** SQLite can undo changes of tables; so a migration is done whole or not at all. */
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true;
      }
    })();
  }
}

const NOTHING: SqliteStatement = {
  reader: true,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

function wrap(statement: StatementSync, path: string): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => guard(path, () => statement.all(...values(parameters))),
    run: (parameters) => guard(path, () => statement.run(...values(parameters))),
    *iterate(parameters) {
      try {
        yield* statement.iterate(...values(parameters));
      } catch (thrown) {
        throw storageError(thrown, path);
      }
    },
  };
}

/** Runs something that talks to SQLite, with errors that a person can act on. */
function guard<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (thrown) {
    throw storageError(thrown, path);
  }
}
