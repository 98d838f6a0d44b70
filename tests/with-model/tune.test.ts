/**
 * `charla doctor --tune` with the shipped library: what is measured is saved, and the next plan
 * takes it; who stops it finds nothing saved. The model is a tiny one, so that it is soon done.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { t } from "../../src/locales/index.ts";
import { CLI, charla, printed, start, temporary } from "../fixtures/charla.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";

let home: string;
let env: NodeJS.ProcessEnv;
const saved = () => join(home, "tuning.json");

beforeEach(() => {
  home = temporary();
  const model = join(home, "tiny.gguf");
  writeGpt2(model);
  env = { CHARLA_HOME: home, CHARLA_ENGINE: "", CHARLA_MODEL: model, HF_HUB_OFFLINE: "1" };
});

async function planned() {
  const { stdout } = await charla(["doctor", "--json"], { env });
  const { findings } = JSON.parse(stdout);
  return findings.find(({ name }: { name: string }) => name === "Plan");
}

it("measures, saves, and is what the engine then goes by", async () => {
  const before = await planned();
  expect(before).toMatchObject({ state: "note", hint: expect.stringContaining("--tune") });
  // The model was trained for 256 tokens.
  expect(before.found).toContain("4 answers at once, each with 256 tokens");

  const { code, stdout, stderr } = await charla(["doctor", "--tune"], { env });
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("· Writing 4 answers, by threads");
  expect(stdout).toContain(`Saved in ${saved()}`);

  const [entry] = JSON.parse(readFileSync(saved(), "utf8")).entries;
  expect(entry.measured.decode1.length).toBeGreaterThan(0);
  for (const { runs, median } of Object.values(entry.measured).flat() as never[]) {
    expect((runs as number[]).length).toBeGreaterThan(0);
    expect(median).toBeGreaterThan(0);
  }
  const after = await planned();
  expect(after.state).toBe("ok");
  for (const name of Object.keys(entry.chosen)) {
    expect(after.found).toContain(t(`doctor.value.${name}` as "doctor.value.threads"));
  }
  if (entry.chosen.batchTokens) {
    expect(after.found).toContain(`${entry.chosen.batchTokens} read.`);
  }
});

it("saves nothing when Ctrl-C stops it", async () => {
  const child = start(process.execPath, [CLI, "doctor", "--tune"], { env });
  await printed(child, /· Writing 1 answer/);
  // As a terminal does: to the whole group.
  process.kill(-(child.pid as number), "SIGINT");
  await printed(child, /stopped, and nothing was saved/);
  await expect.poll(() => child.exitCode).toBe(1);
  expect(existsSync(saved())).toBe(false);
});

it("has nothing to measure for an engine that is not Charla's own", async () => {
  const scripted = { ...env, CHARLA_ENGINE: "scripted" };
  const { code, stderr } = await charla(["doctor", "--tune"], { env: scripted });
  expect(code).toBe(1);
  expect(stderr).toContain("There is nothing to measure: the engine is scripted.");
});
