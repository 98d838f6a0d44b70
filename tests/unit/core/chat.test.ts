/** `POST /api/chat` as the smallest page uses it: what it streams, and how it fails. */
import { expect, test } from "vitest";
import { type Engine, type Engines, only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { question, serve } from "./serve.ts";

test("an answer is a start, its text and a finish", async () => {
  await using served = await serve();
  const reply = await served.post("/api/chat", { messages: question("hello there") });
  expect(reply.status).toBe(200);
  expect(reply.headers.get("content-type")).toBe("text/event-stream");
  expect(reply.headers.get("cache-control")).toBe("no-store");
  const events = (await reply.text()).trimEnd().split("\n\n");
  const types = events.map((event) => JSON.parse(event.replace(/^data: /, "")).type);
  expect(types).toEqual(["start", "text", "text", "text", "text", "finish"]);

  const answer = await served.ask(question("hello there"));
  expect(answer).toMatchObject({
    text: "You said: hello there",
    start: { model: { id: "scripted" }, promptTokens: 6, droppedMessages: 0 },
    finish: { reason: "stop", completionTokens: 4 },
  });
  expect(answer).not.toHaveProperty("error");
});

test("every sampling parameter reaches the engine, and the defaults fill in the rest", async () => {
  const asked: unknown[] = [];
  const engine: Engine = {
    ...scripted(),
    generate(request) {
      asked.push([request.sampling, request.reproducible]);
      return scripted().generate(request);
    },
  };
  await using served = await serve(only(engine));
  const sampling = { temperature: 0, topP: 0.5, maxTokens: 7, seed: 0 };
  await served.ask(question("hello"), sampling);
  await served.ask(question("hello"), { seed: 1 });
  expect(asked).toEqual([
    [sampling, true],
    [{ temperature: 0.7, topP: 0.9, maxTokens: 1024, seed: 1 }, true],
  ]);
});

test.each<[object, string]>([
  [{ sampling: { temperature: 2.1 } }, "sampling.temperature"],
  [{ sampling: { topP: 0 } }, "sampling.topP"],
  [{ sampling: { maxTokens: 0 } }, "sampling.maxTokens"],
  [{ sampling: { seed: 2 ** 32 } }, "sampling.seed"],
  [{ sampling: { top_k: 40 } }, "sampling.top_k"],
  [{ messages: [] }, "messages"],
  [{ messages: [{ role: "assistant", content: "hello" }] }, "messages"],
  [{ messages: [{ role: "tool", content: "hello" }] }, "messages[0].role"],
  [{ stream: true }, "stream"],
])("%o is refused by name", async (changes, param) => {
  await using served = await serve();
  const reply = await served.post("/api/chat", { messages: question("hello"), ...changes });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({ error: { param } });
});

test("what is wrong before the answer has a status of its own", async () => {
  const engines: Engines = {
    ...only(scripted()),
    async get(model) {
      if (model === undefined) return scripted();
      throw new CharlaError("busy", {
        status: 503,
        retryAfter: 7,
        message: "Busy.",
        hint: "Wait.",
      });
    },
  };
  await using served = await serve(engines);
  const reply = await served.post("/api/chat", { messages: question("hello"), model: "other" });
  expect(reply.status).toBe(503);
  expect(reply.headers.get("retry-after")).toBe("7");
  expect(await reply.json()).toMatchObject({ error: { code: "busy", retryable: true } });

  const tooLong = await served.ask(question("word ".repeat(9000)));
  expect(tooLong).toMatchObject({ status: 400, error: { code: "context_length_exceeded" } });
});

test("what goes wrong later is the last event, and only the log knows the details", async () => {
  const broken: Engine = {
    ...scripted(),
    async *generate() {
      yield "half an answer";
      throw new Error("the disk with the secrets is on fire");
    },
  };
  await using served = await serve(only(broken));
  const answer = await served.ask(question("hello"));
  expect(answer).toMatchObject({ status: 200, text: "half an answer" });
  expect(answer.error).toMatchObject({ code: "internal_error", type: "server_error" });
  expect(answer).not.toHaveProperty("finish");
  expect(JSON.stringify(answer)).not.toContain("secrets");
  expect(served.log).toMatchObject([
    {
      line: expect.stringMatching(/^\S+ internal_error$/),
      error: { message: expect.stringContaining("secrets") },
    },
  ]);
});

test("the stream opens while the engine has not said a word", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const thinker: Engine = {
    ...scripted(),
    async *generate(request) {
      await promise;
      yield* scripted().generate(request);
    },
  };
  await using served = await serve(only(thinker));
  const reply = await served.post("/api/chat", { messages: question("hello") });
  expect(reply.status).toBe(200);
  resolve();
  expect(await reply.text()).toContain("hello");
});
