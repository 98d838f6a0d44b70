/** Caches and folders for tests, which are gone after them. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type CacheOptions, PrefixCache } from "../../../src/engines/llama/cache/index.ts";
import { IDENTITY } from "./prefix-cache-states.ts";

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "charla-states-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a cache; a line in the log fails the test unless it is expected. */
export async function openCache(options: Partial<CacheOptions> = {}): Promise<PrefixCache> {
  const cache = new PrefixCache({
    identity: IDENTITY,
    memoryBytes: 1e6,
    diskBytes: 1e6,
    trims: true,
    log(line) {
      throw new Error(line);
    },
    ...options,
  });
  onTestFinished(async () => void (await cache.flush(0)));
  await cache.opened;
  return cache;
}

/** Names of the state files, whole or not. */
export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== "key").sort();
}

export async function bytesIn(folder: string): Promise<number> {
  const files = await Promise.all(
    (await filesIn(folder)).map((name) => stat(join(folder, name)).catch(() => undefined)),
  );
  return files.reduce((sum, file) => sum + (file?.size ?? 0), 0);
}
