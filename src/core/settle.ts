/** A file gets its name once it is whole and on disk, and keeps it even when the machine goes down then. */
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** @param part where it was written, in the same folder */
export async function settle(part: string, path: string): Promise<void> {
  const handle = await open(part, "r+");
  await handle.sync().finally(() => handle.close());
  await rename(part, path);
  if (process.platform === "win32") return; // where folders cannot be synchronised
  const folder = await open(dirname(path));
  await folder.sync().finally(() => folder.close());
}
