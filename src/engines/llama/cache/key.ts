/**
 * The key that seals the state files of a folder. It lies in the folder, which only its owner can
 * enter: a file that came from elsewhere has no valid seal, and a folder that others could have
 * written to gets a new key, which makes everything in it worthless.
 */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, link, open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../../folder.ts";

const KEY_BYTES = 32;
/** Permissions of anyone but the owner. */
const OTHERS = 0o077;

/**
 * Makes the folder and the key, unless they are there and private.
 *
 * @throws what the system says, `EPERM` if the folder is somebody else's
 */
export async function openKey(folder: string): Promise<Buffer> {
  makeFolder(folder);
  const path = join(folder, "key");
  if (!isPrivate(await stat(folder))) {
    await chmod(folder, 0o700);
    await rm(path, { force: true });
  }
  const found = await readKey(path);
  if (found) return found;
  await rm(path, { force: true });
  const fresh = `${path}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    await writeFile(fresh, randomBytes(KEY_BYTES), { mode: 0o600, flag: "wx" });
    // Of two processes that make a key, the second finds the first one's.
    await link(fresh, path).catch((thrown) => {
      if (thrown.code !== "EEXIST") throw thrown;
    });
  } finally {
    await rm(fresh, { force: true });
  }
  const key = await readKey(path);
  if (!key) throw new Error(`${path} cannot be kept private`);
  return key;
}

async function readKey(path: string): Promise<Buffer | undefined> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);
  const file = await open(path, flags).catch(() => undefined);
  if (!file) return undefined;
  try {
    const info = await file.stat();
    if (!info.isFile() || info.size !== KEY_BYTES || !isPrivate(info)) return undefined;
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Windows has no such modes: there the user's own folders are private by inheritance. */
function isPrivate(info: { uid: number; mode: number }): boolean {
  return !process.getuid || (info.uid === process.getuid() && (info.mode & OTHERS) === 0);
}
