/** The model process dies of what native code dies of: an abort, an assertion, no memory left. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import type { Engine, Request } from "../../src/core/engine.ts";
import { startEngine } from "../../src/engines/llama/service/index.ts";
import { read } from "../unit/engines/service/engine.ts";
import { starterModel } from "./model.ts";
import { PLAN } from "./plan.ts";

vi.setConfig({ testTimeout: 180_000 });

const program = new URL("./dying-process.ts", import.meta.url);

function folderOf(death: string): string {
  const folder = mkdtempSync(join(tmpdir(), "charla-death-"));
  vi.stubEnv("CHARLA_TEST_DEATH", death);
  vi.stubEnv("CHARLA_TEST_FOLDER", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  return folder;
}

async function open(plan: Partial<typeof PLAN> = {}): Promise<Engine> {
  const named = { path: starterModel(), id: "starter", name: "Starter" };
  const engine = await startEngine({ ...named, program, plan: { ...PLAN, ...plan } });
  onTestFinished(() => engine.close());
  return engine;
}

const ask = (content: string, maxTokens = 24): Request => ({
  messages: [{ role: "user", content }],
  sampling: { temperature: 0, topP: 1, maxTokens, seed: 7 },
  reproducible: false,
  signal: new AbortController().signal,
});
const STORIES = ["ship", "forest", "clock", "robot", "city", "river"].map(
  (word) => `Write a very long story about a ${word}.`,
);

/** More than there are slots: some wait. */
async function expectNobodyLost(engine: Engine): Promise<void> {
  const answers = await Promise.all(STORIES.map((story) => read(engine.generate(ask(story)))));
  for (const { error, ending } of answers) {
    expect(error).toBeUndefined();
    expect(ending).toMatchObject({ reason: "length", completionTokens: 24 });
  }
  expect(engine.load?.().counters.restarts).toBe(1);
}

it("of SIGABRT, as the C library's abort() ends it", async () => {
  folderOf("none");
  const engine = await open();
  let count = 0;
  const kill = () => {
    if (++count !== 12) return;
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
    const row = stdout.split("\n").find((one) => {
      return one.includes("dying-process") && one.trim().split(/\s+/)[1] === String(process.pid);
    });
    process.kill(Number(row?.trim().split(/\s+/)[0]), "SIGABRT");
  };
  const answers = await Promise.all(STORIES.map((one) => read(engine.generate(ask(one)), kill)));
  for (const { error, ending } of answers) {
    expect(error).toBeUndefined();
    expect(ending?.completionTokens).toBe(24);
  }
  expect(engine.load?.()).toMatchObject({ counters: { restarts: 1 } });
});

it("of an assertion of the library, and nobody is lost", async () => {
  folderOf("assert");
  await expectNobodyLost(await open());
});

it("of having no memory left, and nobody is lost", async () => {
  folderOf("memory");
  await expectNobodyLost(await open());
});

it("of the same request again and again: that one is given up with a reason, and others go on", async () => {
  const folder = folderOf("assert");
  writeFileSync(join(folder, "always"), "");
  const engine = await open({ slots: 1 });
  const { error } = await read(engine.generate(ask(STORIES[0] as string)));
  expect(error).toMatchObject({ code: "request_stops_engine" });
  // Shorter than the process lives.
  const { error: none, ending } = await read(engine.generate(ask("Hi", 3)));
  expect(none).toBeUndefined();
  expect(ending?.completionTokens).toBe(3);
});

it("has too little memory for its KV cache: the load is refused with a reason", async () => {
  folderOf("load");
  await expect(open({ slots: 4, contextTokens: 8192 })).rejects.toMatchObject({
    code: "engine_failed",
    params: { reason: expect.stringContaining("context of this size") },
  });
});
