/** Texts that are gone on with as they stand: OpenAI's older route, by its own client and by hand. */
import OpenAI, { BadRequestError } from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Request } from "../../../src/core/engine.ts";
import { type Engine, only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { textCompletion } from "../../../src/features/openai/text/answers.ts";
import { type Saying, split, toy } from "../../fixtures/toy.ts";
import { noServerErrors } from "../core/fuzz.ts";
import { type Json, type Served, serve } from "../core/serve.ts";

const PATH = "/v1/completions";
let answer: (request: Request) => readonly Saying[];
const { engine, asked } = toy((request) => answer(request));
let served: Served;
let client: OpenAI;
beforeAll(async () => {
  served = await serve(only(engine), [openaiApi]);
  client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => served[Symbol.asyncDispose]());
beforeEach(() => {
  asked.length = 0;
  answer = ({ messages }) => [`, after ${messages.at(-1)?.content}`];
});

const complete = async (body: object): Promise<Json> => {
  const reply = await served.post(PATH, body);
  const said = (await reply.json()) as Json;
  expect(reply.status, JSON.stringify(said)).toBe(200);
  expect(textCompletion.parse(said)).toBeDefined();
  return said;
};
const refused = async (body: object): Promise<Json> => {
  const reply = await served.post(PATH, body);
  expect(reply.status).toBe(400);
  return ((await reply.json()) as Json).error;
};
const texts = ({ choices }: { choices: readonly { text: string }[] }) =>
  choices.map(({ text }) => text);

describe("a text", () => {
  test("is gone on with as it stands, in no chat", async () => {
    const said = await client.completions.create({ model: "toy", prompt: "Once", seed: 4 });
    expect(said).toMatchObject({
      object: "text_completion",
      id: expect.stringMatching(/^cmpl-/),
      model: "toy",
      choices: [{ index: 0, text: ", after Once", logprobs: null, finish_reason: "stop" }],
      usage: { completion_tokens: 3 },
    });
    expect(asked[0]).toMatchObject({
      messages: [{ role: "user", content: "Once" }],
      sampling: { maxTokens: 16, seed: 4 },
      extras: { raw: true },
    });
  });

  test("comes in a list, each with its answers, in order and with seeds of their own", async () => {
    const said = await complete({ prompt: ["a b", "c"], n: 2, seed: 10 });
    expect(texts(said)).toEqual([", after a b", ", after a b", ", after c", ", after c"]);
    expect(said.choices.map(({ index }: Json) => index)).toEqual([0, 1, 2, 3]);
    expect(asked.map(({ sampling }) => sampling.seed).toSorted()).toEqual([10, 10, 11, 11]);
    const [one, two] = [await complete({ prompt: "a b" }), await complete({ prompt: "c" })];
    // A prompt counts once, however many answers it has.
    expect(said.usage.prompt_tokens).toBe(one.usage.prompt_tokens + two.usage.prompt_tokens);
    expect(said.usage.completion_tokens).toBe(
      2 * (one.usage.completion_tokens + two.usage.completion_tokens),
    );
  });

  test("comes as tokens, of one text or several", async () => {
    const tokens = async (prompt: string) =>
      ((await (await served.post("/v1/tokenize", { prompt })).json()) as Json).tokens;
    const [some, other] = [await tokens("one two"), await tokens("three")];
    expect(texts(await complete({ prompt: some }))).toEqual([", after one two"]);
    const both = await complete({ prompt: [some, other] });
    expect(texts(both)).toEqual([", after one two", ", after three"]);
  });

  test("is a stream of chunks in the form of the whole", async () => {
    const stream = await client.completions.create({
      ...{ model: "toy", prompt: ["a", "b"], stream: true },
      ...{ stream_options: { include_usage: true }, echo: true },
    });
    const written = ["", ""];
    const reasons: (string | null)[] = [];
    let usage: unknown;
    for await (const chunk of stream) {
      expect(textCompletion.parse(chunk)).toBeDefined();
      for (const { index, text, finish_reason } of chunk.choices) {
        written[index] += text;
        if (finish_reason !== null) reasons.push(finish_reason);
      }
      usage = chunk.usage ?? usage;
    }
    expect(written).toEqual(["a, after a", "b, after b"]);
    expect(reasons).toEqual(["stop", "stop"]);
    expect(usage).toMatchObject({ completion_tokens: 6 });
  });

  test("ends at its limit or before a stop", async () => {
    answer = () => ["one two three four"];
    const cut = await complete({ prompt: "x", max_tokens: 2 });
    expect(cut.choices[0]).toMatchObject({ text: "one two", finish_reason: "length" });
    const stopped = await complete({ prompt: "x", stop: [" three"] });
    expect(stopped.choices[0]).toMatchObject({ text: "one two", finish_reason: "stop" });
  });
});

describe("log-probabilities", () => {
  test("stand in lists beside each other, the prompt's before the answer's", async () => {
    answer = () => [" three four"];
    const body = { prompt: "one two", echo: true, logprobs: 2 };
    const [choice] = (await complete(body)).choices;
    const { tokens, token_logprobs, top_logprobs, text_offset } = choice.logprobs;
    expect(choice.text).toBe("one two three four");
    expect(tokens).toEqual(["one", " two", " three", " four"]);
    expect(text_offset).toEqual([0, 3, 7, 13]);
    const half = Math.log(1 / 2);
    expect(token_logprobs).toEqual([null, half, half, half]);
    expect(top_logprobs[0]).toBeNull();
    expect(top_logprobs[1]).toEqual({ " two": half, " or": Math.log(1 / 4) });
    // What lm-evaluation-harness reads: whether the likeliest token stands there.
    const [likeliest] = Object.entries(top_logprobs[3] as Record<string, number>).toSorted(
      ([, a], [, b]) => b - a,
    );
    expect(likeliest?.[0]).toBe(" four");

    const events = await (await served.post(PATH, { ...body, stream: true })).text();
    const lists = events
      .split("\n\n")
      .filter((one) => one.startsWith("data: {"))
      .flatMap((one) => JSON.parse(one.slice(6)).choices as Json[])
      .map(({ logprobs }) => logprobs)
      .filter((one) => one !== null);
    expect(lists.flatMap((one) => one.tokens)).toEqual(tokens);
    expect(lists.flatMap((one) => one.text_offset)).toEqual(text_offset);
  });

  test("of the prompt alone need no answer", async () => {
    const said = await complete({ prompt: "one two", echo: true, logprobs: 0, max_tokens: 0 });
    expect(said.choices).toMatchObject([
      { text: "one two", logprobs: { tokens: split("one two") } },
    ]);
    expect(said.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 0 });
    expect(asked).toEqual([]);
  });

  test("of the answer alone begin with it, in characters", async () => {
    answer = () => ["😀 b"];
    const [choice] = (await complete({ prompt: "x", logprobs: 1 })).choices;
    expect(choice.logprobs).toMatchObject({ tokens: ["😀", " b"], text_offset: [0, 1] });
  });
});

describe("a request", () => {
  test.each([
    [{ suffix: "}" }, "suffix", /fills no gap/],
    [{ prompt: "" }, "prompt", /nothing to go on with/],
    [{ prompt: [] }, "prompt", /Too small/],
    [{ prompt: undefined }, "prompt", /expected/],
    [{ prompt: Array.from({ length: 9 }, String), n: 2 }, "prompt", /18 answers/],
    [{ best_of: 3 }, "best_of", /the same as n/],
    [{ max_tokens: 0 }, "max_tokens", /only with echo/],
    [{ logprobs: 21 }, "logprobs", /<=20/],
    [{ logprobs: true }, "logprobs", /expected number/],
    [{ top_logprobs: 3 }, "top_logprobs", /logprobs says how many/],
    [{ tools: [{ type: "function", function: { name: "f" } }] }, "tools", /not supported/],
  ])("with %j is refused for a reason", async (fields, param, reason) => {
    const error = await refused({ prompt: "x", ...fields });
    expect(error.param).toBe(param);
    expect(error.message).toMatch(reason);
  });

  test("takes what asks for nothing, and names hints", async () => {
    const neutral = { suffix: null, best_of: 1, echo: false, logprobs: null, n: 1 };
    const reply = await served.post(PATH, { prompt: "x", ...neutral, user: "u", store: true });
    expect(reply.status).toBe(200);
    expect(reply.headers.get("charla-ignored")).toBe("store");
    expect(asked[0]?.extras).toEqual({ raw: true });
  });

  test("can ask for a format and for penalties as a chat can", async () => {
    await complete({ prompt: "x", top_k: 3, response_format: { type: "json_object" } });
    expect(asked[0]?.extras).toEqual({ raw: true, topK: 3, grammar: { type: "json_object" } });
  });

  test("that is too long is told so of its prompt", async () => {
    const { code, param } = await refused({ prompt: "word ".repeat(9000) });
    expect({ code, param }).toEqual({ code: "context_length_exceeded", param: "prompt" });
  });

  test("of any form gets no 5xx", () =>
    noServerErrors(
      served.url,
      served.routes.filter(({ path }) => path === PATH),
    ));
});

test("a control token cannot come in as a number", async () => {
  const CONTROL = 7;
  const careful: Engine = {
    ...engine,
    detokenize: async (ids) => ids.map((id) => (id === CONTROL ? "" : `<${id}>`)).join(""),
    tokenize: async (text) => [...text.matchAll(/<(\d+)>/g)].map(([, id]) => Number(id)),
  };
  await using other = await serve(only(careful), [openaiApi]);
  const post = (prompt: unknown) => other.post(PATH, { prompt });
  expect((await post([1, 2, 3])).status).toBe(200);
  // The token that opens every text.
  expect((await post([CONTROL, 2, 3])).status).toBe(200);
  const { error } = (await (await post([1, CONTROL, 3])).json()) as Json;
  expect(error).toMatchObject({ code: "control_token", param: "prompt" });
  expect(error.message).toContain("7");
});

test("an engine that knows chats alone refuses by name", async () => {
  await using other = await serve(only({ ...engine, grants: [] }), [openaiApi]);
  const { completions } = new OpenAI({ baseURL: `${other.url}/v1`, apiKey: "none", maxRetries: 0 });
  const failure = await completions.create({ model: "toy", prompt: "x" }).catch((error) => error);
  expect(failure).toBeInstanceOf(BadRequestError);
  expect(failure).toMatchObject({ code: "not_granted", param: "prompt" });
});

test("an engine that cannot count texts goes on with one", async () => {
  await using other = await serve(only(scripted()), [openaiApi]);
  const said = (await (await other.post(PATH, { prompt: "x", echo: true })).json()) as Json;
  expect(said.choices[0].text).toBe("xYou said: x");
});
