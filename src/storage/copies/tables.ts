/**
 * The tables of a database as they are found there, whoever made them, and their rows in the values
 * of SQLite, which both databases and a backup share: null, numbers, texts and bytes.
 */
import { sql } from "kysely";
import type { Database, OpenDatabase } from "../index.ts";

export type Value = null | number | string | Uint8Array;
/** By column, in the order of the table's columns. */
export type Row = Readonly<Record<string, Value>>;

export interface Column {
  readonly name: string;
  /** As the database calls it: "text", "int4", "bool", "timestamptz", ... */
  readonly type: string;
  readonly counts: boolean;
}

export interface Table {
  readonly name: string;
  /** Sorted by name: a database that grew has another order than one that is new. */
  readonly columns: readonly Column[];
}

/** One of the two ends of a copy. */
export type Side = Pick<OpenDatabase, "db" | "kind">;

/** All tables with rows of ours, sorted by name; what the migrations note of themselves is none. */
export async function tablesOf({ db, kind }: Side): Promise<readonly Table[]> {
  const schema = kind === "postgres" ? await currentSchema(db) : undefined;
  const found = await db.introspection.getTables();
  return found
    .filter(
      (table) => !table.isView && table.schema === schema && !table.name.startsWith("sqlite_"),
    )
    .map(({ name, columns }) => ({
      name,
      columns: columns
        .map((one) => ({ name: one.name, type: one.dataType, counts: one.isAutoIncrementing }))
        .sort(byName),
    }))
    .sort(byName);
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

async function currentSchema(db: Database): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(db);
  return rows[0]?.name ?? "public";
}

export async function countRows(db: Database, table: Table): Promise<number> {
  const { count } = await db
    .selectFrom(table.name)
    .select((build) => build.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

/** Rows of one statement: so many, or of so many UTF-16 units and bytes. */
const BATCH_ROWS = 250;
const BATCH_SIZE = 2 ** 22;

/** Reads a table within a transaction, a batch at a time. */
export async function* readRows(side: Side, table: Table): AsyncGenerator<readonly Row[]> {
  let batch: Row[] = [];
  let size = 0;
  for await (const found of side.kind === "postgres"
    ? fetched(side.db, table)
    : iterated(side.db, table)) {
    const row = toRow(table, (column) => found[column.name]);
    batch.push(row);
    for (const value of Object.values(row)) size += sizeOf(value);
    if (batch.length < BATCH_ROWS && size < BATCH_SIZE) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

function toRow({ columns }: Table, value: (column: Column) => unknown): Row {
  return Object.fromEntries(columns.map((one) => [one.name, plain(value(one), one)]));
}

type Found = Record<string, unknown>;

function iterated(db: Database, table: Table): AsyncIterable<Found> {
  return db
    .selectFrom(table.name)
    .select(table.columns.map(({ name }) => name))
    .stream();
}

/** Rows that a cursor gives at once; so many long texts are in memory. */
const FETCH = 50;
const JSON_TYPE = /^jsonb?$/;

async function* fetched(db: Database, table: Table): AsyncGenerator<Found> {
  const columns = table.columns.map(({ name, type }) =>
    // What the driver would parse is taken as it is written.
    JSON_TYPE.test(type) ? sql`${sql.ref(name)}::text as ${sql.id(name)}` : sql.ref(name),
  );
  const query = sql`select ${sql.join(columns)} from ${sql.table(table.name)}`;
  await sql`declare charla_copy no scroll cursor for ${query}`.execute(db);
  for (;;) {
    const { rows } = await sql<Found>`fetch forward ${sql.lit(FETCH)} from charla_copy`.execute(db);
    if (rows.length === 0) break;
    yield* rows;
  }
  await sql`close charla_copy`.execute(db);
}

function plain(value: unknown, { type }: Column): Value {
  if (typeof value === "string" && JSON_TYPE.test(type)) return sortedJson(value);
  if (value === null || typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "boolean") return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return new Uint8Array(value);
  throw new TypeError("a column has a type that a copy cannot hold");
}

/** PostgreSQL writes the same object in an order and with spaces of its own. */
function sortedJson(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, value) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

const sizeOf = (value: Value) =>
  typeof value === "string" || value instanceof Uint8Array ? value.length : 8;

/** The same value for a column of this database. */
function suited(value: Value, { type }: Column): unknown {
  if (value === null) return null;
  if (type === "bool") return value === 1 || value === "true";
  if (type.startsWith("timestamp")) return new Date(value as string | number);
  if (type === "bytea") return Buffer.from(value as Uint8Array);
  return value;
}

/** The value as it will be read from there. */
export const settled = (row: Row, table: Table): Row =>
  toRow(table, (column) => suited(row[column.name] ?? null, column));

export async function writeRows(side: Side, table: Table, rows: readonly Row[]): Promise<void> {
  const names = table.columns.map(({ name }) => sql.id(name));
  const values = rows.map(
    (row) => sql`(${sql.join(table.columns.map((one) => suited(row[one.name] ?? null, one)))})`,
  );
  // Numbers that a database gives out itself are taken over, too.
  const own = side.kind === "postgres" ? sql` overriding system value` : sql``;
  await sql`insert into ${sql.table(table.name)} (${sql.join(names)})${own} values ${sql.join(values)}`.execute(
    side.db,
  );
}

/** Lets the numbers that PostgreSQL gives out itself go on after the largest that was copied. */
export async function goOnCounting({ db, kind }: Side, table: Table): Promise<void> {
  if (kind === "sqlite") return;
  for (const { name } of table.columns.filter(({ counts }) => counts)) {
    const sequence = sql`pg_get_serial_sequence(${sql.lit(`"${table.name}"`)}, ${sql.lit(name)})`;
    const largest = sql`max(${sql.ref(name)})`;
    await sql`select setval(${sequence}, ${largest}) from ${sql.table(table.name)} having ${largest} is not null`.execute(
      db,
    );
  }
}
