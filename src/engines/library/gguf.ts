/**
 * Reads the header of a GGUF file: what the model is, and whether the file is whole.
 * Source: the GGUF specification of ggml, versions 2 and 3 (they differ in byte order only).
 */
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { CharlaError } from "../../core/errors.ts";
import { FILE_TYPES, TENSOR_TYPES } from "./ggml.ts";

export interface Gguf {
  readonly architecture: string;
  readonly name: string | undefined;
  /** Tokens that it was trained for. */
  readonly contextWindow: number;
  readonly quantisation: string;
  readonly licence: string | undefined;
  /** How many numbers it holds. */
  readonly parameters: number;
}

/**
 * Its texts are of people who may mean no good: they come short and printable.
 *
 * @throws CharlaError `model_file_missing`, `model_file_invalid`, `model_file_truncated`,
 *   `model_file_unsupported`
 */
export async function readGguf(path: string): Promise<Gguf> {
  const file = printable(basename(path));
  let handle: FileHandle | undefined;
  try {
    const found = await stat(path);
    // To open a named pipe is to wait for who writes into it.
    if (!found.isFile() && !found.isDirectory()) throw invalid(file);
    handle = await open(path);
    const { size } = await handle.stat();
    // The header of a large vocabulary takes some megabytes; most of the file is not read.
    for (let bytes = 2 ** 20; ; bytes *= 4) {
      const buffer = Buffer.alloc(Math.min(bytes, size, MAX_HEADER));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      // It may have become shorter since.
      const there = bytesRead < buffer.length ? bytesRead : size;
      const result = parseGguf(buffer.subarray(0, bytesRead), there);
      if (result !== "more") return checked(result, file, size);
    }
  } catch (cause) {
    if (cause instanceof CharlaError) throw cause;
    if (cause instanceof PastEnd) throw truncated(file, cause.size, cause.wanted);
    if (cause instanceof RangeError) throw invalid(file, cause);
    throw missing(path, cause);
  } finally {
    await handle?.close();
  }
}

/** Texts of files that anyone may have made, and that are shown in terminals. */
export function printable(text: string): string {
  return text.slice(0, 100).replace(/\p{C}/gu, "");
}

const MAX_HEADER = 2 ** 28;

interface Header extends Gguf {
  readonly kind: string | undefined;
  readonly parts: number;
  /** Where the last tensor ends, in bytes. */
  readonly end: number;
}

/**
 * @param bytes the beginning of the file
 * @returns "more" when the header goes on after these bytes
 * @throws PastEnd when it goes on after the end of the file
 * @throws RangeError when this cannot be a GGUF file
 */
function parseGguf(bytes: Buffer, size: number): Header | "more" {
  try {
    return parse(new Cursor(bytes, size));
  } catch (thrown) {
    if (thrown instanceof NeedsMore) return "more";
    throw thrown;
  }
}

function parse(at: Cursor): Header {
  if (at.text(4) !== "GGUF") throw new RangeError("no GGUF magic");
  const version = at.u32();
  if (version !== 2 && version !== 3) throw new RangeError(`GGUF version ${version}`);
  const tensors = at.count(24);
  const pairs = at.count(13);
  const meta = new Map<string, unknown>();
  for (let pair = 0; pair < pairs; pair++) {
    const key = at.string();
    meta.set(key, at.value(at.u32()));
  }
  const alignment = Number(meta.get("general.alignment") ?? 32);
  if (!(alignment > 0)) throw new RangeError("alignment");

  let [end, parameters] = [0, 0];
  const perType = new Map<number, number>();
  for (let tensor = 0; tensor < tensors; tensor++) {
    at.string();
    const dimensions = at.u32();
    if (dimensions > 4) throw new RangeError(`${dimensions} dimensions`);
    let elements = 1;
    for (let axis = 0; axis < dimensions; axis++) elements *= at.u64();
    const type = at.u32();
    const [block, blockBytes] = TENSOR_TYPES[type] ?? [1, 0];
    end = Math.max(end, at.u64() + (elements / block) * blockBytes);
    parameters += elements;
    perType.set(type, (perType.get(type) ?? 0) + elements);
  }
  const data = tensors === 0 ? at.offset : Math.ceil(at.offset / alignment) * alignment;
  const [commonest] = [...perType].toSorted((a, b) => b[1] - a[1]);
  const string = (key: string) => {
    const value = meta.get(key);
    return typeof value === "string" ? printable(value) || undefined : undefined;
  };
  const architecture = string("general.architecture") ?? "";
  return {
    architecture,
    name: string("general.name"),
    contextWindow: Number(meta.get(`${architecture}.context_length`) ?? 0),
    quantisation:
      FILE_TYPES[Number(meta.get("general.file_type") ?? -1)] ??
      TENSOR_TYPES[commonest?.[0] ?? -1]?.[2] ??
      "unknown",
    licence: string("general.license"),
    parameters,
    kind: string("general.type"),
    parts: Number(meta.get("split.count") ?? 1),
    end: data + end,
  };
}

class NeedsMore extends Error {}

class PastEnd extends Error {
  /** Bytes that the file has. */
  readonly size: number;
  /** Bytes that it would need. */
  readonly wanted: number;

  constructor(size: number, wanted: number) {
    super();
    this.size = size;
    this.wanted = wanted;
  }
}

/** Walks over little-endian values, and never past what is there. */
class Cursor {
  offset = 0;
  readonly #bytes: Buffer;
  readonly #size: number;

  constructor(bytes: Buffer, size: number) {
    this.#bytes = bytes;
    this.#size = size;
  }

  #take(length: number): number {
    const from = this.offset;
    const end = from + length;
    // A length that cannot be is not worth reading on for.
    if (end > this.#size) throw new PastEnd(this.#size, end);
    if (end > MAX_HEADER) throw new RangeError("a header of more than 256 MB");
    if (end > this.#bytes.length) throw new NeedsMore();
    this.offset = end;
    return from;
  }

  text(length: number): string {
    const from = this.#take(length);
    return this.#bytes.toString("utf8", from, from + length);
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  u64(): number {
    const value = this.#bytes.readBigUInt64LE(this.#take(8));
    if (value > Number.MAX_SAFE_INTEGER) throw new RangeError("a count of more than 2^53");
    return Number(value);
  }

  /** How many things of at least so many bytes follow; a count that cannot be is refused. */
  count(bytesEach: number): number {
    const value = this.u64();
    if (value * bytesEach > Math.max(this.#size, 2 ** 26)) throw new RangeError("count");
    return value;
  }

  string(): string {
    return this.text(this.u64());
  }

  /** Values of numbers and texts; lists are walked over, for none of them is needed. */
  value(type: number): unknown {
    if (type === STRING) return this.string();
    if (type === ARRAY) {
      const inner = this.u32();
      if (inner === ARRAY) throw new RangeError("a list of lists");
      const length = this.u64();
      if (inner === STRING) for (let item = 0; item < length; item++) this.#take(this.u64());
      else this.#take(length * width(inner));
      return undefined;
    }
    const bytes = width(type);
    const from = this.#take(bytes);
    if (type === FLOAT32) return this.#bytes.readFloatLE(from);
    if (bytes === 8) return Number(this.#bytes.readBigUInt64LE(from));
    return this.#bytes.readUIntLE(from, bytes);
  }
}

const FLOAT32 = 6;
const STRING = 8;
const ARRAY = 9;
/** Bytes of each value type: u8 i8 u16 i16 u32 i32 f32 bool, string, array, u64 i64 f64. */
const WIDTHS = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

function width(type: number): number {
  const bytes = WIDTHS[type];
  if (!bytes) throw new RangeError(`value type ${type}`);
  return bytes;
}

function checked({ kind, parts, end, ...gguf }: Header, file: string, size: number): Gguf {
  const { architecture, contextWindow } = gguf;
  if (parts > 1) throw unsupported(file, `1 / ${parts}`);
  if ((kind !== undefined && kind !== "model") || architecture === "clip") {
    throw unsupported(file, kind ?? architecture);
  }
  if (end > size) throw truncated(file, size, end);
  if (architecture === "" || !(contextWindow > 0)) throw unsupported(file, architecture || "?");
  return gguf;
}

function invalid(file: string, cause?: unknown): CharlaError {
  return new CharlaError("model_file_invalid", {
    status: 422,
    message: "{file} is not a GGUF file.",
    hint: "Charla runs models in the GGUF format, version 2 or 3; download that one, or convert it.",
    params: { file },
    cause,
  });
}

function truncated(file: string, bytes: number, wanted: number): CharlaError {
  return new CharlaError("model_file_truncated", {
    status: 422,
    message: "{file} is cut off: it has {bytes} bytes and needs at least {wanted}.",
    hint: "Its download or copy did not finish; get it again.",
    params: { file, bytes, wanted: Math.ceil(wanted) },
  });
}

function unsupported(file: string, what: string): CharlaError {
  return new CharlaError("model_file_unsupported", {
    status: 422,
    message: "{file} is a GGUF file, but not a whole language model ({what}).",
    hint: "Adapters, image projectors and single parts of a split model do not load; merge parts first.",
    params: { file, what },
  });
}

function missing(path: string, cause: unknown): CharlaError {
  return new CharlaError("model_file_missing", {
    status: 404,
    message: "The file {path} cannot be read ({reason}).",
    hint: "Check the path, and that you may read the file.",
    params: { path, reason: (cause as NodeJS.ErrnoException).code ?? String(cause) },
    cause,
  });
}
