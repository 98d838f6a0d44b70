/**
 * What an exported file says of itself, in front of everything else: the header of the GGUF file that it was
 * made of, with its vocabulary and its template, and the shape of the cache. So one file is the whole model.
 */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { MAX_HEADER } from "../library/cursor.ts";
import { headerOf, printable } from "../library/gguf.ts";
import { notExported } from "./errors.ts";
import type { Shape } from "./graph.ts";

const HEADER = "charla.gguf";
const SHAPE = "charla.cache";

/** @param header of a GGUF file, with the shapes of its tensors */
export const carried = (header: Buffer, shape: Shape) => ({
  [SHAPE]: JSON.stringify(shape),
  [HEADER]: header.toString("base64"),
});

export interface Carried {
  readonly shape: Shape;
  /** The header, with the shapes of tensors that are not there. */
  readonly header: Buffer;
}

/** Tag of a field with bytes. */
const ENTRY = (14 << 3) | 2;
const [KEY, VALUE] = [(1 << 3) | 2, (2 << 3) | 2];
/** In base64. */
const MOST = Math.ceil((MAX_HEADER * 4) / 3);

/** @throws CharlaError `onnx_not_exported` for a file of somebody else */
export async function readCarried(path: string): Promise<Carried> {
  await using file = await open(path);
  const { size } = await file.stat();
  const said = new Map<string, Buffer>();
  let at = 0;
  const bytes = async (length: number) => {
    if (length > MOST || at + length > size) throw notExported(printable(basename(path)));
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, at);
    at += bytesRead;
    if (bytesRead < length) throw notExported(printable(basename(path)));
    return buffer;
  };
  const varint = async () => {
    let [value, factor] = [0, 1];
    for (let n = 0; n < 5; n++) {
      const byte = (await bytes(1)).readUInt8();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw notExported(printable(basename(path)));
  };
  const expect = async (tag: number) => {
    if ((await varint()) !== tag) throw notExported(printable(basename(path)));
    return varint();
  };
  for (let entry = 0; entry < 2; entry++) {
    await expect(ENTRY);
    const key = (await bytes(await expect(KEY))).toString();
    said.set(key, await bytes(await expect(VALUE)));
  }
  const [shape, header] = [said.get(SHAPE), said.get(HEADER)];
  if (!shape || !header) throw notExported(printable(basename(path)));
  return { shape: shapeOf(shape, path), header: Buffer.from(header.toString("latin1"), "base64") };
}

function shapeOf(said: Buffer, path: string): Shape {
  const read = parsed(said, path) as Partial<Shape>;
  const { layers = 0, heads = 0, width = 0, places = 0, vocabulary = 0 } = read;
  const shape = { layers, heads, width, places, vocabulary };
  const whole = Object.values(shape).every((n) => Number.isSafeInteger(n) && n > 0);
  if (!whole) throw notExported(printable(basename(path)));
  return shape;
}

function parsed(said: Buffer, path: string): object {
  try {
    return Object(JSON.parse(said.toString()));
  } catch {
    throw notExported(printable(basename(path)));
  }
}

/** A GGUF file with the vocabulary and no tensors, which llama.cpp reads. */
export function vocabularyOf({ header }: Carried, path: string): Buffer {
  const { pairsEnd } = headerOf(header, printable(basename(path)));
  const alone = Buffer.from(header.subarray(0, pairsEnd));
  alone.writeBigUInt64LE(0n, 8); // the number of tensors stands behind the version
  return alone;
}
