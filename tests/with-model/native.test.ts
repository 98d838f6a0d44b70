/** The binding of llama.cpp: the layout of its structures, and what they do to each other. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, bind, GGML_TYPE, LOAD_MODE } from "../../src/engines/llama/native/api.ts";
import { Context } from "../../src/engines/llama/native/context.ts";
import { findLibrary } from "../../src/engines/llama/native/find.ts";
import { Model } from "../../src/engines/llama/native/model.ts";
import { argmax } from "../../src/engines/llama/sampling/candidates.ts";
import { starterModel } from "./model.ts";

let api: Api;
let model: Model;
const progress: number[] = [];

beforeAll(async () => {
  const { path } = await findLibrary();
  api = bind(path);
  const onProgress = (fraction: number) => void progress.push(fraction);
  model = await Model.load(api, starterModel(), { lockMemory: false, gpu: false, onProgress });
});

const open = (changes: Partial<Record<string, unknown>> = {}) =>
  new Context(model, {
    ...{ n_ctx: 512, n_batch: 64, n_ubatch: 64, n_seq_max: 2, n_threads: 1, n_threads_batch: 1 },
    ...changes,
  });

/** Reads tokens into a sequence, and gives the likeliest next one. */
async function read(context: Context, tokens: number[], at = 0, sequence = 0): Promise<number> {
  let last = 0;
  tokens.forEach((token, index) => {
    last = context.add(token, at + index, sequence, index === tokens.length - 1);
  });
  await context.decode();
  return argmax(context.logits(last));
}

const TOKENS = [504, 3575, 282, 4649, 314];

describe("the binding", () => {
  // Each value is the library's own; one field more or less would shift what comes after it.
  it("reads the defaults of a model's parameters from the first field to the last", () => {
    expect(api.modelDefaults()).toMatchObject({
      ...{ n_gpu_layers: -1, main_gpu: 0, tensor_split: null, progress_callback: null },
      ...{ vocab_only: false, check_tensors: false, use_extra_bufts: true, no_alloc: false },
    });
  });

  it("reads the defaults of a context's parameters from the first field to the last", () => {
    expect(api.contextDefaults()).toMatchObject({
      ...{ n_ctx: 512, n_batch: 2048, n_ubatch: 512, n_seq_max: 1, flash_attn_type: -1 },
      ...{ rope_freq_base: 0, yarn_ext_factor: -1, type_k: GGML_TYPE.f16, type_v: GGML_TYPE.f16 },
      ...{ embeddings: false, offload_kqv: true, no_perf: true, samplers: null, n_samplers: 0 },
    });
    expect(LOAD_MODE.mmap).toBe(1);
  });

  it("loads with progress, from 0 to 1", () => {
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(model.vocabSize).toBe(49_152);
    expect(model.piece(4649).toString()).toBe(" France");
  });

  it("refuses a file that is no model, and an adapter that is none", async () => {
    const options = { lockMemory: false, gpu: false, onProgress: () => {} };
    await expect(Model.load(api, import.meta.filename, options)).rejects.toThrow("did not load");
    await expect(model.loadAdapter(import.meta.filename)).rejects.toThrow("adapter");
  });
});

describe("a context", () => {
  let context: Context;
  beforeAll(() => {
    context = open();
  });
  afterAll(() => context.free());

  it("computes the same in one batch and in several, in either sequence", async () => {
    const whole = await read(context, TOKENS);
    context.cut(0, 0);
    await read(context, TOKENS.slice(0, 2));
    expect(await read(context, TOKENS.slice(2), 2)).toBe(whole);
    expect(await read(context, TOKENS, 0, 1)).toBe(whole);
    expect(model.piece(whole).toString()).toBe(" Paris");
  });

  it("saves a sequence and restores it into another one", async () => {
    context.cut(0, 0);
    await read(context, TOKENS.slice(0, 4));
    const state = context.save(0);
    expect(context.restore(1, state)).toBe(true);
    expect(model.piece(await read(context, TOKENS.slice(4), 4, 1)).toString()).toBe(" Paris");
  });

  it("does not take what is not a state, and is empty then", async () => {
    expect(context.restore(1, Buffer.alloc(64))).toBe(false);
    expect(model.piece(await read(context, TOKENS, 0, 1)).toString()).toBe(" Paris");
  });

  it("forgets what is cut off", async () => {
    context.cut(0, 0);
    await read(context, [...TOKENS.slice(0, 4), 1, 2, 3]);
    expect(context.cut(0, 4)).toBe(true);
    expect(model.piece(await read(context, TOKENS.slice(4), 4)).toString()).toBe(" Paris");
  });
});

it("an answer of a cache in 8 bits is that of one in 16, where it is sure", async () => {
  const context = open({ type_k: GGML_TYPE.q8_0, type_v: GGML_TYPE.q8_0, flash_attn_type: 1 });
  expect(model.piece(await read(context, TOKENS)).toString()).toBe(" Paris");
  context.free();
});
