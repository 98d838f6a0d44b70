/** While the engine answers others, a reader is told the place in its queue. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import { queueFull, queueTimeout } from "../../../src/engines/llama/service/refusals.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import type { ChatMessage, StreamEvent } from "../../../src/features/conversations/api.ts";
import { patiently } from "../../../src/features/conversations/patience.ts";
import { Run } from "../../../src/features/conversations/run.ts";
import { serve } from "./server.ts";

const empty: ChatMessage = {
  ...{ id: "a", parentId: "q", role: "assistant", content: "", createdAt: "" },
  ...{ status: "running", details: null, error: null },
};

test("the place reaches a reader through the server, before the first text", async () => {
  const home = await mkdtemp(join(tmpdir(), "charla-waiting-"));
  onTestFinished(() => rm(home, { recursive: true }));
  const words = "word ".repeat(100).trim();
  const server = await serve(home, scripted({ slots: 1, tokenMs: 5, reply: () => words }));
  onTestFinished(() => server.stop());
  const [first, second] = [await server.create(), await server.create()];
  const ahead = await server.ask(first.id, "first");
  const { answer } = await server.ask(second.id, "second");

  const events: StreamEvent[] = [];
  const stop = `/api/conversations/${first.id}/messages/${ahead.answer.id}/stop`;
  for await (const event of server.events(second.id, answer.id)) {
    events.push(event);
    if (event.type === "waiting") await server.call("POST", stop);
  }
  expect(events[0]?.type).toBe("start");
  expect(events[1]).toEqual({ type: "waiting", place: 1 });
  expect(events[2]?.type).toBe("text");
  expect(events.filter(({ type }) => type === "waiting")).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ message: { status: "done", content: words } });
});

test("an answer that is refused for now waits and is asked for again", async () => {
  const home = await mkdtemp(join(tmpdir(), "charla-waiting-"));
  onTestFinished(() => rm(home, { recursive: true }));
  const refusals = [queueTimeout(120, 121, 1), queueFull(64, 1)];
  const engine = scripted({ reply: () => "at last" });
  const generate: typeof engine.generate = async function* (request) {
    const refusal = refusals.shift();
    if (refusal) throw refusal;
    yield* engine.generate(request);
  };
  const server = await serve(home, { ...engine, generate });
  onTestFinished(() => server.stop());
  const { id } = await server.create();
  const { answer } = await server.ask(id, "hello");
  const events = await Array.fromAsync(server.events(id, answer.id));
  const waits = events.filter(({ type }) => type === "waiting");
  expect(waits).toEqual([
    { type: "waiting", seconds: 1 },
    { type: "waiting", seconds: 1 },
  ]);
  expect(events.at(-1)).toMatchObject({ message: { status: "done", content: "at last" } });
}, 15_000);

test("an error that no wait helps with, or that comes half-way, ends the answer", async () => {
  const engine = { status: 503, message: "", hint: "" };
  const late = new CharlaError("late", { ...engine, retryAfter: 601 });
  const never = new CharlaError("never", engine);
  const { signal } = new AbortController();
  const asked = (error: CharlaError, text: string) =>
    patiently(
      async function* () {
        if (text !== "") yield { type: "text", text } as const;
        throw error;
      },
      () => true,
      signal,
    );
  await expect(Array.fromAsync(asked(late, ""))).rejects.toBe(late);
  await expect(Array.fromAsync(asked(never, ""))).rejects.toBe(never);
  const soon = new CharlaError("soon", { ...engine, retryAfter: 1 });
  await expect(Array.fromAsync(asked(soon, "half"))).rejects.toBe(soon);
});

test("each reader is told the place as it is, and none any more once there is text", async () => {
  const run = new Run("solo", "c");
  run.answer = empty;
  const early = run.read(0);
  await early.next();
  for (const place of [3, 2, 1]) run.wait({ type: "waiting", place, seconds: place * 2 });
  const now = { type: "waiting", place: 1, seconds: 2 };
  expect((await early.next()).value).toEqual(now);
  const late = run.read(0);
  await late.next();
  expect((await late.next()).value).toEqual(now);
  run.append({ text: "text" });
  expect((await late.next()).value).toEqual({ type: "text", text: "text" });
  run.end(run.answer);
  expect((await late.next()).value).toMatchObject({ type: "end" });
  const last = await Array.fromAsync(run.read(4));
  expect(last.map(({ type }) => type)).toEqual(["start", "end"]);
});
