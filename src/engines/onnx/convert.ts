/** Tensors of a GGUF file as the bytes of an ONNX file, some at a time. */
import type { Later } from "../../core/onnx.ts";
import { type Kind, packed } from "./blocks.ts";

/** Reads so many bytes of the GGUF file. */
export type Read = (at: number, bytes: number) => Promise<Buffer>;

/** Bytes that are copied, and numbers that are converted, at a time: some milliseconds. */
const COPIED = 2 ** 22;
const CONVERTED = 2 ** 19;

export function raw(read: Read, at: number, byteLength: number): Later {
  return {
    byteLength,
    async *read() {
      for (let done = 0; done < byteLength; done += COPIED) {
        yield await read(at + done, Math.min(COPIED, byteLength - done));
      }
    },
  };
}

export interface Quantised {
  readonly kind: Kind;
  /** Of its first block in the file. */
  readonly at: number;
  /** Its shape, in blocks. */
  readonly rows: number;
  readonly across: number;
}

/**
 * What is written of it: whole numbers and scales; where there are offsets, those as they are, for rows that are
 * looked up, or as the nearest whole number (`zeros`) and what is left of them (`rests`), for multiplication.
 */
export type What = "wholes" | "scales" | "offsets" | "zeros" | "rests";

export function converted(read: Read, tensor: Quantised, what: What): Later {
  const { kind, at, rows, across } = tensor;
  const row = across * kind.bytes;
  const most = Math.max(1, Math.floor(CONVERTED / (across * kind.numbers)));
  return {
    byteLength: rows * rowBytes(kind, what, across),
    async *read() {
      for (let done = 0; done < rows; done += most) {
        const count = Math.min(most, rows - done);
        const from = await read(at + done * row, count * row);
        yield partOf(from, { kind, rows: count, across }, what);
      }
    },
  };
}

function rowBytes({ numbers, group, bits }: Kind, what: What, across: number): number {
  const groups = (numbers / group) * across;
  if (what === "wholes") return (numbers * across * bits) / 8;
  return what === "zeros" ? Math.ceil((groups * bits) / 8) : 4 * groups;
}

/** @param from rows of blocks */
export function partOf(
  from: Buffer,
  { kind, rows, across }: Omit<Quantised, "at">,
  what: What,
): Uint8Array {
  const blocks = rows * across;
  if (what === "wholes") {
    const wholes = new Uint8Array(blocks * kind.numbers);
    for (let n = 0; n < blocks; n++) kind.wholes(from, n * kind.bytes, wholes, n * kind.numbers);
    return kind.bits === 4 ? packed(wholes, wholes.length) : wholes;
  }
  const each = kind.numbers / kind.group;
  const floats = (part: "scales" | "offsets") => {
    const all = new Float32Array(blocks * each);
    for (let n = 0; n < blocks; n++) kind[part]?.(from, n * kind.bytes, all, n * each);
    return all;
  };
  const bytes = ({ buffer }: Float32Array) => new Uint8Array(buffer);
  if (what === "scales" || what === "offsets") return bytes(floats(what));
  const [scales, rests] = [floats("scales"), floats("offsets")];
  const zeros = new Uint8Array(rests.length);
  for (const [at, offset] of rests.entries()) {
    const [zero, rest] = parted(scales[at] ?? 0, offset, kind.bits);
    [zeros[at], rests[at]] = [zero, rest];
  }
  if (what === "rests") return bytes(rests);
  return kind.bits === 4 ? packed(zeros, across * each) : zeros;
}

/** Whole numbers with an offset have no more: with more, a product with a scale would not fit a float. */
const WHOLE_BITS = 5;

/**
 * An offset as a whole number of scales, which is taken from the whole numbers before what they are multiplied
 * with is rounded, and a rest of half a scale at most: so the rounding weighs little. Where a float of 32 bits
 * could not hold the rest, the offset stays whole.
 */
function parted(
  scale: number,
  offset: number,
  bits: number,
): readonly [zero: number, rest: number] {
  const zero = scale === 0 ? 0 : Math.round(-offset / scale);
  const rest = offset + zero * scale;
  const fits = zero >= 0 && zero < 2 ** Math.min(bits, WHOLE_BITS) && Math.fround(rest) === rest;
  return fits ? [zero, rest] : [0, offset];
}
