/** Where the worker's files are, and how much a folder takes. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `training/` of the package: the worker and its lists of packages. */
export const PROGRAMS = fileURLToPath(new URL("../../../../training/", import.meta.url));

/** In bytes; what goes away meanwhile counts as nothing, links are not followed. */
export async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}
