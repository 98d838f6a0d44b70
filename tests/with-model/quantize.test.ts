/**
 * `charla quantize` with the shipped library: what comes out is the type that was asked for, loads
 * and answers nearly alike; and whatever ends it leaves no half file.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { QUANTISED_TYPES } from "../../src/core/quantising.ts";
import { readGguf } from "../../src/engines/library/gguf.ts";
import { quantise } from "../../src/engines/llama/native/quantize.ts";
import { CLI, charla, printed, start, temporary } from "../fixtures/charla.ts";
import { STRING, UINT32, writeGguf } from "../fixtures/gguf.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { mountDisk, NO_DISK } from "../unit/storage/disk.ts";
import { starterModel } from "./model.ts";

const never = new AbortController().signal;
let folder: string;
const at = (name: string) => join(folder, name);
const quantize = (...args: string[]) => charla(["quantize", ...args]);
const files = () => readdirSync(folder).toSorted();
/** Of a process, by their ids; Linux alone tells. Source: proc(5). */
const childrenOf = (pid: number): readonly string[] => {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, "utf8").trim().split(" ") : [];
};
/** Not ended, nor only waiting to be buried. */
const runs = (pid: string): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

beforeEach(() => {
  folder = temporary();
  writeGpt2(at("f32.gguf"));
});

describe("a file of 32-bit floats", () => {
  it("becomes each type that its rows fit", async () => {
    // K types need rows of 256 numbers; this model's have 32 and 128.
    for (const type of ["BF16", "IQ4_NL", "Q4_0"] as const) {
      const job = { input: at("f32.gguf"), output: at(type), type, allowRequantize: false };
      const planned = await quantise({ ...job, dryRun: true, signal: never });
      expect(files()).not.toContain(type);
      const done = await quantise({ ...job, dryRun: false, signal: never });
      expect(done, type).toEqual(planned);
      expect(done).toMatchObject({ tensors: 28, converted: 9 });
      expect((await readGguf(at(type))).quantisation).toBe(type);
    }
  });

  it("is refused the types that fit none of its tensors", async () => {
    const { code, stderr } = await quantize(at("f32.gguf"), at("out"), "-t", "Q4_K_M");
    expect(code).toBe(1);
    expect(stderr).toContain("No tensor of");
    expect(files()).toEqual(["f32.gguf"]);
  });

  it.each([
    ["F16", 0.001],
    ["Q8_0", 0.02],
  ])(
    "answers nearly alike as %s, as the report says",
    async (type, bound) => {
      // ggml's AMX kernel for Q8_0 (v0.5.0) gives no numbers for rows of 32.
      writeGpt2(at("f32.gguf"), 1, { embedding: 64 });
      writeFileSync(at("text"), "The quick brown fox jumps over the lazy dog. ".repeat(12));
      const args = ["-t", type, "--report", at("text"), "--json"];
      const { code, stdout, stderr } = await quantize(at("f32.gguf"), at(type), ...args);
      expect(code, stderr).toBe(0);
      const { report, fallbacks } = JSON.parse(stdout);
      expect(fallbacks).toBe(0);
      expect(report.textTokens).toBeGreaterThan(500);
      expect(Math.abs(report.perplexity.ratio - 1)).toBeLessThan(bound);
      expect(report.perplexity.ratio).not.toBe(1);
      // Random weights know nothing: about as likely as any of the 258 tokens.
      expect(report.after.perplexity).toBeGreaterThan(100);
      expect(report.after.bytes).toBe(statSync(at(type)).size);
      expect((await readGguf(at(type))).quantisation).toBe(type);
    },
    90_000,
  );
});

it("refuses wrong use with code 2", async () => {
  const unknown = await quantize(at("f32.gguf"), at("out"), "--type", "Q9");
  expect(unknown.code).toBe(2);
  for (const type of QUANTISED_TYPES) expect(unknown.stderr).toContain(type);
  expect((await quantize(at("f32.gguf"))).code).toBe(2);
});

it("passes on why the library does not take a model", async () => {
  const metadata = {
    "general.architecture": { type: STRING, value: "nonsense" },
    "nonsense.context_length": { type: UINT32, value: 64 },
  };
  writeGguf(at("nonsense.gguf"), metadata, []);
  const { code, stderr } = await quantize(at("nonsense.gguf"), at("out"), "-t", "Q8_0");
  expect(code).toBe(1);
  expect(stderr).toMatch(/could not be quantised: .*nonsense/);
  expect(existsSync(at("out.part"))).toBe(false);
});

describe("the starter model, which is quantised already", () => {
  it("is refused without the flag, and taken with it", async () => {
    const refused = await quantize(starterModel(), at("out"), "-t", "Q8_0");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("(Q4_1)");

    const args = ["-t", "Q4_K_M", "--allow-requantize"];
    const { code, stdout, stderr } = await quantize(starterModel(), at("out"), ...args);
    expect(code, stderr).toBe(0);
    // Its rows of 576 numbers do not fit the type, those of 1,536 do.
    expect(stdout).toContain("180 of the 210 converted tensors do not fit Q4_K_M");
    expect(stderr).toContain("out quantising 100 %");
    expect((await readGguf(at("out"))).quantisation).toBe("Q4_K_M");
  });

  /** Starts a run that takes a minute, and waits until it is at work. */
  async function atWork() {
    const args = [CLI, "quantize", starterModel(), at("out"), "-t", "IQ4_XS", "--allow-requantize"];
    const child = start(process.execPath, args);
    await printed(child, /out quantising \d+ %/);
    expect(files()).toContain("out.part");
    return child;
  }

  it("leaves nothing when Ctrl-C stops it", async () => {
    const child = await atWork();
    // As a terminal does: to the whole group.
    process.kill(-(child.pid as number), "SIGINT");
    await printed(child, /Stopped; nothing is left of .*out/);
    await expect.poll(() => child.exitCode).toBe(1);
    expect(files()).toEqual(["f32.gguf"]);
  });

  it("leaves nothing when it is killed", async () => {
    const child = await atWork();
    const workers = childrenOf(child.pid as number);
    child.kill("SIGKILL");
    await expect.poll(files).toEqual(["f32.gguf"]);
    await expect.poll(() => workers.filter(runs)).toEqual([]);
  });

  it("is not begun on a disk that is too small", async ({ skip }) => {
    if (!mountDisk(folder, "60m")) skip(NO_DISK);
    const args = ["-t", "Q8_0", "--allow-requantize"];
    const { code, stderr } = await quantize(starterModel(), at("out"), ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the new file takes 14\d MB, and .* has \d+ MB/);
    expect(files()).toEqual([]);
  });
});
