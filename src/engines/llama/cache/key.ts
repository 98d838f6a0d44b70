/**
 * The keys of the state files of a folder: made of a random part that lies in the folder, which only
 * its owner can enter, and of a secret that does not. A file that came from elsewhere has no valid
 * seal; a folder that others could have written to gets a new random part, and a server another
 * secret, which makes everything in it worthless.
 */
import { hkdfSync, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, link, open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../../core/folder.ts";

const KEY_BYTES = 32;
/** Permissions of anyone but the owner. */
const OTHERS = 0o077;

export interface Keys {
  readonly cipher: Buffer;
  readonly seal: Buffer;
  /** Of files' names, which would otherwise tell whether somebody has asked a certain thing. */
  readonly name: Buffer;
}

/**
 * Makes the folder and its random part, unless they are there and private.
 *
 * @param secret kept elsewhere; without it the folder alone is enough to read what is in it
 * @throws what the system says, `EPERM` if the folder is somebody else's
 */
export async function openKeys(
  folder: string,
  secret: Uint8Array = Buffer.alloc(0),
): Promise<Keys> {
  const random = await openRandom(folder);
  const derive = (purpose: string) =>
    Buffer.from(
      hkdfSync("sha256", new Uint8Array(secret), random, `charla state ${purpose}`, KEY_BYTES),
    );
  return { cipher: derive("cipher"), seal: derive("seal"), name: derive("name") };
}

async function openRandom(folder: string): Promise<Buffer> {
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
