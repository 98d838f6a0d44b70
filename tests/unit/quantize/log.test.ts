/** What is read in the library's log while it quantises; the lines are llama.cpp's own. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { count } from "../../../src/engines/llama/native/quantize.ts";

const nothing = {
  tensors: 0,
  bytesBefore: 0,
  bytesAfter: 0,
  converted: 0,
  fitting: 0,
  fallbacks: 0,
};
const read = (lines: readonly string[], type = "q8_0") =>
  lines.reduce((tally, line) => count(tally, line, type), nothing);

test("a whole log becomes a tally", () => {
  const lines = [
    "llama_model_loader: loaded meta data with 33 key-value pairs and 272 tensors from m.gguf",
    "warning: blk.0.attn_q.weight                  - ncols    576 not divisible by 256 (required for type    q4_K) -> falling back to    q5_0",
    "warning: blk.0.odd.weight                     - ncols     20 not divisible by 256 (required for type    q4_K) (WARNING: must use F16 due to unusual shape) -> falling back to     f16",
    "[   1/   3] output_norm.weight                   - [   576,     1,     1,     1], type =    f32, size =    0.002 MiB",
    "[   2/   3] token_embd.weight                    - [   576, 49152,     1,     1], type =    f16, converting to q8_0 .. size =    54.00 MiB ->    28.69 MiB",
    "[   3/   3] blk.0.attn_q.weight                  - [   576,   576,     1,     1], type =    f16, converting to q5_0 .. size =     0.63 MiB ->     0.22 MiB",
    "llama_model_quantize_impl: model size  =    54.63 MiB (16.00 BPW)",
    "llama_model_quantize_impl: quant size  =    28.91 MiB (8.47 BPW)",
    "llama_model_quantize_impl: WARNING: 2 of 3 tensor(s) required fallback quantization",
  ];
  expect(read(lines)).toEqual({
    tensors: 3,
    bytesBefore: 54.63 * 2 ** 20,
    bytesAfter: 28.91 * 2 ** 20,
    converted: 2,
    fitting: 1,
    fallbacks: 2,
  });
});

test("a dry run says the type behind the size", () => {
  const line =
    "[   7/ 272] blk.0.ffn_down.weight                - [  1536,   576,     1,     1], type =   q4_1, size =     0.53 MiB ->     0.69 MiB (q6_K)";
  expect(read([line])).toMatchObject({ tensors: 1, converted: 1, bytesAfter: 0.69 * 2 ** 20 });
  const fitting = ["q6_K", "q4_1", "q8_0"].map((type) => read([line], type).fitting);
  expect(fitting).toEqual([1, 0, 0]);
});

test("each tensor counts once, whatever is logged between them", () => {
  const tensor = fc.record({ before: fc.nat(10_000), after: fc.option(fc.nat(10_000)) });
  const noise = fc.constantFrom("", "\n", "load: 3 tensors", "size = 3 MiB", "[ 1/ 2]", "....");
  const steps = fc.array(fc.oneof(tensor, noise), { maxLength: 50 });
  fc.assert(
    fc.property(steps, (all) => {
      const tensors = all.filter((one) => typeof one !== "string");
      const lines = all.map((one, i) => {
        if (typeof one === "string") return one;
        const head = `[${i}/99] t.${i}.weight - [1, 1], type = f32, `;
        const after = one.after === null ? "" : ` -> ${one.after}.00 MiB`;
        return `${head}size = ${one.before}.00 MiB${after}`;
      });
      const tally = read(lines);
      expect(tally.tensors).toBe(tensors.length);
      expect(tally.converted).toBe(tensors.filter(({ after }) => after !== null).length);
      const sum = tensors.reduce((total, { before }) => total + before, 0);
      expect(tally.bytesBefore).toBe(sum * 2 ** 20);
    }),
  );
});
