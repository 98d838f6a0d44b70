/** What OpenAI's shape takes and refuses, beyond what its own clients send. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { chunk, completion, modelList } from "../../../src/features/openai/answers.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { sealing } from "../../fixtures/vault.ts";
import { noServerErrors } from "../core/fuzz.ts";
import { type Json, question, type Served, serve } from "../core/serve.ts";

const CHAT = "/v1/chat/completions";
const hello = question("hello");

let served: Served;
beforeAll(async () => {
  served = await serve(only(scripted()), [openai]);
});
afterAll(() => served[Symbol.asyncDispose]());

async function refusal(body: unknown): Promise<Json> {
  const reply = await served.post(CHAT, body);
  expect(reply.status).toBe(400);
  return ((await reply.json()) as Json).error;
}

describe("fields", () => {
  const wrong = [null, true, 7, -1, 1.5, "text", "", [], {}, [null], { a: 1 }, [[]]];
  test.each([
    "messages",
    "model",
    "stream",
    "stream_options",
    "temperature",
    "top_p",
    "max_tokens",
    "max_completion_tokens",
    "seed",
    "stop",
    "n",
    "user",
    "response_format",
    "logprobs",
  ])("%s of any wrong type is refused by its name, or harmless", async (field) => {
    let refused = 0;
    for (const value of wrong) {
      const reply = await served.post(CHAT, { messages: hello, [field]: value });
      expect([200, 400, 404]).toContain(reply.status);
      const { error } = (await reply.json().catch(() => ({}))) as Json;
      if (reply.status === 400) {
        refused += 1;
        expect(error.param.startsWith(field), `${error.param} for ${field}`).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(5);
  });

  test.each(["\\ud83d", "\\udc00 text", "\\u0000"])("%s is not text", async (escaped) => {
    for (const content of [`"${escaped}"`, `[{"type":"text","text":"${escaped}"}]`]) {
      const body = `{"messages":[{"role":"user","content":${content}}]}`;
      expect(await refusal(body)).toMatchObject({ code: "invalid_value" });
    }
    const stop = `{"messages":${JSON.stringify(hello)},"stop":"${escaped}"}`;
    expect((await refusal(stop)).param).toBe("stop");
  });

  test("what is no text and no image in a message is refused, not left out", async () => {
    const sound = { type: "input_audio", input_audio: { data: "", format: "wav" } };
    const content = [{ type: "text", text: "What is this?" }, sound];
    const { param } = await refusal({ messages: [{ role: "user", content }] });
    expect(param).toMatch(/^messages\[0\]\.content/);
  });

  test("ten thousand messages are answered, one more is refused", async () => {
    const many = Array.from({ length: 10_000 }, () => hello).flat();
    const reply = await served.post(CHAT, { messages: many });
    expect(reply.status).toBe(200);
    expect(((await reply.json()) as Json).charla.droppedMessages).toBeGreaterThan(5000);
    expect((await refusal({ messages: [...many, ...hello] })).param).toBe("messages");
  });
});

test("answers have the fields that the reference names, and no others", async () => {
  const reply = await served.post(CHAT, { messages: hello });
  const whole = await reply.json();
  expect(completion.parse(whole)).toEqual(whole);

  const stream_options = { include_usage: true };
  const stream = await served.post(CHAT, { messages: hello, stream: true, stream_options });
  const events = (await stream.text()).split("\n\n").filter((event) => event.includes("{"));
  const chunks = events.map((event) => JSON.parse(event.slice("data: ".length)));
  expect(chunks.length).toBeGreaterThan(3);
  expect(chunks.map((one) => chunk.parse(one))).toEqual(chunks);

  const models = await served.json("/v1/models");
  expect(modelList.parse(models)).toEqual(models);
});

test("no request gives a 5xx", async () => {
  const opened = await freshDatabase([vaultTables, openai]);
  await using served = await serve(undefined, [openai], [], sealing(opened));
  await noServerErrors(served.url, served.routes);
  expect(served.log).toEqual([]);
});

test("a long prompt does not keep the stream closed for ever", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const thinker: Engine = {
    ...scripted(),
    async *generate(request) {
      await promise;
      yield* scripted().generate(request);
    },
  };
  await using served = await serve(only(thinker), [openai]);
  // The response begins while the engine has not said a word.
  const reply = await served.post(CHAT, { messages: hello, stream: true });
  expect(reply.status).toBe(200);
  resolve();
  expect(await reply.text()).toContain("hello");
});
