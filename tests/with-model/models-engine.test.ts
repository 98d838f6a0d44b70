/** The library with real files and real engines: checked, loaded, changed, killed and loaded again. */
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../src/core/engine.ts";
import { CATALOGUE, STARTER } from "../../src/engines/library/catalogue.ts";
import { hubFrom } from "../../src/engines/library/hub.ts";
import { Library } from "../../src/engines/library/index.ts";
import { startLlama } from "../../src/engines/llama/index.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { starterModel } from "./model.ts";

const never = new AbortController().signal;
let home: string;
let library: Library;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-"));
  await mkdir(join(home, "models"));
  await copyFile(starterModel(), join(home, "models", CATALOGUE[0]?.hub.file ?? ""));
  writeGpt2(join(home, "models", "tiny.gguf"));
  const hub = hubFrom({ HF_HUB_OFFLINE: "1" });
  library = new Library({ home, hub, load: startLlama, log: () => {} });
});

afterEach(async () => {
  await library.close();
  await rm(home, { recursive: true, force: true });
});

async function ask(engine: Engine): Promise<string> {
  let text = "";
  const pieces = engine.generate({
    messages: [{ role: "user", content: "Say hello." }],
    sampling: { temperature: 0, topP: 1, maxTokens: 8, seed: 1 },
    reproducible: false,
    signal: never,
  });
  for await (const piece of pieces) if (typeof piece === "string") text += piece;
  return text;
}

/** Process ids of the engines that this process has started. */
function engines(): readonly number[] {
  const list = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], {
    encoding: "utf8",
  });
  return list
    .split("\n")
    .filter((line) => line.includes("llama/worker"))
    .map((line) => Number.parseInt(line, 10));
}

test("the starter and a GPT-2 take turns in memory", { timeout: 120_000 }, async () => {
  await library.start();
  const starter = await library.get(undefined, never);
  expect(starter.card).toMatchObject({ id: STARTER, digest: CATALOGUE[0]?.digest });
  const answer = await ask(starter);
  expect(answer).not.toBe("");
  const tiny = await library.get("tiny", never);
  expect(tiny.card).toMatchObject({ id: "tiny", name: "Tiny GPT-2", contextWindow: 256 });
  await ask(tiny);
  expect(engines()).toHaveLength(1);
  expect(await ask(starter)).toBe(answer);
  expect(library.status().model?.id).toBe(STARTER);
});

test("an engine that is killed is started again", { timeout: 120_000 }, async () => {
  const starter = await library.get(STARTER, never);
  const answer = await ask(starter);
  for (const pid of engines()) process.kill(pid, "SIGKILL");
  expect(await ask(starter)).toBe(answer);
});
