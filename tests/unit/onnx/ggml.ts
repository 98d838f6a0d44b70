/** Numbers of GGUF's types as llama.cpp's own library reads them. */
import { basename } from "node:path";
import koffi from "koffi";
import { TENSOR_TYPES } from "../../../src/engines/library/ggml.ts";
import { lookForLibrary } from "../../../src/engines/llama/native/find.ts";

const { files } = await lookForLibrary();
const library = koffi.load(files.find((file) => /ggml-base/.test(basename(file))) ?? "");

/** By name: where a block has floats of 16 bits. */
const HALVES: Readonly<Record<string, readonly number[]>> = {
  ...{ Q4_0: [0], Q4_1: [0, 2], Q5_0: [0], Q5_1: [0, 2], Q8_0: [0] },
  ...{ Q4_K: [0, 2], Q5_K: [0, 2], Q6_K: [208] },
};

/** @param blocks of a type by its `ggml_type` */
export function readByGgml(type: number, blocks: Uint8Array): Float32Array {
  const [numbers, bytes, name] = TENSOR_TYPES[type] as readonly [number, number, string];
  const read = library.func(`dequantize_row_${name}`.replace(/Q(?=\d)/, "q"), "void", [
    ...["void *", "void *", "int64"],
  ]);
  const into = new Float32Array((blocks.length / bytes) * numbers);
  read(Buffer.from(blocks), into, into.length);
  return into;
}

/** Any bytes as blocks of a type, whose floats are finite. */
export function finite(type: number, any: Uint8Array): Uint8Array {
  const [, bytes, name] = TENSOR_TYPES[type] as readonly [number, number, string];
  const blocks = any.slice(0, Math.floor(any.length / bytes) * bytes);
  for (let at = 0; at < blocks.length; at += bytes) {
    // Without the highest bit of its exponent no float is infinite or none at all.
    for (const half of HALVES[name] ?? [])
      blocks[at + half + 1] = (blocks[at + half + 1] ?? 0) & 0xbf;
  }
  return blocks;
}
