/** The routes beside the chat: embeddings, tokens, scores. */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { OpenAIEmbeddings } from "@langchain/openai";
import { cosineSimilarity, embedMany } from "ai";
import fc from "fast-check";
import OpenAI, { BadRequestError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, type Engines, only } from "../../../src/core/engine.ts";
import { embeddingList } from "../../../src/features/openai/embeddings.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { scoreReply } from "../../../src/features/openai/score.ts";
import { toy } from "../../fixtures/toy.ts";
import { type Json, type Served, serve } from "../core/serve.ts";

const { engine } = toy(() => []);
const signals: AbortSignal[] = [];
const engines: Engines = {
  ...only(engine),
  async get(_, signal): Promise<Engine> {
    signals.push(signal);
    return engine;
  },
};
let served: Served;
let client: OpenAI;
beforeAll(async () => {
  served = await serve(engines, [openaiApi]);
  client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => served[Symbol.asyncDispose]());

const post = async (path: string, body: object): Promise<Json> =>
  (await served.post(path, body)).json();

describe("embeddings", () => {
  const input = ["the cat sat", "a cat sits", "quux"];
  const near = (vectors: readonly number[][]) => {
    const [cat = [], cats = [], other = []] = vectors;
    expect(Math.hypot(...cat)).toBeCloseTo(1, 5);
    expect(cosineSimilarity(cat, cats)).toBeGreaterThan(cosineSimilarity(cat, other));
  };

  test("of OpenAI's client, which asks for base64 unless told otherwise", async () => {
    for (const encoding_format of [undefined, "float", "base64"] as const) {
      const asked = { model: "toy", input, ...(encoding_format && { encoding_format }) };
      const { data, usage } = await client.embeddings.create(asked);
      expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
      if (encoding_format !== "base64") near(data.map(({ embedding }) => embedding));
      expect(usage).toEqual({ prompt_tokens: 7, total_tokens: 7 });
    }
  });

  test("of the AI SDK", async () => {
    const provider = createOpenAICompatible({ name: "charla", baseURL: `${served.url}/v1` });
    const { embeddings } = await embedMany({
      model: provider.embeddingModel("toy"),
      values: input,
    });
    near(embeddings);
  });

  test("of LangChain", async () => {
    const embeddings = new OpenAIEmbeddings({
      model: "toy",
      apiKey: "none",
      configuration: { baseURL: `${served.url}/v1` },
    });
    near(await embeddings.embedDocuments(input));
  });

  test("are the same as numbers and as base64, to 32 bits", async () => {
    const [floats, packed] = await Promise.all(
      ["float", "base64"].map((encoding_format) =>
        post("/v1/embeddings", { input: "the cat", encoding_format }),
      ),
    );
    expect(embeddingList.parse(floats)).toEqual(floats);
    const bytes = Buffer.from(packed.data[0].embedding, "base64");
    const unpacked = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(4 * at));
    expect(unpacked).toEqual(floats.data[0].embedding.map(Math.fround));
  });

  test("have the length that the model gives them", async () => {
    const asked = { model: "toy", input: "a" };
    expect((await client.embeddings.create({ ...asked, dimensions: 26 })).data).toHaveLength(1);
    const refused = client.embeddings.create({ ...asked, dimensions: 25 });
    await expect(refused).rejects.toThrow(BadRequestError);
    await expect(refused).rejects.toMatchObject({ code: "wrong_dimensions", param: "dimensions" });
  });

  test("take tokens of the model in the place of texts", async () => {
    const { tokens } = await post("/v1/tokenize", { prompt: "the cat" });
    const [one] = (await post("/v1/embeddings", { input: ["the cat"] })).data;
    for (const input of [tokens, [tokens]]) {
      const { data } = await post("/v1/embeddings", { input, user: "ana" });
      expect(data).toEqual([one]);
    }
  });

  test("are bounded in number and in characters of all together", async () => {
    const ask = async (input: readonly string[]) => post("/v1/embeddings", { input });
    expect((await ask(Array(2048).fill("a"))).data).toHaveLength(2048);
    for (const input of [Array(2049).fill("a"), ["x".repeat(500_000), "x".repeat(500_001)]]) {
      const { error } = await ask(input);
      expect(error).toMatchObject({ type: "invalid_request_error", param: "input" });
    }
  });

  test("let go of their model afterwards, also when they fail", async () => {
    signals.length = 0;
    await post("/v1/embeddings", { input: "a" });
    await post("/v1/embeddings", { input: "a", dimensions: 1 });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

test("tokens are cut and put together again", async () => {
  const text = fc
    .string({ unit: "grapheme" })
    .filter((one) => one.isWellFormed() && !one.includes("\0"));
  const property = fc.asyncProperty(text, async (prompt) => {
    const { tokens, count, max_model_len } = await post("/v1/tokenize", { model: "toy", prompt });
    expect({ count, max_model_len }).toEqual({ count: tokens.length, max_model_len: 8192 });
    expect(await post("/v1/detokenize", { model: "toy", tokens })).toEqual({ prompt });
  });
  await fc.assert(property, { numRuns: 50 });
});

describe("a score", () => {
  test("has each token's log-probability, their sum, and the perplexity", async () => {
    const score = await post("/v1/score", { text: "one two three", top_logprobs: 2 });
    expect(scoreReply.parse(score)).toEqual(score);
    expect(score.tokens.map(({ token }: Json) => token)).toEqual(["one", " two", " three"]);
    expect(score.tokens.map(({ logprob }: Json) => logprob)).toEqual([
      null,
      Math.log(1 / 2),
      Math.log(1 / 2),
    ]);
    expect(score.tokens[1].top_logprobs[1]).toMatchObject({
      token: " or",
      logprob: Math.log(1 / 4),
      id: expect.any(Number),
    });
    expect(score.logprob).toBeCloseTo(2 * Math.log(1 / 2));
    expect(score.perplexity).toBeCloseTo(2);
    expect(score.usage.prompt_tokens).toBe(3);
  });

  test("of one token has no perplexity", async () => {
    expect(await post("/v1/score", { text: "one" })).toMatchObject({
      perplexity: null,
      logprob: 0,
    });
  });

  test("is refused before it starts where its answer would be too large", async () => {
    let started = 0;
    const counting: Engine = {
      ...engine,
      tokenize: async (text) => Array.from(text.matchAll(/ /g), (_, index) => index),
      score: async () => {
        started += 1;
        return [];
      },
    };
    await using served = await serve(only(counting), [openaiApi]);
    const ask = async (text: string, top_logprobs: number) =>
      (await (await served.post("/v1/score", { text, top_logprobs })).json()) as Json;
    // 300,000 log-probabilities in all: 14,285 tokens with 20 alternatives each.
    expect((await ask(" ".repeat(14_286), 20)).error).toMatchObject({
      ...{ code: "score_too_long", param: "text", type: "invalid_request_error" },
      params: { tokens: 14_286, most: 14_285, top: 20 },
    });
    expect((await ask("x".repeat(1_000_001), 0)).error).toMatchObject({ param: "text" });
    expect(started).toBe(0);
    expect(await ask(" ".repeat(14_285), 20)).toMatchObject({ object: "score" });
    expect(await ask(" ".repeat(14_286), 19)).toMatchObject({ object: "score" });
    // Long, but of few tokens.
    expect(await ask("x".repeat(1_000_000), 20)).toMatchObject({ object: "score" });
    expect(started).toBe(3);
  });

  test("with an adapter is refused where there are none", async () => {
    const none = { ...engine, grants: [] };
    await using served = await serve(only(none), [openaiApi]);
    const reply = await served.post("/v1/score", { text: "one", charla: { adapter: "poet" } });
    expect(((await reply.json()) as Json).error).toMatchObject({
      code: "not_granted",
      param: "charla.adapter",
    });
  });
});
