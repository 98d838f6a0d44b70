/**
 * Walks over the values of a GGUF file's header.
 * Source: the GGUF specification of ggml, versions 2 and 3 (they differ in byte order only).
 */
export const MAX_HEADER = 2 ** 28;

/** The value goes on after the bytes that were read. */
export class NeedsMore extends Error {}

/** The value goes on after the end of the file. */
export class PastEnd extends Error {
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
export class Cursor {
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

  /** The bytes since an offset. */
  since(from: number): Buffer {
    return this.#bytes.subarray(from, this.offset);
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
