/** The official clients, unmodified, over real HTTP. */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { APICallError, generateText, streamText } from "ai";
import OpenAI, {
  APIError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, type Engines, only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { type Served, serve } from "../core/serve.ts";

const parrot = scripted({ id: "parrot" });
const slow = scripted({ id: "slow", tokenMs: 5, reply: () => "la ".repeat(2000) });
const busy = new CharlaError("remote_busy", {
  status: 429,
  retryAfter: 7,
  message: "Busy.",
  hint: "Wait.",
});
const broken: Engine = {
  ...parrot,
  card: { ...parrot.card, id: "broken" },
  async *generate() {
    yield "half an answer";
    throw new Error("the disk with the secrets is on fire");
  },
};
const down: Engine = {
  ...broken,
  // biome-ignore lint/correctness/useYield: it fails before its first token.
  async *generate() {
    throw busy;
  },
};
const all: Record<string, Engine> = { parrot, slow, broken, down };
/** How many turns were asked of each engine, and which signals they got. */
const signals: AbortSignal[] = [];
const engines: Engines = {
  ...only(parrot),
  list: async () => [parrot.card, slow.card],
  async get(model = "parrot", signal) {
    signals.push(signal);
    const engine = all[model];
    if (engine) return engine;
    const options = { status: 404, param: "model", message: "No {model}.", hint: "Look again." };
    throw new CharlaError("model_not_found", { ...options, params: { model } });
  },
};

let served: Served;
let openai: OpenAI;
beforeAll(async () => {
  served = await serve(engines, [openaiApi]);
  openai = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => served[Symbol.asyncDispose]());

const hello = [{ role: "user" as const, content: "hello there" }];
const clock = { type: "function", function: { name: "clock", parameters: {} } };
const choose = (name: string) => ({ type: "function", function: { name } });
const call = { id: "1", type: "function", function: { name: "clock", arguments: "{}" } };
const called = { role: "assistant", tool_calls: [call] };
const failure = (work: PromiseLike<unknown>) =>
  work.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => error,
  );

describe("openai", () => {
  test("an answer at once", async () => {
    const completion = await openai.chat.completions.create({ model: "parrot", messages: hello });
    expect(completion).toMatchObject({
      object: "chat.completion",
      model: "parrot",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "You said: hello there", refusal: null },
          finish_reason: "stop",
          logprobs: null,
        },
      ],
      usage: { prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 },
    });
    expect(completion.id).toMatch(/^chatcmpl-/);
    expect(completion.created).toBeGreaterThan(1_700_000_000);
    expect(Number.isInteger(completion.created)).toBe(true);
  });

  test("an answer as a stream, with its usage at the end", async () => {
    const stream = await openai.chat.completions.create({
      model: "parrot",
      messages: hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.every(({ object }) => object === "chat.completion.chunk")).toBe(true);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "" });
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    expect(text).toBe("You said: hello there");
    const reasons = chunks.flatMap(({ choices }) => choices.map((one) => one.finish_reason));
    expect(reasons).toEqual([null, null, null, null, null, "stop"]);
    // "All other chunks will also include a usage field, but with a null value."
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 },
    });
  });

  test("a stream has no usage unasked", async () => {
    const stream = await openai.chat.completions.create({
      model: "parrot",
      messages: hello,
      stream: true,
    });
    for await (const chunk of stream) {
      expect(chunk).not.toHaveProperty("usage");
      expect(chunk.choices).toHaveLength(1);
    }
  });

  test("the stream helper of the client adds it up", async () => {
    const runner = openai.chat.completions.stream({ model: "parrot", messages: hello });
    expect(await runner.finalContent()).toBe("You said: hello there");
    expect((await runner.finalChatCompletion()).choices[0]?.finish_reason).toBe("stop");
  });

  test("an answer can be sent back as it came", async () => {
    const { choices } = await openai.chat.completions.create({ model: "parrot", messages: hello });
    const answer = choices[0]?.message;
    if (!answer) throw new TypeError("no answer");
    const again = await openai.chat.completions.create({
      model: "parrot",
      messages: [...hello, answer, { role: "user", content: "and now?" }],
    });
    expect(again.choices[0]?.message.content).toBe("You said: and now?");
  });

  test.each([{ max_tokens: 2 }, { max_completion_tokens: 2 }])("%o ends it", async (limit) => {
    const { choices, usage } = await openai.chat.completions.create({
      model: "parrot",
      messages: hello,
      ...limit,
    });
    expect(choices[0]).toMatchObject({
      finish_reason: "length",
      message: { content: "You said:" },
    });
    expect(usage?.completion_tokens).toBe(2);
  });

  test.each([" hello", [" nothing", " hello"]])("stop %o ends it before", async (stop) => {
    const { choices } = await openai.chat.completions.create({
      model: "parrot",
      messages: hello,
      stop,
    });
    expect(choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "You said:" } });
  });

  test("every parameter that Charla honours, and content in parts", async () => {
    const { choices } = await openai.chat.completions.create({
      model: "parrot",
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "one " },
            { type: "text", text: "two" },
          ],
        },
      ],
      temperature: 0,
      top_p: 1,
      seed: 5,
      max_tokens: null,
      stop: null,
      n: 1,
      user: "somebody",
    });
    expect(choices[0]?.message.content).toBe("You said: one two");
  });

  test("the list of models", async () => {
    const models = await Array.fromAsync(openai.models.list());
    expect(models.map(({ id }) => id)).toEqual(["parrot", "slow"]);
    expect(models[0]).toMatchObject({ object: "model", owned_by: "local" });
  });

  test("a stream that is aborted aborts the turn", async () => {
    const stream = await openai.chat.completions.create({
      model: "slow",
      messages: hello,
      stream: true,
    });
    const signal = signals.at(-1);
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await expect.poll(() => signal?.aborted).toBe(true);
  });

  test("a request that is aborted aborts the turn", async () => {
    const abort = new AbortController();
    const before = signals.length;
    const work = failure(
      openai.chat.completions.create({ model: "slow", messages: hello }, { signal: abort.signal }),
    );
    await expect.poll(() => signals.length).toBe(before + 1);
    abort.abort();
    expect(await work).toBeInstanceOf(OpenAI.APIUserAbortError);
    await expect.poll(() => signals[before]?.aborted).toBe(true);
    expect(served.log).toEqual([]);
  });

  test("an unknown model is a NotFoundError", async () => {
    const error = await failure(
      openai.chat.completions.create({ model: "gpt-5", messages: hello }),
    );
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: "model_not_found", param: "model" });
  });

  test("a name that does not exist is refused by name", async () => {
    const error = await failure(
      openai.chat.completions.create({ model: "parrot", messages: hello, ...{ top_q: 40 } }),
    );
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({
      code: "unsupported_parameter",
      param: "top_q",
      type: "invalid_request_error",
    });
    expect((error as Error).message).toContain("top_q");
  });

  test.each<[object, string]>([
    [{ temperature: 2.1 }, "temperature"],
    [{ n: 17 }, "n"],
    [{ top_logprobs: 3 }, "top_logprobs"],
    [{ logprobs: true, top_logprobs: 21 }, "top_logprobs"],
    [{ presence_penalty: 2.5 }, "presence_penalty"],
    [{ logit_bias: { hello: 1 } }, "logit_bias.hello"],
    [{ logit_bias: { 5: 101 } }, "logit_bias.5"],
    [{ response_format: { type: "yaml" } }, "response_format.type"],
    [{ messages: [] }, "messages"],
    [{ tool_choice: "required" }, "tool_choice"],
    [{ top_k: -2 }, "top_k"],
    [{ min_p: 1.5 }, "min_p"],
    [{ repeat_penalty: 1.1, repetition_penalty: 1.2 }, "repetition_penalty"],
    [{ dry_multiplier: 1, dry_allowed_length: 0 }, "dry_allowed_length"],
    [{ seed: 1.5 }, "seed"],
    [{ max_tokens: 0 }, "max_tokens"],
    [{ continue_final_message: true }, "continue_final_message"],
    [{ add_generation_prompt: false }, "add_generation_prompt"],
    [{ functions: [clock.function] }, "functions"],
    [{ tools: [clock, clock] }, "tools"],
    [{ tools: [clock], tool_choice: choose("calendar") }, "tool_choice"],
    [{ messages: [{ role: "tool", content: "x", tool_call_id: "1" }] }, "messages[0].tool_call_id"],
    [{ messages: [called, ...hello] }, "messages[1].role"],
    [{ messages: [called] }, "messages"],
    [{ messages: [{ role: "user", content: null }] }, "messages[0].content"],
    [{ messages: [{ role: "function", content: "x" }] }, "messages[0].role"],
  ])("%o is refused with the field's name", async (extra, param) => {
    const error = await failure(
      openai.chat.completions.create({ model: "parrot", messages: hello, ...extra }),
    );
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ code: "invalid_value", param });
  });

  test.each<[object, string]>([
    [{ logprobs: true }, "logprobs"],
    [{ logit_bias: { 50: 1 } }, "logit_bias"],
    [{ presence_penalty: 0.5 }, "presence_penalty"],
    [{ top_k: 40 }, "top_k"],
    [{ min_p: 0.05 }, "min_p"],
    [{ repeat_penalty: 1.1 }, "repeat_penalty"],
    [{ dry_multiplier: 0.8 }, "dry_multiplier"],
    [{ frequency_penalty: -1 }, "frequency_penalty"],
    [{ response_format: { type: "json_object" } }, "response_format"],
    [{ tools: [clock] }, "tools"],
    [{ messages: [called, { role: "tool", content: "12:00", tool_call_id: "1" }] }, "tools"],
    [{ charla: { adapter: "poet" } }, "charla.adapter"],
  ])("%o is refused by name where the engine cannot do it", async (extra, param) => {
    for (const stream of [true, false]) {
      const asked = { model: "parrot", messages: hello, ...extra, stream };
      const error = await failure(openai.chat.completions.create(asked));
      expect(error).toBeInstanceOf(BadRequestError);
      const code = param === "tools" ? "tools_unsupported" : "not_granted";
      expect(error).toMatchObject({ code, param });
      expect((error as Error).message).toContain(param === "tools" ? "tools" : `'${param}'`);
    }
  });

  test("what asks for nothing is accepted by every engine", async () => {
    const { choices } = await openai.chat.completions.create({
      model: "parrot",
      messages: hello,
      ...{ logprobs: false, logit_bias: {}, presence_penalty: 0, frequency_penalty: 0 },
      ...{ response_format: { type: "text" }, tools: [], tool_choice: "none" },
    });
    expect(choices[0]?.message.content).toBe("You said: hello there");
  });

  test.each([
    ["/v1/embeddings", { input: "a" }],
    ["/v1/tokenize", { prompt: "a" }],
    ["/v1/detokenize", { tokens: [1] }],
    ["/v1/score", { text: "a" }],
  ])("%s is refused where the engine has not the means", async (path, body) => {
    const reply = await served.post(path, body);
    expect(reply.status).toBe(400);
    expect(((await reply.json()) as { error: unknown }).error).toMatchObject({
      code: "not_offered",
      param: "model",
    });
  });

  test("one message that is too long is refused with the counts", async () => {
    const content = "word ".repeat(9000);
    const error = await failure(
      openai.chat.completions.create({ model: "parrot", messages: [{ role: "user", content }] }),
    );
    expect(error).toMatchObject({
      status: 400,
      code: "context_length_exceeded",
      param: "messages",
    });
    expect((error as Error).message).toMatch(/9\d\d\d tokens.*8192/);
  });

  test.each([true, false])("a failure before the first token, stream: %s", async (stream) => {
    const error = await failure(
      openai.chat.completions.create({ model: "down", messages: hello, stream }),
    );
    expect(error).toBeInstanceOf(RateLimitError);
    expect((error as APIError).headers?.get("retry-after")).toBe("7");
  });

  test("a bug before the answer is an InternalServerError that tells nothing", async () => {
    served.log.length = 0;
    const error = await failure(
      openai.chat.completions.create({ model: "broken", messages: hello }),
    );
    expect(error).toBeInstanceOf(InternalServerError);
    expect((error as Error).message).not.toContain("secrets");
    expect(served.log.map(({ error }) => String(error))).toEqual([
      "Error: the disk with the secrets is on fire",
    ]);
  });

  test("a failure in the middle of a stream is thrown after what came, and logged", async () => {
    served.log.length = 0;
    const stream = await openai.chat.completions.create({
      model: "broken",
      messages: hello,
      stream: true,
    });
    let text = "";
    const read = async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    };
    const error = await failure(read());
    expect(text).toBe("half an answer");
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: "internal_error", type: "server_error" });
    expect(served.log).toHaveLength(1);
    expect(served.log[0]?.line).toMatch(/^\S+ internal_error$/);
    served.log.length = 0;
  });

  test("after an error event the stream still ends with [DONE]", async () => {
    const body = { model: "broken", messages: hello, stream: true };
    const reply = await served.post("/v1/chat/completions", body);
    const events = (await reply.text()).trim().split("\n\n");
    expect(JSON.parse(events.at(-2)?.slice(6) ?? "")).toHaveProperty("error.code");
    expect(events.at(-1)).toBe("data: [DONE]");
    served.log.length = 0;
  });

  test("a page of another origin is a PermissionDeniedError", async () => {
    const foreign = new OpenAI({
      baseURL: `${served.url}/v1`,
      apiKey: "none",
      defaultHeaders: { origin: "https://evil.example" },
    });
    expect(await failure(foreign.models.list())).toBeInstanceOf(PermissionDeniedError);
  });
});

describe("AI SDK", () => {
  const model = (id = "parrot") =>
    createOpenAICompatible({
      name: "charla",
      baseURL: `${served.url}/v1`,
      includeUsage: true,
    }).chatModel(id);

  test("generateText", async () => {
    const { text, usage, finishReason } = await generateText({
      model: model(),
      instructions: "Be brief.",
      prompt: "hello there",
      temperature: 0.2,
      seed: 3,
      stopSequences: ["never"],
    });
    expect({ text, finishReason }).toEqual({ text: "You said: hello there", finishReason: "stop" });
    expect(usage).toMatchObject({ inputTokens: 12, outputTokens: 4, totalTokens: 16 });
  });

  test("streamText", async () => {
    const result = streamText({ model: model(), prompt: "hello there", maxOutputTokens: 3 });
    expect((await Array.fromAsync(result.textStream)).join("")).toBe("You said: hello");
    expect(await result.finishReason).toBe("length");
    expect(await result.usage).toMatchObject({ inputTokens: 6, outputTokens: 3 });
  });

  test("an error says which and whether to try again", async () => {
    const notFound = await failure(
      generateText({ model: model("none"), prompt: "hi", maxRetries: 0 }),
    );
    expect(notFound).toBeInstanceOf(APICallError);
    expect(notFound).toMatchObject({ statusCode: 404, message: "No none.", isRetryable: false });
    const rate = await failure(generateText({ model: model("down"), prompt: "hi", maxRetries: 0 }));
    expect(rate).toMatchObject({ statusCode: 429, isRetryable: true });
  });
});

describe("LangChain", () => {
  const chat = (fields = {}) =>
    new ChatOpenAI({
      model: "parrot",
      apiKey: "none",
      configuration: { baseURL: `${served.url}/v1` },
      maxRetries: 0,
      ...fields,
    });

  test("invoke", async () => {
    const reply = await chat({ temperature: 0.1, maxTokens: 50 }).invoke([
      ["system", "Be brief."],
      ["human", "hello there"],
    ]);
    expect(reply.content).toBe("You said: hello there");
    expect(reply.usage_metadata).toMatchObject({ input_tokens: 12, output_tokens: 4 });
  });

  test("stream", async () => {
    const chunks = await Array.fromAsync(await chat().stream("hello there"));
    expect(chunks.map(({ content }) => content).join("")).toBe("You said: hello there");
    expect(chunks.at(-1)?.usage_metadata ?? chunks.at(-2)?.usage_metadata).toMatchObject({
      input_tokens: 6,
    });
  });

  test("a conversation goes back as it came", async () => {
    const first = await chat().invoke("hello there");
    const second = await chat().invoke([["human", "hello there"], first, ["human", "bye"]]);
    expect(second.content).toBe("You said: bye");
  });

  test("an error keeps its code", async () => {
    const error = await failure(chat({ model: "none" }).invoke("hi"));
    expect(error).toMatchObject({ status: 404, code: "model_not_found" });
  });
});
