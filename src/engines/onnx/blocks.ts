/**
 * The numbers of GGUF's types as ONNX Runtime's operator MatMulNBits takes them: whole numbers of 4 or 8
 * bits, and a scale for every 16 or 32 of them. A number is scale * (whole - zero) + offset, computed in
 * 32-bit floats just as llama.cpp computes it, so nothing is lost. With offsets in floats the operator would
 * write out the whole matrix for every token, so they are added beside it (`linear.ts`).
 *
 * Source: `dequantize_row_*` of ggml-quants.c, with which the tests compare each bit.
 */

export interface Kind {
  /** Numbers and bytes of one of GGUF's blocks. */
  readonly numbers: number;
  readonly bytes: number;
  readonly bits: 4 | 8;
  /** So many numbers have a scale together. */
  readonly group: 16 | 32;
  /** Whole numbers of a block, each in a byte and above zero. */
  wholes(from: Buffer, at: number, into: Uint8Array, to: number): void;
  scales(from: Buffer, at: number, into: Float32Array, to: number): void;
  offsets?(from: Buffer, at: number, into: Float32Array, to: number): void;
}

/** What stands for zero in a byte, if there are no offsets; in 4 bits it is 8. */
const MIDDLE = 128;
export const middleOf = ({ bits }: Kind): number => (bits === 4 ? 8 : MIDDLE);

const Q4_0: Kind = {
  ...{ numbers: 32, bytes: 18, bits: 4, group: 32 },
  wholes: (from, at, into, to) => nibbles(from, at + 2, into, to, 16),
  scales: (from, at, into, to) => {
    into[to] = halfAt(from, at);
  },
};

const Q4_1: Kind = {
  ...{ numbers: 32, bytes: 20, bits: 4, group: 32 },
  wholes: (from, at, into, to) => nibbles(from, at + 4, into, to, 16),
  scales: Q4_0.scales,
  offsets: (from, at, into, to) => {
    into[to] = halfAt(from, at + 2);
  },
};

const Q5_0: Kind = {
  ...{ numbers: 32, bytes: 22, bits: 8, group: 32 },
  wholes: (from, at, into, to) => {
    fifths(from, at + 2, at + 6, into, to);
    for (let n = 0; n < 32; n++) into[to + n] = (into[to + n] ?? 0) + MIDDLE - 16;
  },
  scales: Q4_0.scales,
};

const Q5_1: Kind = {
  ...{ numbers: 32, bytes: 24, bits: 8, group: 32 },
  wholes: (from, at, into, to) => fifths(from, at + 4, at + 8, into, to),
  scales: Q4_0.scales,
  offsets: (from, at, into, to) => {
    into[to] = halfAt(from, at + 2);
  },
};

const Q8_0: Kind = {
  ...{ numbers: 32, bytes: 34, bits: 8, group: 32 },
  wholes: (from, at, into, to) => {
    for (let n = 0; n < 32; n++) into[to + n] = from.readInt8(at + 2 + n) + MIDDLE;
  },
  scales: Q4_0.scales,
};

/** Eight groups: half a scale of 6 bits, and as much of an offset, for each. */
const sixes = (from: Buffer, at: number, group: number): readonly [scale: number, min: number] => {
  const byte = (n: number) => from.readUInt8(at + n);
  if (group < 4) return [byte(group) & 63, byte(group + 4) & 63];
  return [
    (byte(group + 4) & 15) | ((byte(group - 4) >> 6) << 4),
    (byte(group + 4) >> 4) | ((byte(group) >> 6) << 4),
  ];
};
const kScales: Kind["scales"] = (from, at, into, to) => {
  const scale = halfAt(from, at);
  for (let g = 0; g < 8; g++) into[to + g] = scale * sixes(from, at + 4, g)[0];
};
const kOffsets: Kind["scales"] = (from, at, into, to) => {
  const min = halfAt(from, at + 2);
  for (let g = 0; g < 8; g++) into[to + g] = -min * sixes(from, at + 4, g)[1];
};

const Q4_K: Kind = {
  ...{ numbers: 256, bytes: 144, bits: 4, group: 32 },
  wholes: (from, at, into, to) => {
    for (let pair = 0; pair < 4; pair++)
      nibbles(from, at + 16 + 32 * pair, into, to + 64 * pair, 32);
  },
  ...{ scales: kScales, offsets: kOffsets },
};

const Q5_K: Kind = {
  ...{ numbers: 256, bytes: 176, bits: 8, group: 32 },
  wholes: (from, at, into, to) => {
    for (let pair = 0; pair < 4; pair++)
      nibbles(from, at + 48 + 32 * pair, into, to + 64 * pair, 32);
    for (let n = 0; n < 256; n++) {
      const high = (from.readUInt8(at + 16 + (n & 31)) >> (n >> 5)) & 1;
      into[to + n] = (into[to + n] ?? 0) + 16 * high;
    }
  },
  ...{ scales: kScales, offsets: kOffsets },
};

const Q6_K: Kind = {
  ...{ numbers: 256, bytes: 210, bits: 8, group: 16 },
  wholes: (from, at, into, to) => {
    for (let n = 0; n < 256; n++) {
      const [half, quarter, one] = [n >> 7, (n >> 5) & 3, n & 31];
      const low = from.readUInt8(at + 64 * half + 32 * (quarter & 1) + one);
      const high = (from.readUInt8(at + 128 + 32 * half + one) >> (2 * quarter)) & 3;
      const six = ((quarter < 2 ? low : low >> 4) & 15) | (high << 4);
      into[to + n] = six + MIDDLE - 32;
    }
  },
  scales: (from, at, into, to) => {
    const scale = halfAt(from, at + 208);
    for (let g = 0; g < 16; g++) into[to + g] = scale * from.readInt8(at + 192 + g);
  },
};

/** By `ggml_type`. */
export const KINDS: Readonly<Record<number, Kind>> = {
  ...{ 2: Q4_0, 3: Q4_1, 6: Q5_0, 7: Q5_1, 8: Q8_0, 12: Q4_K, 13: Q5_K, 14: Q6_K },
};

/** The lower halves of so many bytes, then the higher ones. */
function nibbles(from: Buffer, at: number, into: Uint8Array, to: number, count: number): void {
  for (let n = 0; n < count; n++) {
    const both = from.readUInt8(at + n);
    into[to + n] = both & 15;
    into[to + n + count] = both >> 4;
  }
}

/** 32 numbers of 5 bits, the fifth of which stand apart. */
function fifths(from: Buffer, high: number, at: number, into: Uint8Array, to: number): void {
  nibbles(from, at, into, to, 16);
  const bits = from.readUInt32LE(high);
  for (let n = 0; n < 32; n++) into[to + n] = (into[to + n] ?? 0) | (((bits >>> n) & 1) << 4);
}

/**
 * A whole number in each byte, to two in each: the first in the lower half. A row begins with a byte.
 *
 * @param row numbers of one
 */
export function packed(wholes: Uint8Array, row: number): Uint8Array {
  const bytes = Math.ceil(row / 2);
  const pairs = new Uint8Array((wholes.length / row) * bytes);
  for (let n = 0; n < wholes.length; n++) {
    const [line, place] = [Math.floor(n / row), n % row];
    const at = line * bytes + (place >> 1);
    pairs[at] = (pairs[at] ?? 0) | ((wholes[n] ?? 0) << (place % 2 === 0 ? 0 : 4));
  }
  return pairs;
}

let halves: Float32Array | undefined;

/** A float of 16 bits. */
function halfAt(from: Buffer, at: number): number {
  halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => {
    const [sign, power, part] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    if (power === 0) return sign * part * 2 ** -24;
    if (power === 31) return part === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + part / 1024) * 2 ** (power - 15);
  });
  return halves[from.readUInt16LE(at)] ?? 0;
}
