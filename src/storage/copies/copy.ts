/**
 * Copies all tables from one database to another and reads them back. The tables are made by the
 * migrations that the source has had; what migrations put into them makes room for the source's rows.
 */
import { setImmediate as nextTick } from "node:timers/promises";
import { sql } from "kysely";
import { type Contents, same, Tally } from "./digest.ts";
import { copyDiffers, foreignTable } from "./errors.ts";
import {
  countRows,
  goOnCounting,
  readRows,
  type Side,
  settled,
  type Table,
  tablesOf,
  writeRows,
} from "./tables.ts";

export interface CopyOptions {
  /** Of the source, for messages. */
  readonly path: string;
  /** Rows so far, and in all; each row is copied and then read back. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was in each table of the source, by name. */
export type AllContents = Readonly<Record<string, Contents>>;

/**
 * @param to within `fill` of `wholly`, with the tables of the source's migrations
 * @throws CharlaError `database_foreign`, `copy_differs`; the signal's reason
 */
export async function copyTables(
  from: Side,
  to: Side,
  { path, onProgress, signal }: CopyOptions,
): Promise<AllContents> {
  const sources = (await tablesOf(from)).filter(({ name }) => name !== MANIFEST);
  const targets = new Map((await tablesOf(to)).map((table) => [table.name, table]));
  for (const { name } of targets.values()) await sql`delete from ${sql.table(name)}`.execute(to.db);
  let total = 0;
  for (const table of sources) total += 2 * (await countRows(from.db, table));
  let done = 0;
  const step = async (rows: number) => {
    done += rows;
    onProgress?.(done, total);
    // SQLite leaves no pause in which a signal could be heard.
    await nextTick();
    signal?.throwIfAborted();
  };
  const contents: Record<string, Contents> = {};
  for (const source of sources) {
    const target = targets.get(source.name);
    if (!target) throw foreignTable(path, source.name);
    contents[source.name] = await copyTable(from, source, to, target, step);
  }
  return contents;
}

/** Where a backup says what it is. */
export const MANIFEST = "charla_backup";

async function copyTable(
  from: Side,
  source: Table,
  to: Side,
  target: Table,
  step: (rows: number) => Promise<void>,
): Promise<Contents> {
  const [taken, given, back] = [new Tally(), new Tally(), new Tally()];
  for await (const rows of readRows(from, source)) {
    await step(rows.length);
    taken.add(rows);
    given.add(rows.map((row) => settled(row, target)));
    await writeRows(to, target, rows);
  }
  await goOnCounting(to, target);
  for await (const rows of readRows(to, target)) {
    await step(rows.length);
    back.add(rows);
  }
  const columns = source.columns.map(({ name }) => name).join();
  if (
    columns !== target.columns.map(({ name }) => name).join() ||
    !same(given.contents, back.contents)
  ) {
    throw copyDiffers(source.name);
  }
  return taken.contents;
}
