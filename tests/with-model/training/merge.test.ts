/**
 * A base and an adapter as one file: it answers as both do together, says what it was made of, and
 * whatever ends it leaves nothing behind.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { readGguf } from "../../../src/engines/library/gguf.ts";
import { measuringTools } from "../../../src/engines.ts";
import { merge, mergedOf, typeOf } from "../../../src/features/training/merge.ts";
import { divergence } from "../../../src/features/training/parity.ts";
import type { Run } from "../../../src/features/training/store.ts";
import type { Tools } from "../../../src/features/training/tools.ts";
import { temporary } from "../../fixtures/charla.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { writeLora } from "../../fixtures/lora.ts";
import { writeTiny } from "../../fixtures/tiny-llama.ts";
import { starterModel } from "../model.ts";

const ID = "0a1b2c3d-0000-4000-8000-000000000000";
const TEXT = "The capital of France is Paris, and the capital of Spain is Madrid. ".repeat(4);
const care = { signal: new AbortController().signal, progress() {}, turn: async () => {} };
const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

let home: string;
let base: string;
let tools: Tools;
beforeEach(async () => {
  home = temporary();
  mkdirSync(join(home, "models"));
  mkdirSync(join(home, "training/runs", ID), { recursive: true });
  base = join(home, "models/base.gguf");
  const find = async () => ({ id: "base", path: base });
  tools = { ...(await measuringTools(() => {})), find };
});
const adapter = () => join(home, "training/runs", ID, "adapter.gguf");
const left = () => [
  ...readdirSync(join(home, "models")).filter((name) => name !== "base.gguf"),
  ...readdirSync(join(home, "training/runs", ID)).filter((name) => name !== "adapter.gguf"),
];

/** Of the files as they are now. */
const run = (): Run =>
  ({
    id: ID,
    plan: { name: "Our tone", model: "base" },
    result: { adapter: "our-tone", adapterDigest: digest(adapter()), baseDigest: digest(base) },
  }) as Run;

/** Mean divergence of a file from the base with the adapter, in nats over the 20 likeliest tokens. */
async function divergences(paths: readonly string[]): Promise<readonly number[]> {
  const known = { id: "trained", path: adapter(), digest: digest(adapter()) };
  const how = { adapter: known, signal: care.signal };
  const asked = async (path: string, adapted: boolean) => {
    const engine = await tools.openAlone(path, how);
    try {
      const tokens = (await engine.tokenize?.(TEXT, care.signal)) ?? [];
      const scored = { from: 1, top: 20, yields: true, signal: care.signal };
      return await engine.scoreTokens?.(tokens, {
        ...scored,
        ...(adapted && { adapter: "trained" }),
      });
    } finally {
      await engine.close();
    }
  };
  const wanted = (await asked(base, true)) ?? [];
  const found: number[] = [];
  for (const path of paths) {
    const other = (await asked(path, false)) ?? [];
    const each = wanted.map(({ top }, at) => {
      const likely = top.map(({ id, logprob }) => [id, logprob ?? -100] as const);
      return divergence(likely, other[at] ?? { top: [] });
    });
    found.push(each.reduce((sum, one) => sum + one, 0) / each.length);
  }
  return found;
}

test("a merged file of small weights says what base and adapter say, to the last digits", async () => {
  writeTiny(base);
  await writeLora(adapter(), base, {
    targets: /^blk\.\d+\.(attn_(q|k|v|output)|ffn_(gate|up|down))\.weight$/,
    strength: 0.3,
  });
  const seen: number[] = [];
  const progress = (done: number, total: number) => void seen.push(done / total);
  const made = await merge({ home, tools }, run(), "F32", { ...care, progress });
  expect(left()).toEqual([made.file]);
  expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
  expect(seen.at(-1)).toBeCloseTo(1, 1);
  const path = join(home, "models", made.file);
  const [merged = 1, without = 0] = await divergences([path, base]);
  console.info("divergence of the merged F32 file", merged, "without", without);
  expect(merged).toBeLessThan(1e-4);
  expect(without).toBeGreaterThan(100 * merged);
  const { name, merged: says, quantisation } = await readGguf(path);
  expect(name).toBe("Our tone (base)");
  expect(quantisation).toBe("F32");
  expect(says).toEqual({ base: digest(base), adapter: digest(adapter()), run: ID });
  await expect(merge({ home, tools }, run(), "F32", care)).rejects.toMatchObject({
    code: "training_merge_exists",
  });
  // Called otherwise it is found all the same, by what it says.
  copyFileSync(path, join(home, "models/other.gguf"));
  expect((await mergedOf({ home, tools }, run())).map(({ file }) => file).toSorted()).toEqual(
    [made.file, "other.gguf"].toSorted(),
  );
}, 60_000);

test("the starter with an adapter answers nearly alike as one file of Q8_0", async () => {
  copyFileSync(starterModel(), base);
  await writeLora(adapter(), base, { strength: 0.2, rank: 8 });
  const { file } = await merge({ home, tools }, run(), "Q8_0", care);
  const [merged = 1, without = 0] = await divergences([join(home, "models", file), base]);
  console.info("divergence of the merged Q8_0 file", merged, "without", without);
  expect(merged).toBeLessThan(0.02);
  expect(without).toBeGreaterThan(10 * merged);
}, 240_000);

test("what cannot be merged is refused by name, and leaves nothing behind", async () => {
  writeTiny(base);
  await writeLora(adapter(), base);
  const code = async (work: Promise<unknown>) => {
    const thrown = await work.then(
      () => undefined,
      (error) => error,
    );
    expect(left()).toEqual([]);
    return thrown?.code;
  };
  const ground = { home, tools };
  expect(() => typeOf("Q9")).toThrow(expect.objectContaining({ code: "invalid_setting" }));
  const narrow = { home, tools: { ...tools, freeBytes: async () => 1000 } };
  expect(await code(merge(narrow, run(), "F16", care))).toBe("training_merge_no_room");
  // Rows of 64 and 128 numbers, where K types need 256.
  expect(await code(merge(ground, run(), "Q4_K_M", care))).toBe("training_merge_type");
  const unfinished = { ...run(), result: null };
  expect(await code(merge(ground, unfinished, "F16", care))).toBe("training_merge_nothing");

  const stopping = new AbortController();
  const stop = {
    ...care,
    signal: stopping.signal,
    progress: () => stopping.abort(new Error("no")),
  };
  expect(await code(merge(ground, run(), "F16", stop))).toBeUndefined();

  const before = run();
  writeFileSync(base, readFileSync(base).fill(1, 1e5));
  expect(await code(merge(ground, before, "F16", care))).toBe("training_base_changed");
  writeTiny(base);
  const gpt2 = join(home, "gpt2.gguf");
  writeGpt2(gpt2);
  await writeLora(adapter(), gpt2);
  expect(await code(merge(ground, before, "F16", care))).toBe("training_adapter_changed");
  expect(await code(merge(ground, run(), "F16", care))).toBe("adapter_mismatch");
}, 60_000);
