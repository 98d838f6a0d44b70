/**
 * Where the master key comes from: the environment, a file, a command's output, or, where none of
 * them is set, a file in the data folder that is made at the first start. That file protects copies
 * of the database alone, not a copy of the whole folder.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { KEY_BYTES } from "../../core/seal.ts";
import { masterInvalid, masterMissing, masterUnsaved } from "./errors.ts";

/** The first one that is set counts. */
export interface MasterSource {
  /** The key itself. */
  readonly key?: string | undefined;
  readonly file?: string | undefined;
  /** Program and arguments, separated by spaces; no shell reads it. */
  readonly command?: string | undefined;
  /** Data folder. */
  readonly home: string;
}

/** A key manager that asks a person or a network may take its time, in milliseconds. */
const COMMAND_MS = 60_000;

export interface Master {
  readonly key: Buffer;
  /** For messages: a variable or a path. */
  readonly place: string;
}

/**
 * @param first nothing is sealed yet, so that a key may be made where Charla keeps it itself
 * @throws CharlaError `master_key_missing`, `master_key_invalid`, `master_key_unsaved`
 */
export async function readMaster(source: MasterSource, first: boolean): Promise<Master> {
  const { key, file, command, home } = source;
  if (key !== undefined) {
    // Programs that this one starts (the model process, pip) need not know it.
    delete process.env.CHARLA_MASTER_KEY;
    return parse(key, "CHARLA_MASTER_KEY");
  }
  if (file !== undefined) return readFile(file);
  if (command !== undefined) return run(command);
  const own = ownFile(home);
  if (first && !existsSync(own)) writeMaster(own, randomBytes(KEY_BYTES));
  return readFile(own);
}

/** The file that Charla keeps itself. */
export const ownFile = (home: string) => join(home, "master.key");

/** A new key that is to take the place of the own file's; it is on its way until it is renamed. */
export const nextFile = (home: string) => `${ownFile(home)}.next`;

export function readFile(path: string): Master {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw masterMissing(path, cause);
  }
  return parse(text, path);
}

async function run(command: string): Promise<Master> {
  const place = "CHARLA_MASTER_KEY_COMMAND";
  const [program = "", ...words] = command.trim().split(/\s+/);
  let text: string;
  try {
    text = (await promisify(execFile)(program, words, { timeout: COMMAND_MS })).stdout;
  } catch (thrown) {
    // The error of a child process carries what it printed, which may be the key.
    const { code } = thrown as { code?: unknown };
    throw masterMissing(place, new Error(`the command ended with ${String(code)}`));
  }
  return parse(text, place);
}

function parse(text: string, place: string): Master {
  const written = text.trim();
  const hex = /^[0-9a-f]{64}$/i.test(written);
  const base64 = /^[\w+/-]{43}=?$/.test(written);
  if (!hex && !base64) throw masterInvalid(place);
  const key = Buffer.from(written, hex ? "hex" : "base64");
  if (key.length !== KEY_BYTES) throw masterInvalid(place);
  return { key, place };
}

/** Writes a key into a new file that only this user may read, and waits for the disk. */
export function writeMaster(path: string, key: Buffer): void {
  try {
    const file = openSync(path, "wx", 0o600);
    try {
      writeSync(file, `${key.toString("base64")}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    syncFolder(dirname(path));
  } catch (thrown) {
    throw masterUnsaved(path, thrown);
  }
}

/** The key that was on its way takes its place. */
export function arrive(home: string): void {
  renameSync(nextFile(home), ownFile(home));
  syncFolder(home);
}

export function removeMaster(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** A new name outlives a loss of power once its folder is on the disk; Windows has no such call. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
