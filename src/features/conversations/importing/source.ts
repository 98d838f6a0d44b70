/**
 * A file on its way in, on disk until its chats are read: in blocks under a key that only its job
 * knows, so that the disk has nothing in clear. Read at any place, as a ZIP has to be.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { importGone, importTooLarge } from "../errors.ts";

/** Bytes that are sealed together. */
const BLOCK = 65_536;
const TAG = 16;
const CIPHER = "aes-256-gcm";

/** Where a file is, as it can be told to another thread. */
export interface Place {
  readonly path: string;
  /** Base64; undefined for a file in clear, which its owner has named. */
  readonly key?: string | undefined;
  /** Of what is in it. */
  readonly bytes: number;
}

export interface Source extends AsyncDisposable {
  readonly bytes: number;
  /** Fewer at the end of the file. */
  read(from: number, length: number): Promise<Buffer>;
}

/** The key is used for one file, so that the number of the block is nonce enough. */
function nonce(block: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUIntBE(block, 6, 6);
  return bytes;
}

/**
 * Writes what comes to a new file, and syncs it.
 *
 * @returns how many bytes came. @throws CharlaError `import_too_large`
 */
export async function receive(
  body: AsyncIterable<Uint8Array>,
  path: string,
  key: Buffer,
  most: number,
): Promise<number> {
  await using file = await open(path, "wx", 0o600);
  let [block, bytes, rest] = [0, 0, Buffer.alloc(0)];
  const write = async (text: Buffer) => {
    const cipher = createCipheriv(CIPHER, key, nonce(block++), { authTagLength: TAG });
    await file.write(Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]));
  };
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > most) throw importTooLarge(most);
    rest = Buffer.concat([rest, chunk]);
    for (; rest.length >= BLOCK; rest = rest.subarray(BLOCK)) await write(rest.subarray(0, BLOCK));
  }
  if (rest.length > 0) await write(rest);
  await file.sync();
  return bytes;
}

/** @throws CharlaError `import_gone` */
export async function openSource({ path, key, bytes }: Place): Promise<Source> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === "ENOENT" ? importGone(cause) : cause;
  });
  return key === undefined ? plain(file, bytes) : sealed(file, bytes, Buffer.from(key, "base64"));
}

function plain(file: FileHandle, bytes: number): Source {
  return {
    bytes,
    read: (from, length) => at(file, from, length),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

function sealed(file: FileHandle, bytes: number, key: Buffer): Source {
  let [known, text] = [-1, Buffer.alloc(0)];
  const block = async (index: number) => {
    if (index === known) return text;
    const hidden = await at(file, index * (BLOCK + TAG), BLOCK + TAG);
    if (hidden.length <= TAG) throw importGone(undefined);
    const decipher = createDecipheriv(CIPHER, key, nonce(index), { authTagLength: TAG });
    decipher.setAuthTag(hidden.subarray(-TAG));
    text = Buffer.concat([decipher.update(hidden.subarray(0, -TAG)), decipher.final()]);
    known = index;
    return text;
  };
  return {
    bytes,
    async read(from, length) {
      const end = Math.min(bytes, from + length);
      const pieces: Buffer[] = [];
      for (let place = from; place < end; ) {
        const begin = place % BLOCK;
        const piece = (await block(Math.floor(place / BLOCK))).subarray(begin, begin + end - place);
        if (piece.length === 0) throw importGone(undefined);
        pieces.push(piece);
        place += piece.length;
      }
      return Buffer.concat(pieces);
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function at(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, from + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

/** All of it, or a part, in pieces. */
export async function* stream(
  source: Source,
  from = 0,
  end = source.bytes,
): AsyncGenerator<Buffer> {
  for (let place = from; place < end; ) {
    const piece = await source.read(place, Math.min(BLOCK, end - place));
    if (piece.length === 0) return;
    yield piece;
    place += piece.length;
  }
}
