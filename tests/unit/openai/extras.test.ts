/** What an engine can do beyond a chat, asked for by OpenAI's own client. */
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { chunk, completion } from "../../../src/features/openai/answers.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { type Saying, type Toy, toy } from "../../fixtures/toy.ts";
import { sealing } from "../../fixtures/vault.ts";
import { noServerErrors } from "../core/fuzz.ts";
import { type Json, type Served, serve } from "../core/serve.ts";

let answer: (seed: number) => readonly Saying[];
const made: Toy = toy(({ sampling }) => answer(sampling.seed));
let served: Served;
let client: OpenAI;
beforeAll(async () => {
  served = await serve(only(made.engine), [openaiApi]);
  client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => served[Symbol.asyncDispose]());

const hello = [{ role: "user" as const, content: "hello" }];
const asking = { model: "toy", messages: hello };

describe("what is asked for", () => {
  test("arrives at the engine in the core's words", async () => {
    answer = () => ["yes"];
    await client.chat.completions.create({
      ...asking,
      ...{ logprobs: true, top_logprobs: 3, seed: 9, user: "ana" },
      ...{ presence_penalty: 0.5, frequency_penalty: -2, logit_bias: { 12: -100, 7: 5.5 } },
      ...{ charla: { adapter: "poet" } },
    });
    const { extras, sampling, user } = made.asked.at(-1) ?? {};
    expect(extras).toEqual({
      logprobs: 3,
      logitBias: { 12: -100, 7: 5.5 },
      presencePenalty: 0.5,
      frequencyPenalty: -2,
      adapter: "poet",
    });
    expect({ seed: sampling?.seed, user }).toEqual({ seed: 9, user: "ana" });
  });

  test("has at most 1,024 biases", async () => {
    answer = () => ["yes"];
    const biases = (count: number) => ({
      logit_bias: Object.fromEntries(Array.from({ length: count }, (_, id) => [id, 1])),
    });
    const post = async (count: number) =>
      served.post("/v1/chat/completions", { ...asking, ...biases(count) });
    expect((await post(1024)).status).toBe(200);
    const refused = await post(1025);
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as Json).error.param).toBe("logit_bias");
  });

  test("is nothing when all of it is neutral", async () => {
    answer = () => ["yes"];
    const neutral = { logprobs: false, presence_penalty: 0, frequency_penalty: null };
    const empty = { logit_bias: {}, tools: [], charla: {} };
    await client.chat.completions.create({ ...asking, ...neutral, ...empty });
    expect(made.asked.at(-1)?.extras).toBeUndefined();
  });
});

describe("log-probabilities", () => {
  const half = Math.log(1 / 2);

  test("stand beside the answer, with as many alternatives as asked for", async () => {
    answer = () => ["one two"];
    const { choices } = await client.chat.completions.create({
      ...asking,
      logprobs: true,
      top_logprobs: 3,
    });
    const tokens = choices[0]?.logprobs?.content ?? [];
    expect(tokens.map(({ token }) => token)).toEqual(["one", " two"]);
    expect(tokens[1]).toEqual({
      token: " two",
      logprob: half,
      bytes: [32, 116, 119, 111],
      top_logprobs: [
        { token: " two", logprob: half, bytes: [32, 116, 119, 111] },
        { token: " or", logprob: Math.log(1 / 4), bytes: [32, 111, 114] },
        // As OpenAI writes what is as good as impossible: JSON has no infinity.
        { token: " never", logprob: -9999, bytes: [32, 110, 101, 118, 101, 114] },
      ],
    });
  });

  test("come with the text of a stream, where the client adds them up", async () => {
    answer = () => ["one two three"];
    const runner = client.chat.completions.stream({ ...asking, logprobs: true });
    const { choices } = await runner.finalChatCompletion();
    const tokens = choices[0]?.logprobs?.content ?? [];
    expect(tokens.map(({ token }) => token).join("")).toBe("one two three");
    expect(tokens.every(({ top_logprobs }) => top_logprobs.length === 0)).toBe(true);
  });

  test.each([true, false])(
    "are not told of what a stop has cut off, stream: %s",
    async (stream) => {
      answer = () => ["one two three four five six"];
      const asked = { ...asking, logprobs: true, stop: ["o thr", "four"] };
      const { choices } = stream
        ? await client.chat.completions.stream(asked).finalChatCompletion()
        : await client.chat.completions.create(asked);
      expect(choices[0]?.message.content).toBe("one tw");
      expect(choices[0]?.logprobs?.content?.map(({ token }) => token)).toEqual(["one"]);
      expect(choices[0]?.finish_reason).toBe("stop");
    },
  );

  test.each([undefined, ["never"]])(
    "are told of tokens that have no text of their own, stop: %s",
    async (stop) => {
      const half = { id: 7, text: "\ufffd", bytes: [0xf0, 0x9f], logprob: -1, top: [] };
      answer = () => ["one two", { type: "text", text: "", tokens: [half] }];
      for (const stream of [false, true]) {
        const asked = { ...asking, logprobs: true, stop };
        const { choices } = stream
          ? await client.chat.completions.stream(asked).finalChatCompletion()
          : await client.chat.completions.create(asked);
        expect(choices[0]?.message.content).toBe("one two");
        const bytes = choices[0]?.logprobs?.content?.map((token) => token.bytes) ?? [];
        expect(bytes).toHaveLength(3);
        expect(bytes.at(-1)).toEqual([0xf0, 0x9f]);
      }
    },
  );

  test("are null unasked", async () => {
    answer = () => ["one"];
    const { choices } = await client.chat.completions.create(asking);
    expect(choices[0]?.logprobs).toBeNull();
  });
});

describe("several answers", () => {
  beforeAll(() => {
    answer = (seed) => [`answer of ${seed}`];
  });

  test("have seeds one after the other, and their usage is added up", async () => {
    const reply = await client.chat.completions.create({ ...asking, n: 3, seed: 2 ** 40 });
    expect(reply.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(reply.choices.map(({ message }) => message.content)).toEqual([
      "answer of 1099511627776",
      "answer of 1099511627777",
      "answer of 1099511627778",
    ]);
    // One prompt, read by three.
    expect(reply.usage).toMatchObject({
      prompt_tokens: 5,
      completion_tokens: 9,
      total_tokens: 14,
      prompt_tokens_details: { cached_tokens: 2 },
    });
    const { charla } = reply as Json;
    expect(charla.choices.map(({ seed }: Json) => seed)).toEqual(
      [0, 1, 2].map((one) => 2 ** 40 + one),
    );
    expect(charla.choices.every(({ finish }: Json) => finish.completionTokens === 3)).toBe(true);
  });

  test("have seeds of their own when none is given", async () => {
    const { choices } = await client.chat.completions.create({ ...asking, n: 4 });
    expect(new Set(choices.map(({ message }) => message.content)).size).toBe(4);
  });

  test("stream at the same time, each chunk with its number", async () => {
    const stream = await client.chat.completions.create({
      ...asking,
      ...{ n: 3, seed: 5, stream: true, stream_options: { include_usage: true } },
    });
    const chunks = await Array.fromAsync(stream);
    const texts = ["", "", ""];
    for (const { choices } of chunks) {
      for (const { index, delta } of choices) texts[index] += delta.content ?? "";
    }
    expect(texts).toEqual(["answer of 5", "answer of 6", "answer of 7"]);
    const order = chunks.flatMap(({ choices }) => choices.map(({ index }) => index)).join("");
    expect(order, "they do not wait for each other").not.toMatch(/^0+1+2+$/);
    const reasons = chunks.flatMap(({ choices }) => choices.map((one) => one.finish_reason));
    expect(reasons.filter((reason) => reason !== null)).toEqual(["stop", "stop", "stop"]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(9);
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });

  test("end together when one of them fails", async () => {
    const busy = { status: 503, retryAfter: 3, message: "Full.", hint: "Wait." };
    const signals: AbortSignal[] = [];
    const { engine } = toy(() => ["la ".repeat(100_000)]);
    const one = {
      ...engine,
      async *generate(request: Parameters<typeof engine.generate>[0]) {
        signals.push(request.signal);
        if (request.sampling.seed === 2) throw new CharlaError("engine_busy", busy);
        yield* engine.generate(request);
      },
    };
    await using served = await serve(only(one), [openaiApi]);
    for (const stream of [true, false]) {
      const body = { ...asking, n: 3, seed: 1, stream };
      const reply = await served.post("/v1/chat/completions", body);
      expect(reply.status).toBe(503);
      expect(reply.headers.get("retry-after")).toBe("3");
      await expect.poll(() => signals.every(({ aborted }) => aborted)).toBe(true);
    }
    expect(signals).toHaveLength(6);
  });
});

describe("the place in the queue", () => {
  const waits = [3, 2, 1].map((place) => ({ type: "waiting", place, seconds: 2 * place }) as const);

  test("does not open a stream that may still be refused", async () => {
    const busy = { status: 503, retryAfter: 9, message: "Too long.", hint: "Wait." };
    const { engine } = toy(() => []);
    const late = {
      ...engine,
      async *generate() {
        yield* waits;
        throw new CharlaError("engine_busy", busy);
      },
    };
    await using served = await serve(only(late), [openaiApi]);
    const reply = await served.post("/v1/chat/completions", { ...asking, stream: true });
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([503, "9"]);
  });

  test("is told in chunks that clients take for silence", async () => {
    answer = () => [...waits, "my turn"];
    const runner = client.chat.completions.stream(asking);
    const places: number[] = [];
    runner.on("chunk", (one: Json) => one.charla?.waiting && places.push(one.charla.waiting.place));
    expect(await runner.finalContent()).toBe("my turn");
    expect(places).toEqual([3, 2, 1]);
  });

  test("is left out of an answer at once", async () => {
    answer = () => [...waits, "my turn"];
    const { choices } = await client.chat.completions.create({ ...asking, stop: ["never"] });
    expect(choices[0]?.message.content).toBe("my turn");
  });
});

test("the fingerprint names the model's file and not the request", async () => {
  answer = () => ["yes"];
  const prints = await Promise.all(
    [1, 2].map(
      async (seed) =>
        (await client.chat.completions.create({ ...asking, seed })).system_fingerprint,
    ),
  );
  expect(prints[0]).toMatch(/^fp_[0-9a-f]{12}$/);
  expect(prints[1]).toBe(prints[0]);
  const { engine } = toy(() => ["yes"]);
  const other = { ...engine, card: { ...engine.card, digest: "another file" } };
  await using served = await serve(only(other), [openaiApi]);
  const reply = await served.post("/v1/chat/completions", asking);
  expect(((await reply.json()) as Json).system_fingerprint).not.toBe(prints[0]);
});

test("answers with everything in them have the fields of the reference and no others", async () => {
  const call = { id: "1", name: "clock", arguments: "{}" };
  answer = () => ["one two", { type: "text", text: "", toolCall: call }];
  const tools = [{ type: "function", function: { name: "clock" } }];
  const body = { ...asking, n: 2, logprobs: true, top_logprobs: 2, tools };
  const whole = await (await served.post("/v1/chat/completions", body)).json();
  expect(completion.parse(whole)).toEqual(whole);
  const stream = await served.post("/v1/chat/completions", { ...body, stream: true });
  const events = (await stream.text()).split("\n\n").filter((event) => event.includes("{"));
  const chunks = events.map((event) => JSON.parse(event.slice("data: ".length)));
  expect(chunks.length).toBeGreaterThan(6);
  expect(chunks.map((one) => chunk.parse(one))).toEqual(chunks);
});

test("no request gives a 5xx where everything is granted", async () => {
  answer = () => ["one two"];
  const opened = await freshDatabase([vaultTables, openaiApi]);
  await using served = await serve(only(made.engine), [openaiApi], [], sealing(opened));
  await noServerErrors(served.url, served.routes);
  expect(served.log).toEqual([]);
});
