/** The exported starter computes what llama.cpp computes of the file that it was made of. */
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quantise } from "../../../src/engines/llama/native/quantize.ts";
import { cutText } from "../../../src/engines/llama/native/tokenizer.ts";
import { type Opened, openLlama } from "../../../src/engines/llama/process/opened.ts";
import { openOnnx } from "../../../src/engines/onnx/opened.ts";
import { ROOT } from "../../fixtures/charla.ts";
import { starterModel } from "../model.ts";
import { PLAN } from "../plan.ts";
import { exportedStarter } from "./exported.ts";
import { PATIENCE_MS, runtime } from "./home.ts";

const plan = { ...PLAN, slots: 2, contextTokens: 512 };
const TOKENS = 260;
const SINGLE = 10;
const folder = await mkdtemp(join(tmpdir(), "charla-onnx-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let [llama, floats, exact, usual] = [] as unknown as [Opened, Opened, Opened, Opened];
let tokens: number[] = [];
/** Logits of the starter's numbers after each token, computed by llama.cpp in 32-bit floats. */
let truth: readonly Float32Array[] = [];
beforeAll(async () => {
  const path = join(folder, "f32.gguf");
  await quantise({
    ...{ input: starterModel(), output: path, type: "F32", allowRequantize: true, dryRun: false },
    signal: new AbortController().signal,
  });
  llama = await openLlama({ path: starterModel(), plan }, () => {});
  const { library } = llama;
  floats = await openLlama({ path, plan, library }, () => {});
  const module = await runtime();
  const opened = async (exactly: boolean) => {
    const file = await exportedStarter(exactly);
    const one = await openOnnx({ path: file.path, plan, library, runtime: module }, () => {});
    await one.read?.();
    file.remove();
    return one;
  };
  [exact, usual] = [await opened(true), await opened(false)];
  const text = readFileSync(join(ROOT, "docs", "privacy.md"), "utf8");
  tokens = cutText(llama.model, text.slice(0, 3000)).slice(0, TOKENS);
  truth = await read(floats, tokens, 64);
}, PATIENCE_MS);

/** Logits after each token, which are read in batches of so many. */
async function read({ context }: Opened, some: readonly number[], batch: number, from = 0) {
  const all: Float32Array[] = [];
  for (let at = 0; at < some.length; at += batch) {
    const added = some
      .slice(at, at + batch)
      .map((token, n) => context.add(token, from + at + n, 0, true));
    await context.decode();
    for (const index of added) all.push(context.logits(index).slice());
  }
  return all;
}

/** By the natural logarithm. */
function logProbabilities(logits: Float32Array): Float64Array {
  const most = logits.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((all, one) => all + Math.exp(one - most), 0);
  return Float64Array.from(logits, (one) => one - most - Math.log(sum));
}

/** Kullback-Leibler divergence from the truth in nats, the mean over the places from one on. */
function apart(logits: readonly Float32Array[], from = 0): number {
  const each = logits.map((one, at) => {
    const p = logProbabilities(truth[from + at] ?? one);
    const q = logProbabilities(one);
    return p.reduce((sum, log, id) => sum + Math.exp(log) * (log - (q[id] ?? 0)), 0);
  });
  return each.reduce((sum, one) => sum + one, 0) / each.length;
}

test("written exactly it is the same model, in batches and token by token", async () => {
  expect(tokens).toHaveLength(TOKENS);
  // The bound of the project is 1e-3; what is left is the order in which floats are added up.
  expect(apart(await read(exact, tokens, 64))).toBeLessThan(1e-5);
  exact.context.cut(0, TOKENS - SINGLE);
  const single = await read(exact, tokens.slice(-SINGLE), 1, TOKENS - SINGLE);
  expect(apart(single, TOKENS - SINGLE)).toBeLessThan(1e-5);
});

test("written as usual it is as near to the numbers of the file as llama.cpp is", async () => {
  const theirs = apart(await read(llama, tokens, 64));
  const ours = apart(await read(usual, tokens, 64));
  expect(ours).toBeLessThan(2 * theirs);
  expect(ours).toBeLessThan(1e-2);
});

test("a state goes from one sequence to another, and a wrong one is not taken", async () => {
  const { context } = usual;
  context.cut(0, 0);
  const [before, last = 0] = [tokens.slice(0, 40), tokens[40]];
  await read(usual, before, 64);
  const state = context.save(0);
  const [expected] = await read(usual, [last], 1, 40);
  expect(context.restore(1, state.subarray(0, -4))).toBe(false);
  expect(context.restore(1, state)).toBe(true);
  const index = context.add(last, 40, 1, true);
  await context.decode();
  expect(context.logits(index)).toEqual(expected);
});
