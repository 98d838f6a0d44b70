/**
 * The library with real files and real engines: checked, loaded, side by side, in turns, with
 * adapters, killed and loaded again.
 */
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine, Piece } from "../../src/core/engine.ts";
import type { Ending } from "../../src/core/types.ts";
import { CATALOGUE, STARTER } from "../../src/engines/library/catalogue.ts";
import { hubFrom } from "../../src/engines/library/hub.ts";
import { Library } from "../../src/engines/library/index.ts";
import { openModel } from "../../src/engines/llama/service/open.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { writeLora } from "../fixtures/lora.ts";
import { sha256 } from "../unit/library/hub-server.ts";
import { starterModel } from "./model.ts";

const never = new AbortController().signal;
let home: string;
let library: Library;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-"));
  await mkdir(join(home, "models", "adapters"), { recursive: true });
  await copyFile(starterModel(), join(home, "models", CATALOGUE[0]?.hub.file ?? ""));
  writeGpt2(join(home, "models", "tiny.gguf"));
});

afterEach(async () => {
  await library.close();
  await rm(home, { recursive: true, force: true });
});

function open(memoryBytes?: number): Library {
  const hub = hubFrom({ HF_HUB_OFFLINE: "1" });
  const log = () => {};
  const settings = { home, limits: {}, slots: 2, log };
  const load = openModel.bind(undefined, settings);
  library = new Library({ ...{ home, hub, load, log, memoryBytes }, contextTokens: 1024 });
  return library;
}

function generate(engine: Engine, adapter?: string): AsyncIterable<Piece> {
  return engine.generate({
    messages: [{ role: "user", content: "Say hello." }],
    sampling: { temperature: 0, topP: 1, maxTokens: 12, seed: 1 },
    reproducible: true,
    extras: adapter === undefined ? {} : { adapter },
    signal: never,
  });
}

async function ask(engine: Engine, adapter?: string) {
  let [text, ending]: [string, Ending | undefined] = ["", undefined];
  for await (const piece of generate(engine, adapter)) {
    if (typeof piece === "string") text += piece;
    else if ("reason" in piece) ending = piece;
    else if ("text" in piece) text += piece.text;
  }
  return { text, made: ending?.made };
}

/** Process ids of the engines that this process has started. */
function engines(): readonly number[] {
  const args = ["-o", "pid=,args=", "--ppid", String(process.pid)];
  const lines = execFileSync("ps", args, { encoding: "utf8" }).split("\n");
  return lines
    .filter((line) => line.includes("llama/process/main"))
    .map((line) => Number.parseInt(line, 10));
}

test("the starter and a GPT-2 answer side by side", { timeout: 120_000 }, async () => {
  await open().start();
  const [starter, tiny] = await Promise.all([
    library.get(undefined, never),
    library.get("tiny", never),
  ]);
  expect(starter.card).toMatchObject({ id: STARTER, digest: CATALOGUE[0]?.digest });
  expect(tiny.card).toMatchObject({ id: "tiny", name: "Tiny GPT-2", contextWindow: 256 });
  expect(engines()).toHaveLength(2);
  const answers = [starter, tiny].map((engine) => generate(engine)[Symbol.asyncIterator]());
  // Each has begun before the other has ended.
  for (const answer of answers) expect((await answer.next()).done).toBe(false);
  for (const answer of answers) while (!(await answer.next()).done);
  expect(library.loads().map(({ model }) => model)).toEqual([STARTER, "tiny"]);
});

test("they take turns where there is room for one", { timeout: 120_000 }, async () => {
  await open(1).start();
  const starter = await library.get(undefined, never);
  const answer = await ask(starter);
  expect(answer.text).not.toBe("");
  const tiny = await library.get("tiny", never);
  await ask(tiny);
  expect(engines()).toHaveLength(1);
  expect((await ask(starter)).text).toBe(answer.text);
  expect(library.status().model?.id).toBe(STARTER);
});

test("an adapter that comes later answers, and the base as before", {
  timeout: 120_000,
}, async () => {
  open();
  const plain = await ask(await library.get(STARTER, never));
  const path = join(home, "models", "adapters", "other.gguf");
  await writeLora(path, starterModel());
  const adapted = await ask(await library.get(STARTER, never), "other");
  expect(adapted.text).not.toBe(plain.text);
  const digest = sha256(await readFile(path));
  expect(adapted.made).toMatchObject({ adapter: { id: "other", digest } });
  const [again, both] = await Promise.all([
    library.get(STARTER, never).then((engine) => ask(engine)),
    library.get(STARTER, never).then((engine) => ask(engine, "other")),
  ]);
  expect(again.text).toBe(plain.text);
  expect(again.made?.adapter).toBeUndefined();
  expect(both.text).toBe(adapted.text);
  await expect(ask(await library.get("tiny", never), "other")).rejects.toMatchObject({
    code: "adapter_mismatch",
  });
});

/** A format that was given up long ago. */
const Q4_2 = 4;

test("an adapter that llama.cpp refuses harms nobody else", { timeout: 120_000 }, async () => {
  const [good, bad] = ["good", "bad"].map((id) => join(home, "models", "adapters", `${id}.gguf`));
  await writeLora(good as string, starterModel());
  await writeLora(bad as string, starterModel(), { type: Q4_2 });
  const starter = await open().get(STARTER, never);
  expect((await library.models()).adapters.map(({ models }) => models)).toEqual([
    [STARTER],
    [STARTER],
  ]);
  const plain = await ask(starter);
  await expect(ask(starter, "bad")).rejects.toMatchObject({ code: "adapter_refused", status: 422 });
  expect((await ask(starter, "good")).text).not.toBe(plain.text);
  expect((await ask(starter)).text).toBe(plain.text);
  expect(library.loads()[0]?.counters.restarts).toBe(0);
});

test("an engine that is killed is started again", { timeout: 120_000 }, async () => {
  const starter = await open().get(STARTER, never);
  const answer = await ask(starter);
  for (const pid of engines()) process.kill(pid, "SIGKILL");
  expect((await ask(starter)).text).toBe(answer.text);
});
