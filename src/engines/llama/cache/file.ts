/**
 * A state as a file. Whatever is not whole, of this identity, and sealed by this folder's key never
 * reaches llama.cpp, which trusts what it is given.
 *
 * Layout, integers little-endian:
 *   0  magic "CHARLAKV", then the version of this layout (u32)
 *  12  number of tokens n (u32)
 *  16  size of the state in bytes (u64)
 *  24  SHA-256 of the identity, then the root of the chain: identity and adapter
 *  88  n token ids (i32), the state, HMAC-SHA-256 of everything before
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Digest } from "./chain.ts";

export interface Head {
  readonly identity: Digest;
  readonly root: Digest;
  readonly tokens: Int32Array;
  /** Of the state, in bytes. */
  readonly size: number;
}

const MAGIC = Buffer.from("CHARLAKV");
const VERSION = 1;
const FIXED_BYTES = 88;
const SEAL_BYTES = 32;
/** More than any context window; what says more is no head of ours. */
const MAX_TOKENS = 2 ** 22;
/** Hashed at once, about a millisecond: a token of somebody's answer waits for it. */
const SLICE_BYTES = 2 ** 20;

/** Not through a link, where the system can tell. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

export function fileSize(tokens: number, stateBytes: number): number {
  return FIXED_BYTES + tokens * 4 + stateBytes + SEAL_BYTES;
}

/**
 * Writes a new file and has the disk keep it.
 *
 * @param goOn asked before every slice; when false the rest is not written
 * @returns whether it is whole
 */
export async function writeState(
  path: string,
  { key, head, bytes, used, goOn }: Writing,
): Promise<boolean> {
  const file = await open(path, "wx", 0o600);
  try {
    const seal = createHmac("sha256", key);
    for (const part of [encode(head), bytes])
      for (let at = 0; at < part.length; at += SLICE_BYTES) {
        if (!goOn()) return false;
        const slice = part.subarray(at, at + SLICE_BYTES);
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
  readonly key: Buffer;
  readonly head: Head;
  readonly bytes: Buffer;
  /** Becomes the file's time of change, in milliseconds since 1970. */
  readonly used: number;
  goOn(): boolean;
}

/** The head alone, which only says what the file claims to be; undefined if it is none of ours. */
export async function readHead(path: string): Promise<Head | undefined> {
  const file = await open(path, READ);
  try {
    return (await decode(file))?.head;
  } finally {
    await file.close();
  }
}

/** The state in the file, if the file is what `expected` says, whole and sealed with the key. */
export async function readState(
  path: string,
  key: Buffer,
  expected: Head,
): Promise<Buffer | undefined> {
  const file = await open(path, READ);
  try {
    const found = await decode(file);
    if (!found || !encode(expected).equals(found.raw)) return undefined;
    const seal = createHmac("sha256", key).update(found.raw);
    const bytes = Buffer.allocUnsafeSlow(expected.size);
    const begin = found.raw.length;
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      if (!(await readAll(file, slice, begin + at))) return undefined;
      seal.update(slice);
    }
    const claimed = Buffer.alloc(SEAL_BYTES);
    if (!(await readAll(file, claimed, begin + bytes.length))) return undefined;
    return timingSafeEqual(seal.digest(), claimed) ? bytes : undefined;
  } finally {
    await file.close();
  }
}

function encode({ identity, root, tokens, size }: Head): Buffer {
  const raw = Buffer.alloc(FIXED_BYTES + tokens.length * 4);
  MAGIC.copy(raw);
  raw.writeUInt32LE(VERSION, 8);
  raw.writeUInt32LE(tokens.length, 12);
  raw.writeBigUInt64LE(BigInt(size), 16);
  raw.write(identity, 24, "hex");
  raw.write(root, 56, "hex");
  tokens.forEach((token, index) => {
    raw.writeInt32LE(token, FIXED_BYTES + index * 4);
  });
  return raw;
}

async function decode(file: FileHandle): Promise<{ head: Head; raw: Buffer } | undefined> {
  const stat = await file.stat();
  const fixed = Buffer.alloc(FIXED_BYTES);
  if (!stat.isFile() || !(await readAll(file, fixed, 0))) return undefined;
  const count = fixed.readUInt32LE(12);
  const size = Number(fixed.readBigUInt64LE(16));
  const ours = fixed.subarray(0, 8).equals(MAGIC) && fixed.readUInt32LE(8) === VERSION;
  if (!ours || count > MAX_TOKENS || stat.size !== fileSize(count, size)) return undefined;
  const raw = Buffer.alloc(FIXED_BYTES + count * 4);
  if (!(await readAll(file, raw, 0))) return undefined;
  const tokens = Int32Array.from({ length: count }, (_, index) =>
    raw.readInt32LE(FIXED_BYTES + index * 4),
  );
  const identity = raw.toString("hex", 24, 56);
  return { head: { identity, root: raw.toString("hex", 56, 88), tokens, size }, raw };
}

/** @returns false where the file ends before */
async function readAll(file: FileHandle, into: Buffer, position: number): Promise<boolean> {
  let at = 0;
  while (at < into.length) {
    const { bytesRead } = await file.read(into, at, into.length - at, position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

async function writeAll(file: FileHandle, from: Buffer): Promise<void> {
  for (let at = 0; at < from.length; )
    at += (await file.write(from, at, from.length - at)).bytesWritten;
}
