/** A whole model written as ONNX: nothing is lost on the way, and what cannot be written is refused by name. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { TENSOR_TYPES } from "../../../src/engines/library/ggml.ts";
import { readLayout } from "../../../src/engines/library/gguf.ts";
import { KINDS } from "../../../src/engines/onnx/blocks.ts";
import { readCarried, vocabularyOf } from "../../../src/engines/onnx/carried.ts";
import { exportOnnx } from "../../../src/engines/onnx/write.ts";
import { temporary } from "../../fixtures/charla.ts";
import { FLOAT32, STRING, type Tensor } from "../../fixtures/gguf.ts";
import { writeTiny } from "../../fixtures/tiny-llama.ts";
import { finite, readByGgml } from "./ggml.ts";
import { bitsOf, numbersOf } from "./numbers.ts";
import { read } from "./reading.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const never = new AbortController().signal;
const exporting = (changes: { force?: boolean; signal?: AbortSignal } = {}) =>
  exportOnnx({
    ...{
      input: at("tiny.gguf"),
      output: at("tiny.onnx"),
      force: false,
      exact: false,
      signal: never,
    },
    ...changes,
  });
beforeEach(() => {
  folder = temporary();
});

/** Types that rows of 64 numbers fit, one for each kind of matrix. */
const STORED: ReadonlyArray<readonly [name: RegExp, type: number]> = [
  [/token_embd/, 2],
  [/^output.weight/, 3],
  [/attn_q/, 3],
  [/attn_k/, 6],
  [/attn_v/, 7],
  [/attn_output/, 8],
  [/ffn_gate/, 1],
  [/ffn_up/, 30],
];
const bytesOf = (tensor: Tensor) => Buffer.from(tensor.data.buffer);

/** Any numbers at all, as blocks of the type. */
function stored(tensor: Tensor): Tensor {
  const type = STORED.find(([name]) => name.test(tensor.name))?.[1];
  if (type === undefined) return tensor;
  const [numbers, bytes] = TENSOR_TYPES[type] ?? [1, 4];
  const size = (tensor.data.length / numbers) * bytes;
  const any = Uint8Array.from({ length: size }, (_, n) => (n * 2654435761) >>> 11);
  const kept = KINDS[type] ? finite(type, any) : any.fill(0x3c);
  const padded = new Uint8Array(Math.ceil(size / 4) * 4);
  padded.set(kept);
  return { ...tensor, type, data: new Float32Array(padded.buffer) };
}

describe("a model of many types", () => {
  it("has every number in the new file, bit for bit", async () => {
    const kept = new Map<string, Tensor>();
    writeTiny(at("tiny.gguf"), "llama", 1, (tensor) => {
      const one = stored(tensor);
      kept.set(one.name, one);
      return one;
    });
    await exporting();
    const { tensors } = read(readFileSync(at("tiny.onnx")));
    for (const [name, tensor] of kept) {
      const type = tensor.type ?? 0;
      const [kind, plain] = [KINDS[type], tensors.get(name)];
      if (!kind) {
        const bytes = bytesOf(tensor).subarray(0, plain?.raw.length);
        expect(Buffer.from(plain?.raw ?? []), name).toEqual(bytes);
        expect(plain?.shape, name).toEqual(tensor.shape.toReversed());
        continue;
      }
      const part = (what: string) => tensors.get(`${name}.${what}`)?.raw ?? new Uint8Array();
      const groups = (tensor.shape[0] ?? 0) / kind.group;
      // Rows that are only looked up have their offsets as they are.
      const ours = numbersOf(kind, groups, part);
      const size = (ours.length / kind.numbers) * kind.bytes;
      const theirs = readByGgml(type, bytesOf(tensor).subarray(0, size));
      expect(bitsOf(ours), name).toEqual(bitsOf(theirs));
    }
  });

  it("is a graph whose every name comes from somewhere", async () => {
    writeTiny(at("tiny.gguf"), "llama", 1, stored);
    const { bytesAfter } = await exporting();
    const file = readFileSync(at("tiny.onnx"));
    expect(file.length).toBe(bytesAfter);
    const { nodes, tensors, inputs, outputs } = read(file);
    const known = new Set([...inputs, ...tensors.keys()]);
    for (const node of nodes) {
      for (const name of node.inputs.filter((one) => one !== "")) expect(known).toContain(name);
      for (const name of node.outputs) known.add(name);
    }
    for (const name of outputs) expect(known).toContain(name);
    expect(inputs).toEqual(
      expect.arrayContaining(["input_ids", "attention_mask", "past_key_values.1.value"]),
    );
    expect(outputs).toEqual(expect.arrayContaining(["logits", "present.1.key"]));
  });

  it("carries its vocabulary and its template, so that one file is enough", async () => {
    writeTiny(at("tiny.gguf"), "llama", 1, stored);
    await exporting();
    const carried = await readCarried(at("tiny.onnx"));
    expect(carried.shape).toEqual({
      layers: 2,
      heads: 2,
      width: 16,
      places: 1024,
      vocabulary: 260,
    });
    writeFileSync(at("words.gguf"), vocabularyOf(carried, "tiny.onnx"));
    const [whole, words] = [await readLayout(at("tiny.gguf")), await readLayout(at("words.gguf"))];
    expect(words.places.size).toBe(0);
    expect(words.values).toEqual(whole.values);
  });
});

describe("what cannot be written", () => {
  it("is refused by its name", async () => {
    writeTiny(at("tiny.gguf"), "qwen2");
    await expect(exporting()).rejects.toMatchObject({
      ...{ code: "onnx_model_unsupported", params: { what: "qwen2" } },
    });
    const more = (key: string, type: number, value: number | string) =>
      writeTiny(at("tiny.gguf"), "llama", 1, undefined, { [key]: { type, value } });
    more("llama.rope.scaling.type", STRING, "yarn");
    await expect(exporting()).rejects.toMatchObject({ params: { what: "rope scaling yarn" } });
    more("llama.attention.layer_norm_rms_epsilon", STRING, "small");
    await expect(exporting()).rejects.toMatchObject({ code: "onnx_model_unsupported" });
    more("llama.logit_scale", FLOAT32, 2);
    await expect(exporting()).rejects.toMatchObject({ params: { what: "llama.logit_scale" } });
    writeTiny(at("tiny.gguf"), "llama", 1, (one) =>
      one.name === "blk.1.ffn_up.weight" ? { ...one, type: 20 } : one,
    );
    await expect(exporting()).rejects.toMatchObject({
      ...{ code: "onnx_type_unsupported", params: { type: "IQ4_NL" } },
    });
    // A tensor that the graph would not have asked for is part of what the model computes.
    writeTiny(at("tiny.gguf"), "llama", 1, (one) =>
      one.name === "output.weight" ? { ...one, name: "blk.0.attn_q_norm.weight" } : one,
    );
    await expect(exporting()).rejects.toMatchObject({
      params: { what: "blk.0.attn_q_norm.weight" },
    });
    expect(readdirSync(folder)).toEqual(["tiny.gguf"]);
  });

  it("leaves nothing behind when it is stopped, and what was there as it was", async () => {
    writeTiny(at("tiny.gguf"));
    writeFileSync(at("tiny.onnx"), "old");
    await expect(exporting()).rejects.toMatchObject({ code: "onnx_output_exists" });
    const reason = new Error("enough");
    await expect(exporting({ force: true, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(readFileSync(at("tiny.onnx"), "utf8")).toBe("old");
    expect(existsSync(at("tiny.onnx.part"))).toBe(false);
    await exporting({ force: true });
    expect(readdirSync(folder).toSorted()).toEqual(["tiny.gguf", "tiny.onnx"]);
    await expect(
      exportOnnx({
        input: at("tiny.gguf"),
        output: at("no/such.onnx"),
        force: true,
        exact: false,
        signal: never,
      }),
    ).rejects.toMatchObject({ code: "onnx_output_unusable" });
  });

  it("a file of somebody else is no exported model", async () => {
    for (const bytes of ["", "GGUF", "\x08\x08", "r\x05\x0a\xff\xff\xff\x7f"]) {
      writeFileSync(at("other.onnx"), bytes, "latin1");
      await expect(readCarried(at("other.onnx"))).rejects.toMatchObject({
        code: "onnx_not_exported",
      });
    }
  });
});
