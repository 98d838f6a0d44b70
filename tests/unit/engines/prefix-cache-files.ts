/** State files of a cache on disk, as its suites write and read them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { PrefixCache, State } from "../../../src/engines/llama/cache/index.ts";
import { filesIn, openCache, temporaryFolder } from "./prefix-cache.ts";
import { conversation, state } from "./prefix-cache-states.ts";

export const FLUSH_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const WRITER = fileURLToPath(new URL("./prefix-cache-writer.ts", import.meta.url));

/** What a fresh process has for these tokens. */
export async function restored(
  folder: string,
  tokens: readonly number[],
  options: Parameters<typeof openCache>[0] = {},
): Promise<State | undefined> {
  return read(await openCache({ folder, ...options }), tokens);
}

export async function read(
  cache: PrefixCache,
  tokens: readonly number[],
): Promise<State | undefined> {
  const hit = cache.find(tokens);
  return hit && cache.read(hit);
}

/** A folder with one small state in a file, and the file's path. */
export async function oneFile(size = 40, length = 10) {
  const folder = await temporaryFolder();
  const cache = await openCache({ folder });
  const tokens = conversation(1, length);
  cache.add(state(tokens, size));
  expect(await cache.flush(FLUSH_MS)).toBe(1);
  const [name = ""] = await filesIn(folder);
  return { folder, tokens, path: join(folder, name) };
}
