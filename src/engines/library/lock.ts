/**
 * One process at a time writes a model's file. The lock is SQLite's on an empty file: the system
 * gives it back when its holder dies, however it dies, so none is ever stale.
 */
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { notWritable } from "./store.ts";

const SQLITE_BUSY = 5;
const POLL_MS = 250;

/**
 * Waits for the lock, runs the work, and gives the lock back.
 *
 * @param path of the lock's own file; it stays, since deleting it would let two in
 * @param onWait called every 250 ms while another process holds it
 * @throws CharlaError `models_folder_not_writable`
 */
export async function withLock<T>(
  path: string,
  signal: AbortSignal,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const lock = tryLock(path);
    if (lock) {
      try {
        return await work();
      } finally {
        lock.close();
      }
    }
    onWait();
    await sleep(POLL_MS, undefined, { signal });
  }
}

function tryLock(path: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (thrown) {
    lock?.close();
    if ((thrown as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw notWritable(dirname(path), thrown);
  }
}
