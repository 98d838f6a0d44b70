/**
 * The strong engine with the real model in real processes, when they are killed, stopped, and
 * forgotten by their readers: nobody is lost.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import type { Engine, Piece, Request } from "../../src/core/engine.ts";
import { readGguf } from "../../src/engines/library/gguf.ts";
import { openModel, type Settings } from "../../src/engines/llama/service/open.ts";
import { serve, temporary } from "../fixtures/charla.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { read } from "../unit/engines/service/engine.ts";
import { starterModel } from "./model.ts";

/** Several starts of a real model, beside whatever else a busy machine does. */
vi.setConfig({ testTimeout: 180_000 });

async function open(settings: Partial<Settings> = {}, path = starterModel()): Promise<Engine> {
  const home = mkdtempSync(join(tmpdir(), "charla-faults-"));
  const engine = await openModel(
    // One thread each: two models at once on two cores would only wait for each other.
    {
      ...{ home, limits: {}, slots: 4, contextTokens: 2048, threads: 1, batchThreads: 1 },
      ...{ patienceMs: 4000, log() {} },
      ...settings,
    },
    { path, id: "starter", name: "Starter", gguf: await readGguf(path) },
  );
  onTestFinished(async () => {
    await engine.close();
    rmSync(home, { recursive: true });
  });
  return engine;
}

/** Process ids of model processes that this process has started, or another one. */
function processes(parent = process.pid): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((row) => {
    const [pid, ppid, state = ""] = row.trim().split(/\s+/);
    const ours = Number(ppid) === parent && /process\/main\.ts/.test(row);
    return ours && !state.startsWith("Z") ? [Number(pid)] : [];
  });
}

function request(content: string, maxTokens: number, changes: Partial<Request> = {}): Request {
  return {
    messages: [{ role: "user", content }],
    sampling: { temperature: 0, topP: 1, maxTokens, seed: 7 },
    reproducible: false,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** Greedy answers to these do not end before so many tokens. */
const STORIES = ["ship", "forest", "clock", "robot", "city", "river", "king", "farm"].map(
  (word) => `Write a very long story about a ${word}.`,
);
const isText = (piece: Piece) => typeof piece === "string";

/** Does it once, when so many texts have come in all; each may be of two or three tokens. */
function after(texts: number, work: () => void): (piece: Piece) => void {
  let count = 0;
  return (piece) => {
    if (isText(piece) && ++count === texts) work();
  };
}

it("killed in mid-stream, with as many waiting, all answers end as long as they should", async () => {
  const engine = await open();
  const kill = after(24, () => {
    for (const pid of processes()) process.kill(pid, "SIGKILL");
  });
  const answers = await Promise.all(
    STORIES.map((story) => read(engine.generate(request(story, 24)), kill)),
  );
  for (const { error, ending, text } of answers) {
    expect(error).toBeUndefined();
    expect(ending).toMatchObject({ reason: "length", completionTokens: 24 });
    expect(text.isWellFormed()).toBe(true);
  }
  expect(engine.load?.()).toMatchObject({
    ...{ busy: 0, queued: 0 },
    counters: { restarts: 1, completionTokens: 8 * 24, requests: 8 },
  });
});

it("killed in mid-stream, an answer with a seed is the same as without", async () => {
  const engine = await open();
  const asked = () => {
    const sampling = { temperature: 1, topP: 0.95, maxTokens: 40, seed: 11 };
    return request("Tell me about the sea.", 40, { sampling, reproducible: true });
  };
  const undisturbed = await read(engine.generate(asked()));
  const kill = after(7, () => process.kill(processes()[0] as number, "SIGKILL"));
  const disturbed = await read(engine.generate(asked()), kill);
  expect(disturbed.error).toBeUndefined();
  expect(disturbed.text).toBe(undisturbed.text);
  expect(disturbed.ending?.completionTokens).toBe(undisturbed.ending?.completionTokens);
  expect(engine.load?.().counters.restarts).toBe(1);
});

it("goes on after the same tokens when it is sampled, too", async () => {
  const engine = await open({ slots: 1 });
  const sampling = { temperature: 0.8, topP: 0.9, maxTokens: 40, seed: 3 };
  const asked = () => request("Tell me about the moon.", 40, { sampling });
  const undisturbed = await read(engine.generate(asked()));
  const kill = after(7, () => process.kill(processes()[0] as number, "SIGKILL"));
  const disturbed = await read(engine.generate(asked()), kill);
  expect(disturbed.error).toBeUndefined();
  expect(disturbed.ending?.reason).toBe(undisturbed.ending?.reason);
  // A prompt's sums are ordered otherwise than those of single tokens, so that answers may part
  // where two tokens are about as likely; right after the restart they do not.
  const beginning = undisturbed.pieces.filter(isText).slice(0, 9).join("");
  expect(disturbed.text.slice(0, beginning.length)).toBe(beginning);
});

it("stopped in mid-stream, it is replaced", async () => {
  const engine = await open();
  const stop = after(12, () => process.kill(processes()[0] as number, "SIGSTOP"));
  const answers = await Promise.all(
    STORIES.slice(0, 5).map((story) => read(engine.generate(request(story, 16)), stop)),
  );
  for (const { error, ending } of answers) {
    expect(error).toBeUndefined();
    expect(ending?.completionTokens).toBe(16);
  }
  expect(engine.load?.().counters.restarts).toBe(1);
  expect(processes()).toHaveLength(1);
});

it("a reader who does not read keeps no slot", async () => {
  const engine = await open({ slots: 1 });
  const unread = engine.generate(request(STORIES[0] as string, 64))[Symbol.asyncIterator]();
  expect((await read(engine.generate(request(STORIES[1] as string, 4)))).error).toBeUndefined();
  const rest = await read({ [Symbol.asyncIterator]: () => unread });
  expect(rest.ending?.completionTokens).toBe(64);
  // All that had come was one text by then.
  expect(rest.pieces.filter(isText).length).toBeLessThan(64);
});

it("cancelled while the prompt is read, the slot is free for the next one", async () => {
  const engine = await open({ slots: 1 });
  const controller = new AbortController();
  const long = request("one two three four ".repeat(400), 100, { signal: controller.signal });
  const answer = read(engine.generate(long));
  await expect.poll(() => engine.load?.().busy).toBe(1);
  controller.abort();
  expect((await answer).ending?.completionTokens).toBe(0);
  expect((await read(engine.generate(request("Hi", 3)))).ending?.completionTokens).toBe(3);
});

it("a file that has become unreadable is given up after some starts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "charla-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [path, whole] = [join(folder, "tiny.gguf"), join(folder, "whole.gguf")];
  writeGpt2(path);
  copyFileSync(path, whole);
  const engine = await open({ contextTokens: 256 }, path);
  rmSync(path);
  copyFileSync(whole, path);
  truncateSync(path, 20_000);
  for (const pid of processes()) process.kill(pid, "SIGKILL");
  const { error } = await read(engine.generate(request("Hi", 3)));
  expect(error).toMatchObject({ code: "engine_given_up", params: { deaths: 6 } });
  expect(processes()).toEqual([]);
});

it("killed under a whole server, the stream goes on and the server lives", async () => {
  const env = { CHARLA_ENGINE: "", CHARLA_HOME: temporary(), CHARLA_MODEL: starterModel() };
  Object.assign(env, { CHARLA_THREADS: "1", CHARLA_BATCH_THREADS: "1" });
  const { child, url } = await serve(["--port", "0"], { env });
  await expect
    .poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 60_000 })
    .toBe(200);
  const ask = (body: object) =>
    fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ max_tokens: 40, ...body }),
    });
  const messages = [{ role: "user", content: STORIES[0] }];
  const response = await ask({ stream: true, messages });
  const [model] = processes(child.pid);
  process.kill(model as number, "SIGKILL");
  const text = await response.text();
  expect(text).toMatch(/"finish_reason":"length"[\s\S]*data: \[DONE\]\n\n$/);
  expect(text).not.toContain('"error"');
  expect(processes(child.pid)).not.toContain(model);
  expect((await ask({ messages })).status).toBe(200);
});
