/**
 * A database while rows are put into it that were checked where they come from: foreign keys look at
 * them when all are there, and triggers, which would take them for new ones, are silent.
 */
import { sql } from "kysely";
import type { Database } from "../index.ts";
import { type Side, type Table, tablesOf } from "./tables.ts";

/**
 * Runs `work` in a transaction, all or nothing.
 *
 * @param work gets the transaction and `fill`, within which foreign keys and triggers are silent
 */
export async function wholly<Result>(
  { db, kind }: Side,
  work: (side: Side, fill: (copy: () => Promise<void>) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  if (kind === "postgres") {
    return db.transaction().execute((trx) => {
      const side = { db: trx, kind };
      return work(side, (copy) => bareOnPostgres(trx, copy));
    });
  }
  // SQLite cannot change this within a transaction.
  await sql`pragma foreign_keys = off`.execute(db);
  try {
    return await db.transaction().execute((trx) => {
      const side = { db: trx, kind };
      return work(side, (copy) => bareOnSqlite(trx, copy));
    });
  } finally {
    await sql`pragma foreign_keys = on`.execute(db);
  }
}

async function bareOnSqlite(db: Database, copy: () => Promise<void>): Promise<void> {
  const { rows: triggers } = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_master where type = 'trigger'`.execute(db);
  for (const { name } of triggers) await sql`drop trigger ${sql.id(name)}`.execute(db);
  await copy();
  for (const trigger of triggers) await sql.raw(trigger.sql).execute(db);
  const { rows: broken } = await sql`pragma foreign_key_check`.execute(db);
  if (broken.length > 0) throw new TypeError("rows point to rows that are not there");
}

async function bareOnPostgres(db: Database, copy: () => Promise<void>): Promise<void> {
  const { rows: keys } = await sql<{ table: string; name: string }>`
    select conrelid::regclass::text as table, conname as name from pg_constraint
    where contype = 'f' and not condeferrable
      and connamespace = current_schema()::regnamespace`.execute(db);
  const tables = await tablesOf({ db, kind: "postgres" });
  for (const { table, name } of keys) {
    await sql`alter table ${sql.raw(table)} alter constraint ${sql.id(name)} deferrable initially deferred`.execute(
      db,
    );
  }
  for (const { name } of tables) {
    await sql`alter table ${sql.table(name)} disable trigger user`.execute(db);
  }
  await copy();
  await sql`set constraints all immediate`.execute(db);
  for (const { name } of tables) {
    await sql`alter table ${sql.table(name)} enable trigger user`.execute(db);
  }
  for (const { table, name } of keys) {
    await sql`alter table ${sql.raw(table)} alter constraint ${sql.id(name)} not deferrable`.execute(
      db,
    );
  }
}

/** Removes every table with all that hangs on it, within {@link wholly}. */
export async function dropAll({ db, kind }: Side): Promise<void> {
  for (const name of await allTables({ db, kind })) {
    const rest = sql.raw(kind === "postgres" ? " cascade" : "");
    await sql`drop table ${sql.table(name)}${rest}`.execute(db);
  }
  if (kind === "sqlite") return;
  // What triggers call; what an extension brought stays.
  const { rows } = await sql<{ call: string }>`
    select p.oid::regprocedure::text as call from pg_proc p
    where pronamespace = current_schema()::regnamespace and not exists (
      select 1 from pg_depend where objid = p.oid and deptype = 'e')`.execute(db);
  for (const { call } of rows) await sql.raw(`drop function ${call} cascade`).execute(db);
}

async function allTables(side: Side): Promise<readonly string[]> {
  const known = (await tablesOf(side)).map(({ name }: Table) => name);
  return [...known, ...(await migrationTables(side))];
}

/** The tables of the migrator itself, where they are. */
export async function migrationTables({ db, kind }: Side): Promise<readonly string[]> {
  const names = ["kysely_migration", "kysely_migration_lock"];
  const catalogue =
    kind === "sqlite"
      ? sql`sqlite_master where type = 'table'`
      : sql`(select tablename as name from pg_tables where schemaname = current_schema()) as tables where true`;
  const { rows } = await sql<{ name: string }>`select name from ${catalogue}`.execute(db);
  return rows.map(({ name }) => name).filter((name) => names.includes(name));
}
