/** Blocks of GGUF as MatMulNBits takes them: each number is what llama.cpp reads, bit for bit. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { TENSOR_TYPES } from "../../../src/engines/library/ggml.ts";
import { KINDS } from "../../../src/engines/onnx/blocks.ts";
import { converted, partOf } from "../../../src/engines/onnx/convert.ts";
import { finite, readByGgml } from "./ggml.ts";
import { bitsOf, numbersOf } from "./numbers.ts";

const types = Object.entries(KINDS).map(
  ([type, kind]) => [TENSOR_TYPES[Number(type)]?.[2] ?? "", Number(type), kind] as const,
);

test.each(types)("%s keeps every number", (_name, type, kind) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 6 * kind.bytes, maxLength: 6 * kind.bytes }),
      fc.constantFrom(1, 2, 3, 6),
      (any, across) => {
        const blocks = Buffer.from(finite(type, any));
        const part = (what: Parameters<typeof partOf>[2]) =>
          partOf(blocks, { kind, rows: 6 / across, across }, what);
        const ours = numbersOf(kind, (across * kind.numbers) / kind.group, part);
        expect(bitsOf(ours)).toEqual(bitsOf(readByGgml(type, blocks)));
      },
    ),
  );
});

test("what is written is as long as was said, however it is cut into pieces", async () => {
  const [kind] = types.map(([, , one]) => one);
  if (!kind) throw new TypeError("there are no types");
  const [rows, across] = [5000, 9];
  const read = async (_at: number, bytes: number) => Buffer.alloc(bytes, 1);
  for (const what of ["wholes", "scales", "zeros", "rests"] as const) {
    const later = converted(read, { kind, at: 0, rows, across }, what);
    const pieces = await Array.fromAsync(later.read());
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(later.byteLength);
  }
});
