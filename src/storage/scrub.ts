/**
 * Makes what was deleted or overwritten unreadable in the database's own files, too.
 */
import { type Kysely, sql } from "kysely";

export type Kind = "sqlite" | "postgres";

/**
 * SQLite overwrites what is deleted (`secure_delete`); its write-ahead log has it until it is
 * emptied. PostgreSQL keeps old versions of rows until their table is written anew; its own log and
 * its replicas are its administrator's.
 *
 * @param whole also writes SQLite's whole file anew, which takes time and room in proportion
 */
export async function scrub(
  // biome-ignore lint/suspicious/noExplicitAny: any tables
  db: Kysely<any>,
  kind: Kind,
  tables: readonly string[],
  whole = false,
): Promise<void> {
  if (kind === "postgres") {
    for (const table of tables) await sql`vacuum full ${sql.table(table)}`.execute(db);
    return;
  }
  const emptyLog = () => sql`pragma wal_checkpoint(truncate)`.execute(db);
  await emptyLog();
  if (!whole) return;
  await sql`vacuum`.execute(db);
  await emptyLog();
}
