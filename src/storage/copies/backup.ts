/**
 * A backup: one SQLite file with all tables of either database as they were at one moment, and a
 * manifest. It is read back before it gets its name, so a file that is there is whole.
 */
import { hash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import * as z from "zod";
import { CharlaError } from "../../core/errors.ts";
import { storageError } from "../errors.ts";
import { type Database, openForReading } from "../index.ts";
import { executed, type Migrated, migrate, migrationsOf } from "../migrate.ts";
import { NodeSqliteDialect } from "../sqlite.ts";
import { wholly } from "./bare.ts";
import { type CopyOptions, copyTables, MANIFEST } from "./copy.ts";
import { fileExists, newerBackup, noBackup, nothingThere } from "./errors.ts";
import type { Side } from "./tables.ts";

const FORMAT = "charla.backup";
/** Raised when an older Charla could no longer read it. */
const VERSION = 1;

const manifest = z.object({
  format: z.literal(FORMAT),
  version: z.number(),
  /** The version of Charla that made it. */
  charla: z.string(),
  createdAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  tables: z.record(z.string(), z.object({ rows: z.number(), digest: z.string() })),
});
export type Manifest = Readonly<z.output<typeof manifest>>;

export interface BackupOptions extends Omit<CopyOptions, "path"> {
  readonly home: string;
  readonly url?: string | undefined;
  /** All that store something in a database. */
  readonly features: readonly Migrated[];
  /** Of Charla. */
  readonly version: string;
}

/**
 * Writes the backup `file`, also while a server uses the database.
 *
 * @throws CharlaError `backup_exists`, `database_empty`, `database_foreign`, `storage_newer`,
 *   `storage_...`; the signal's reason
 */
export async function backup(file: string, options: BackupOptions): Promise<Manifest> {
  if (existsSync(file)) throw fileExists(file);
  const source = await openForReading(options.home, options.url);
  if (!source) throw nothingThere(options.url === undefined ? options.home : "PostgreSQL");
  const partial = `${file}.partial`;
  try {
    const made = await writeFile(source, partial, options);
    // Another program may have made one meanwhile.
    if (existsSync(file)) throw fileExists(file);
    renameSync(partial, file);
    sync(dirname(file));
    return made;
  } catch (thrown) {
    throw storageError(thrown, file);
  } finally {
    rmSync(partial, { force: true });
    await source.close();
  }
}

async function writeFile(
  source: Side & { path: string },
  partial: string,
  { features, version, ...options }: BackupOptions,
): Promise<Manifest> {
  rmSync(partial, { force: true });
  // Only this user may read it.
  closeSync(openSync(partial, "wx", 0o600));
  const target = openFile(partial, false);
  try {
    const made = await wholly(target, (to, fill) =>
      source.db
        .transaction()
        .setIsolationLevel("repeatable read")
        .execute(async (trx): Promise<Manifest> => {
          const from = { ...source, db: trx };
          const migrations = [...(await executed(from.db))];
          if (migrations.length === 0) throw nothingThere(source.path);
          await migrate(to.db, features, migrations);
          let tables: Manifest["tables"] = {};
          await fill(async () => {
            tables = { ...(await copyTables(from, to, { ...options, path: source.path })) };
          });
          const createdAt = new Date().toISOString();
          const made = { version: VERSION, charla: version, createdAt, migrations, tables };
          return writeManifest(to.db, { format: FORMAT, ...made });
        }),
    );
    return made;
  } finally {
    await target.db.destroy();
    sync(partial);
  }
}

async function writeManifest(db: Database, made: Manifest): Promise<Manifest> {
  await db.schema
    .createTable(MANIFEST)
    .addColumn("manifest", "text")
    .addColumn("sha256", "text")
    .execute();
  const text = JSON.stringify(made);
  await db
    .insertInto(MANIFEST)
    .values({ manifest: text, sha256: sha256(text) })
    .execute();
  return made;
}

const sha256 = (text: string) => hash("sha256", text, "hex");

/** A file that is written in one go, and lost if that fails; or one that is only read. */
function openFile(path: string, readOnly: boolean): Side {
  const database = new DatabaseSync(path, { readOnly, enableForeignKeyConstraints: false });
  if (readOnly) database.exec("pragma trusted_schema = off");
  else database.exec("pragma synchronous = off");
  return { db: new Kysely({ dialect: new NodeSqliteDialect(database, path) }), kind: "sqlite" };
}

/** Waits until the disk has it; folders cannot be opened on every system. */
function sync(path: string): void {
  let opened: number | undefined;
  try {
    opened = openSync(path, "r");
    fsyncSync(opened);
  } catch (thrown) {
    if (
      !["EISDIR", "EPERM", "EACCES", "EINVAL"].includes(
        (thrown as NodeJS.ErrnoException).code ?? "",
      )
    ) {
      throw thrown;
    }
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

export interface OpenBackup extends Side {
  readonly manifest: Manifest;
}

/**
 * Opens a backup to read it; its tables have not been looked at yet.
 *
 * @throws CharlaError `backup_invalid`, `backup_newer`
 */
export async function openBackup(
  file: string,
  features: BackupOptions["features"],
): Promise<OpenBackup> {
  let side: Side | undefined;
  try {
    side = openFile(file, true);
    const row = await side.db.selectFrom(MANIFEST).selectAll().executeTakeFirstOrThrow();
    if (row.sha256 !== sha256(row.manifest)) throw noBackup(file);
    const made: unknown = JSON.parse(row.manifest);
    const later = z.object({ version: z.number().gt(VERSION) }).safeParse(made);
    if (later.success) throw newerBackup(file, `${FORMAT} ${later.data.version}`);
    const read = manifest.parse(made);
    const known = migrationsOf(features);
    const unknown = read.migrations.find((name) => !Object.hasOwn(known, name));
    if (unknown !== undefined) throw newerBackup(file, unknown);
    return { ...side, manifest: read };
  } catch (thrown) {
    await side?.db.destroy();
    if (thrown instanceof CharlaError && thrown.code === "backup_newer") throw thrown;
    throw noBackup(file, thrown);
  }
}
