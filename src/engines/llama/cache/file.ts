/**
 * A state as a file. Whatever is not whole, of this identity, and sealed by this folder's key never
 * reaches llama.cpp, which trusts what it is given. What somebody has said cannot be read from it.
 *
 * Layout, integers little-endian:
 *   0  magic "CHARLAKV", then the version of this layout (u32)
 *  12  number of tokens n (u32)
 *  16  size of the state in bytes (u64)
 *  24  SHA-256 of the identity, then the root of the chain: identity and adapter
 *  88  counter block of the cipher
 * 104  AES-256-CTR of: n token ids (i32), the state; then HMAC-SHA-256 of everything before
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { readAll, writeAll } from "../../../core/whole.ts";
import type { Digest } from "./chain.ts";
import type { Keys } from "./key.ts";

export interface Head {
  readonly identity: Digest;
  readonly root: Digest;
  readonly tokens: Int32Array;
  /** Of the state, in bytes. */
  readonly size: number;
}

const MAGIC = Buffer.from("CHARLAKV");
const VERSION = 2;
const FIXED_BYTES = 88;
const COUNTER_BYTES = 16;
const CIPHER = "aes-256-ctr";
const SEAL_BYTES = 32;
/** More than any context window; what says more is no head of ours. */
const MAX_TOKENS = 2 ** 22;
/** Sealed at once, about a millisecond: a token of somebody's answer waits for it. */
const SLICE_BYTES = 2 ** 20;

/** Not through a link, where the system can tell. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

export function fileSize(tokens: number, stateBytes: number): number {
  return FIXED_BYTES + COUNTER_BYTES + tokens * 4 + stateBytes + SEAL_BYTES;
}

/**
 * Writes a new file and has the disk keep it.
 *
 * @param goOn asked before every slice; when false the rest is not written
 * @returns whether it is whole
 */
export async function writeState(
  path: string,
  { keys, head, bytes, used, goOn }: Writing,
): Promise<boolean> {
  const file = await open(path, "wx", 0o600);
  try {
    const seal = createHmac("sha256", keys.seal);
    const counter = randomBytes(COUNTER_BYTES);
    const cipher = createCipheriv(CIPHER, keys.cipher, counter);
    const begin = Buffer.concat([encodeFixed(head), counter]);
    seal.update(begin);
    await writeAll(file, begin);
    for (const part of [encodeTokens(head), bytes])
      for (let at = 0; at < part.length; at += SLICE_BYTES) {
        if (!goOn()) return false;
        const slice = cipher.update(part.subarray(at, at + SLICE_BYTES));
        seal.update(slice);
        await writeAll(file, slice);
      }
    await writeAll(file, seal.digest());
    await file.utimes(used / 1000, used / 1000);
    await file.sync();
    return goOn();
  } finally {
    await file.close();
  }
}

interface Writing {
  readonly keys: Keys;
  readonly head: Head;
  readonly bytes: Buffer;
  /** Becomes the file's time of change, in milliseconds since 1970. */
  readonly used: number;
  goOn(): boolean;
}

/** The head alone, which only says what the file claims to be; undefined if it is none of ours. */
export async function readHead(path: string, keys: Keys): Promise<Head | undefined> {
  const file = await open(path, READ);
  try {
    return (await decode(file, keys))?.head;
  } finally {
    await file.close();
  }
}

/** The state in the file, if the file is what `expected` says, whole and sealed with the key. */
export async function readState(
  path: string,
  keys: Keys,
  expected: Head,
): Promise<Buffer | undefined> {
  const file = await open(path, READ);
  try {
    const found = await decode(file, keys);
    if (!found || !same(expected, found.head)) return undefined;
    const { raw, cipher } = found;
    const seal = createHmac("sha256", keys.seal).update(raw);
    const bytes = Buffer.allocUnsafeSlow(expected.size);
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      if (!(await readAll(file, slice, raw.length + at))) return undefined;
      seal.update(slice);
      cipher.update(slice).copy(slice);
    }
    const claimed = Buffer.alloc(SEAL_BYTES);
    if (!(await readAll(file, claimed, raw.length + bytes.length))) return undefined;
    return timingSafeEqual(seal.digest(), claimed) ? bytes : undefined;
  } finally {
    await file.close();
  }
}

function encodeFixed({ identity, root, tokens, size }: Head): Buffer {
  const raw = Buffer.alloc(FIXED_BYTES);
  MAGIC.copy(raw);
  raw.writeUInt32LE(VERSION, 8);
  raw.writeUInt32LE(tokens.length, 12);
  raw.writeBigUInt64LE(BigInt(size), 16);
  raw.write(identity, 24, "hex");
  raw.write(root, 56, "hex");
  return raw;
}

function encodeTokens({ tokens }: Head): Buffer {
  const raw = Buffer.alloc(tokens.length * 4);
  tokens.forEach((token, index) => {
    raw.writeInt32LE(token, index * 4);
  });
  return raw;
}

const same = (a: Head, b: Head) =>
  encodeFixed(a).equals(encodeFixed(b)) && encodeTokens(a).equals(encodeTokens(b));

interface Opened {
  readonly head: Head;
  /** The file up to the state, as it stands there. */
  readonly raw: Buffer;
  /** Goes on where the state begins. */
  readonly cipher: ReturnType<typeof createDecipheriv>;
}

async function decode(file: FileHandle, keys: Keys): Promise<Opened | undefined> {
  const stat = await file.stat();
  const fixed = Buffer.alloc(FIXED_BYTES);
  if (!stat.isFile() || !(await readAll(file, fixed, 0))) return undefined;
  const count = fixed.readUInt32LE(12);
  const size = Number(fixed.readBigUInt64LE(16));
  const ours = fixed.subarray(0, 8).equals(MAGIC) && fixed.readUInt32LE(8) === VERSION;
  if (!ours || count > MAX_TOKENS || stat.size !== fileSize(count, size)) return undefined;
  const begin = FIXED_BYTES + COUNTER_BYTES;
  const raw = Buffer.alloc(begin + count * 4);
  if (!(await readAll(file, raw, 0))) return undefined;
  const cipher = createDecipheriv(CIPHER, keys.cipher, raw.subarray(FIXED_BYTES, begin));
  const words = cipher.update(raw.subarray(begin));
  const tokens = Int32Array.from({ length: count }, (_, index) => words.readInt32LE(index * 4));
  const [identity, root] = [raw.toString("hex", 24, 56), raw.toString("hex", 56, 88)];
  return { head: { identity, root, tokens, size }, raw, cipher };
}
