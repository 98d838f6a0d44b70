/** What MatMulNBits computes with: scale * (whole - zero) + rest, in 32-bit floats. */
import { type Kind, middleOf } from "../../../src/engines/onnx/blocks.ts";
import type { What } from "../../../src/engines/onnx/convert.ts";

/**
 * @param groups in a row
 * @param part bytes of each part
 */
export function numbersOf(
  kind: Kind,
  groups: number,
  part: (what: What) => Uint8Array,
): Float32Array {
  const { bits, group, offsets } = kind;
  const floats = (what: What) => new Float32Array(Uint8Array.from(part(what)).buffer);
  /** Of rows of so many numbers; each row begins with a byte. */
  const whole = (bytes: Uint8Array, n: number, row: number): number => {
    if (bits === 8) return bytes[n] ?? 0;
    const place = n % row;
    const both = bytes[Math.floor(n / row) * Math.ceil(row / 2) + (place >> 1)] ?? 0;
    return place % 2 === 0 ? both & 15 : both >> 4;
  };
  const [wholes, scales] = [part("wholes"), floats("scales")];
  const [zeros, rests] = offsets ? [part("zeros"), floats("rests")] : [];
  return Float32Array.from({ length: scales.length * group }, (_, n) => {
    const at = Math.floor(n / group);
    const zero = zeros ? whole(zeros, at, groups) : middleOf(kind);
    const scaled = Math.fround((scales[at] ?? 0) * (whole(wholes, n, group) - zero));
    return rests ? scaled + (rests[at] ?? 0) : scaled;
  });
}

/** Minus zero is zero: what it is added to does not tell them apart. */
export const bitsOf = (numbers: Float32Array) => Buffer.from(numbers.map((one) => one + 0).buffer);
