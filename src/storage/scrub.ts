/**
 * Makes what was deleted or overwritten unreadable in the database's own files, too.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Kysely, sql } from "kysely";
import { storageError } from "./errors.ts";

export type Kind = "sqlite" | "postgres";

/** Time for another program that has the file, in milliseconds. */
const BUSY_MS = 10_000;

/**
 * SQLite overwrites what is deleted (`secure_delete`); its write-ahead log has it until it is
 * emptied. PostgreSQL keeps old versions of rows until their table is written anew; its own log and
 * its replicas are its administrator's.
 *
 * @param whole also writes SQLite's whole file anew, which takes time and room in proportion
 * @throws CharlaError `storage_...`
 */
export async function scrub(
  // biome-ignore lint/suspicious/noExplicitAny: any tables
  db: Kysely<any>,
  kind: Kind,
  tables: readonly string[],
  whole = false,
  busyMs = BUSY_MS,
): Promise<void> {
  if (kind === "postgres") {
    for (const table of tables) await sql`vacuum full ${sql.table(table)}`.execute(db);
    return;
  }
  // Who wants the database meanwhile waits for its connection; all else goes on.
  await db.connection().execute(async (one) => {
    const { rows } = await sql<{ file: string }>`pragma database_list`.execute(one);
    const [{ file } = { file: "" }] = rows;
    const thread = new Worker(THREAD, { eval: true, workerData: { file, whole, busyMs } });
    const [{ message, errcode }] = await once(thread, "message");
    await thread.terminate();
    if (message) throw storageError(Object.assign(new Error(message), { errcode }), file);
  });
}

/** Plain JavaScript, so that it needs no file of its own beside a bundle. 5 is SQLite's SQLITE_BUSY. */
const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const { DatabaseSync } = require("node:sqlite");
const { file, whole, busyMs } = workerData;
let database;
const emptyLog = () => {
  const { busy } = database.prepare("pragma wal_checkpoint(truncate)").get();
  if (busy) throw Object.assign(new Error("somebody reads the log"), { errcode: 5 });
};
try {
  database = new DatabaseSync(file, { timeout: busyMs });
  database.exec("pragma secure_delete = on");
  emptyLog();
  if (whole) {
    database.exec("vacuum");
    emptyLog();
  }
  parentPort.postMessage({});
} catch ({ message, errcode }) {
  parentPort.postMessage({ message, errcode });
} finally {
  database?.close();
}
`;
