/**
 * What is in a ZIP archive, by its central directory, and one file of it at a time: an export has
 * gigabytes of pictures besides, over which a reader that goes from front to back would have to go.
 * As in APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (directory), 4.3.14 to 16 (its end).
 */
import { Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { zipBroken } from "../errors.ts";
import { type Source, stream } from "./source.ts";

export interface Entry {
  readonly name: string;
  /** 0 as it is, 8 deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  /** Bytes in the archive, and outside of it. */
  readonly packed: number;
  readonly bytes: number;
  /** Of its local header. */
  readonly offset: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
/** Of the end with the longest comment, and the locator before it. */
const TAIL = 22 + 65_535 + 20;
const MAX_DIRECTORY = 64 * 2 ** 20;
const WHOLE = 0xffffffff;

export const isZip = async (source: Source): Promise<boolean> => {
  const begin = await source.read(0, 4);
  return begin.length === 4 && [LOCAL, END].includes(begin.readUInt32LE());
};

/** @throws CharlaError `zip_broken` */
export async function entriesOf(source: Source): Promise<Entry[]> {
  const { offset, size } = await directory(source);
  if (size > MAX_DIRECTORY || offset + size > source.bytes) throw zipBroken();
  const bytes = await source.read(offset, size);
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= bytes.length && bytes.readUInt32LE(at) === CENTRAL; ) {
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const begin = at + 46;
    const end = begin + (name ?? 0);
    const known = [24, 20, 42].map((field) => bytes.readUInt32LE(at + field));
    const [whole = 0, packed = 0, place = 0] = large(
      known,
      bytes.subarray(end, end + (extra ?? 0)),
    );
    entries.push({
      name: bytes.toString("utf8", begin, end),
      method: bytes.readUInt16LE(at + 10),
      encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      ...{ packed, bytes: whole, offset: place },
    });
    at = end + (extra ?? 0) + (comment ?? 0);
  }
  return entries;
}

async function directory(source: Source): Promise<{ offset: number; size: number }> {
  const from = Math.max(0, source.bytes - TAIL);
  const tail = await source.read(from, TAIL);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at -= 1;
  if (at < 0) throw zipBroken();
  const locator = at - 20;
  if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR_64)
    return { size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
  const end = await source.read(Number(tail.readBigUInt64LE(locator + 8)), 56);
  if (end.length < 56 || end.readUInt32LE() !== END_64) throw zipBroken();
  return { size: Number(end.readBigUInt64LE(40)), offset: Number(end.readBigUInt64LE(48)) };
}

/** Sizes that did not fit, from the extra field 1, in this order. */
function large(known: readonly number[], extra: Buffer): readonly number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    return known.map((value) => {
      if (value !== WHOLE || next + 8 > extra.length) return value;
      next += 8;
      return Number(extra.readBigUInt64LE(next - 8));
    });
  }
  return known;
}

/** @throws CharlaError `zip_broken` */
export async function* contentOf(source: Source, entry: Entry): AsyncGenerator<Buffer> {
  const header = await source.read(entry.offset, 30);
  if (header.length < 30 || header.readUInt32LE() !== LOCAL) throw zipBroken();
  if (entry.encrypted || (entry.method !== 0 && entry.method !== 8)) throw zipBroken();
  const begin = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = stream(source, begin, Math.min(source.bytes, begin + entry.packed));
  if (entry.method === 0) yield* packed;
  else yield* inflated(packed);
}

async function* inflated(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const from = Readable.from(packed);
  const inflate = createInflateRaw();
  from.on("error", (error) => inflate.destroy(error));
  try {
    for await (const chunk of from.pipe(inflate)) yield chunk;
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && String(cause.code).startsWith("Z_")))
      throw cause;
    throw zipBroken(cause);
  } finally {
    from.destroy();
    inflate.destroy();
  }
}
