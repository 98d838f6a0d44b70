/**
 * A backup, or a whole SQLite database, into a database: all of it or nothing. What is put there is
 * read back and compared before it counts.
 */
import { setImmediate as nextTick } from "node:timers/promises";
import { CharlaError } from "../../core/errors.ts";
import { openDatabase, openForReading } from "../index.ts";
import { executed, migrate } from "../migrate.ts";
import { type BackupOptions, type Manifest, type OpenBackup, openBackup } from "./backup.ts";
import { dropAll, migrationTables, wholly } from "./bare.ts";
import { type AllContents, copyTables, MANIFEST } from "./copy.ts";
import { same, Tally } from "./digest.ts";
import { damagedBackup, foreignTable, noBackup, notEmpty, nothingThere } from "./errors.ts";
import { noteRestore } from "./restored.ts";
import { countRows, readRows, type Side, tablesOf } from "./tables.ts";

type Options = Omit<BackupOptions, "version">;

/**
 * Puts a backup into the database and brings its tables up to date. What was erased since then is
 * back until the features' `afterRestore` has run, which `restored.ts` remembers.
 *
 * @param replace removes what is there
 * @throws CharlaError `backup_invalid`, `backup_damaged`, `backup_newer`, `database_not_empty`,
 *   `database_foreign`, `home_in_use`, `database_in_use`, `storage_...`; the signal's reason
 */
export async function restore(file: string, replace: boolean, options: Options): Promise<Manifest> {
  const source = await openBackup(file, options.features);
  const { manifest } = source;
  try {
    await verify(file, source, options.signal).catch((thrown) => {
      options.signal?.throwIfAborted();
      // A name in it may be one that SQLite does not find again.
      throw thrown instanceof CharlaError ? thrown : noBackup(file, thrown);
    });
    await into(source, file, manifest.migrations, options, {
      async prepare(path, to) {
        const [first] = await tablesOf(to);
        // Only what migrations have made is removed.
        if (first && (await executed(to.db)).length === 0) throw foreignTable(path, first.name);
        if (!replace && (await holdsRows(to))) throw notEmpty(path);
        await dropAll(to);
      },
      finish: () => noteRestore(options.home, manifest.createdAt),
    });
    return manifest;
  } catch (thrown) {
    const read = thrown instanceof CharlaError && thrown.params.path === file;
    throw read && thrown.code.startsWith("storage_") ? noBackup(file, thrown) : thrown;
  } finally {
    await source.db.destroy();
  }
}

/** Before anything else is done with it, for values that are wrong may be anything. */
async function verify(file: string, { manifest, ...side }: OpenBackup, signal?: AbortSignal) {
  const found = new Map((await tablesOf(side)).map((table) => [table.name, table]));
  found.delete(MANIFEST);
  for (const name of new Set([...Object.keys(manifest.tables), ...found.keys()])) {
    const table = found.get(name);
    const tally = new Tally();
    for await (const rows of table ? readRows(side, table) : []) {
      tally.add(rows);
      await nextTick();
      signal?.throwIfAborted();
    }
    if (!table || !same(tally.contents, manifest.tables[name])) throw damagedBackup(file, name);
  }
}

/**
 * Copies the SQLite database of a folder into an empty PostgreSQL database.
 *
 * @throws CharlaError `database_empty`, `database_not_empty`, `database_foreign`, `home_in_use`,
 *   `database_in_use`, `storage_...`; the signal's reason
 */
export async function moveToPostgres(options: Options & { url: string }): Promise<AllContents> {
  const source = await openForReading(options.home);
  if (!source) throw nothingThere(options.home);
  try {
    const migrations = await executed(source.db);
    if (migrations.length === 0) throw nothingThere(source.path);
    return await into(source, source.path, migrations, options, {
      async prepare(path, to) {
        const there = [...(await tablesOf(to)), ...(await migrationTables(to))];
        if (there.length > 0) throw notEmpty(path);
      },
      finish() {},
    });
  } finally {
    await source.close();
  }
}

interface Steps {
  prepare(path: string, to: Side): Promise<void>;
  /** The last word before it counts. */
  finish(): void;
}

/** The locks that a server would have keep servers away, from the folder of a source as well. */
async function into(
  source: Side,
  path: string,
  migrations: readonly string[],
  { home, url, features, ...options }: Options,
  { prepare, finish }: Steps,
): Promise<AllContents> {
  const target = await openDatabase(home, url);
  try {
    return await wholly(target, async (to, fill) => {
      await prepare(target.path, to);
      await migrate(to.db, features, migrations);
      let contents: AllContents = {};
      await fill(async () => {
        contents = await source.db
          .transaction()
          .execute((trx) => copyTables({ ...source, db: trx }, to, { ...options, path }));
      });
      await migrate(to.db, features);
      options.signal?.throwIfAborted();
      finish();
      return contents;
    });
  } finally {
    await target.close();
  }
}

async function holdsRows(side: Side): Promise<boolean> {
  for (const table of await tablesOf(side)) if ((await countRows(side.db, table)) > 0) return true;
  return false;
}
