/**
 * One server on one data folder. The lock is SQLite's own exclusive lock on an empty database,
 * because the operating system frees it however the process ends. Who holds it stands in a text
 * file beside it: reading the locked file itself would drop a POSIX lock of the same process.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CharlaError } from "../core/errors.ts";
import { storageError } from "./errors.ts";

/** SQLite's SQLITE_BUSY. */
const BUSY = 5;

/**
 * @param home the data folder, which exists
 * @returns what frees the lock
 * @throws CharlaError `home_in_use`, `storage_read_only`, `storage_full`, `storage_unreachable`
 */
export function lockHome(home: string): () => void {
  const path = join(home, "lock.db");
  const holder = join(home, "lock.pid");
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec("begin exclusive");
    writeFileSync(holder, String(process.pid));
    const held = lock;
    return () => {
      if (held.isOpen) held.close();
    };
  } catch (thrown) {
    lock?.close();
    if ((thrown as { errcode?: number }).errcode === BUSY) throw inUse(home, holder);
    throw storageError(thrown, path);
  }
}

/** Whether a server has the data folder now. Asked by another process than the server's own. */
export function isLocked(home: string): boolean {
  const path = join(home, "lock.db");
  if (!existsSync(path)) return false;
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0, readOnly: true });
    lock.prepare("select 1 from sqlite_schema").all();
    return false;
  } catch (thrown) {
    return (thrown as { errcode?: number }).errcode === BUSY;
  } finally {
    lock?.close();
  }
}

function inUse(home: string, holder: string): CharlaError {
  return new CharlaError("home_in_use", {
    status: 503,
    message: "Another Charla (process {pid}) is already using the data folder {home}.",
    hint: "Use the one that runs, stop it first, or give this one a folder of its own with CHARLA_HOME.",
    retryable: false,
    params: { pid: readHolder(holder), home },
  });
}

/** A process that has the lock but has not written its number yet is still worth a message. */
function readHolder(holder: string): string {
  try {
    return readFileSync(holder, "utf8") || "?";
  } catch {
    return "?";
  }
}
