/**
 * A folder that is made with those above it. The `recursive` of Node 24 tries for ever where a folder
 * cannot have children: below /proc, or behind a link that leads nowhere.
 */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder that only this user may read, unless it is there.
 *
 * @throws what the system says: `EACCES`, `ENOENT`, `EEXIST` when something else has its name
 */
export function makeFolder(path: string): void {
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw thrown;
  }
}
