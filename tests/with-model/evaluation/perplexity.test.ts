/** `charla eval` on models that run: beside llama-perplexity itself, by other protocols, cut and resumed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, missing, perplexityBy } from "../../../eval/evaluation/llama-perplexity.ts";
import { builtInText } from "../../../src/features/evaluation/texts/built-in.ts";
import { CLI, charla, printed, start, temporary } from "../../fixtures/charla.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { starterModel } from "../model.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "charla-perplexity-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Charla's own English text, as a plain file. */
function ownText(): string {
  const file = join(folder, "own.txt");
  writeFileSync(file, builtInText("en"));
  return file;
}

const env = (home: string) => ({ CHARLA_HOME: home, CHARLA_ENGINE: "llama" });
const evaluate = (home: string, ...args: string[]) => charla(["eval", ...args], { env: env(home) });

test("the same windows give what llama-perplexity gives, to 1 %", async ({ skip }) => {
  const lacks = await missing();
  if (lacks !== undefined) skip(`there is no ${lacks} to build llama-perplexity with`);
  const file = ownText();
  const tool = await perplexityBy(await build(folder, "-O0"), {
    ...{ model: starterModel(), text: file, threads: 2 },
  });
  const args = ["--text", file, "--model", starterModel(), "--json"];
  const { code, stdout, stderr } = await evaluate(temporary(), "perplexity", ...args);
  expect(code, stderr).toBe(0);
  const [model] = JSON.parse(stdout).models;
  const [all] = model.perplexity;
  expect(all.units).toBe(tool.chunks);
  expect(all.tokens).toBe(255 * tool.chunks);
  expect(Math.abs(all.token.value / tool.value - 1)).toBeLessThan(0.01);
  expect(model.facts).toMatchObject({ parameters: 134_515_008, quantisation: "Q4_1" });
}, 600_000);

describe("a model of another architecture, by its path", () => {
  const write = (name: string, seed: number) => {
    const path = join(folder, name);
    writeGpt2(path, seed, { embedding: 64, context: 1024 });
    return path;
  };
  const text = () => {
    const file = join(folder, "fox.txt");
    writeFileSync(file, "The quick brown fox jumps over the lazy dog. ".repeat(40));
    return file;
  };

  test("is measured by each protocol, beside another one", async () => {
    const home = temporary();
    const models = ["--model", write("one.gguf", 1), "--model", write("two.gguf", 2)];
    for (const protocol of ["llama", "strided", "bits"]) {
      const args = ["--text", text(), "--protocol", protocol, "--context", "128", ...models];
      const { code, stdout, stderr } = await evaluate(home, "perplexity", ...args, "--json");
      expect(code, stderr).toBe(0);
      const found = JSON.parse(stdout).models;
      // Random weights know nothing: about as likely as any of the 258 tokens.
      for (const { perplexity } of found) expect(perplexity[0].token.value).toBeGreaterThan(100);
      expect(found[1].ratio.interval.low).toBeLessThan(found[1].ratio.interval.high);
      expect(found[0].perplexity[0].bitsPerByte.value).toBeGreaterThan(6);
    }
    const { stdout } = await evaluate(home, "list");
    expect(stdout.match(/done/g)).toHaveLength(3);
  });

  test("keeps what was measured when Ctrl-C stops it, and goes on", async () => {
    const home = temporary();
    const model = write("one.gguf", 1);
    const long = join(folder, "long.txt");
    writeFileSync(long, "The quick brown fox jumps over the lazy dog. ".repeat(400));
    const args = [CLI, "eval", "perplexity", "--text", long, "--context", "32", "--model", model];
    const child = start(process.execPath, args, { env: env(home) });
    await printed(child, /measuring 10 %/);
    child.kill("SIGINT");
    const id = /resume ([0-9a-f]{8})/.exec(await printed(child, /resume [0-9a-f]{8}/))?.[1] ?? "";
    await expect.poll(() => child.exitCode).toBe(1);
    const shown = await evaluate(home, "show", id);
    expect(shown.stdout).toMatch(/not whole: \d+ of \d+/);
    const { code, stdout, stderr } = await evaluate(home, "resume", id, "--json");
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: "done" });
    expect((await evaluate(home, "rm", id)).code).toBe(0);
    expect((await evaluate(home, "show", id)).code).toBe(1);
  });

  test("refuses wrong use with code 2, and unusable texts by name", async () => {
    const home = temporary();
    const model = ["--model", write("one.gguf", 1)];
    const wrong = await evaluate(home, "perplexity", "--text", text(), "--protocol", "x", ...model);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("llama, strided, bits");
    const none = await evaluate(home, "perplexity", "--text", join(folder, "none"), ...model);
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toContain("ENOENT");
    const short = join(folder, "short.txt");
    writeFileSync(short, "Too short.");
    const few = await evaluate(home, "perplexity", "--text", short, ...model);
    expect(few.stderr).toContain("needs 1024 at least");
  });
});
