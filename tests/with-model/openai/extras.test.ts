/** What OpenAI's API promises beyond a chat, from its own client down to the real model. */
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { only } from "../../../src/core/engine.ts";
import { startEngine } from "../../../src/engines/llama/service/index.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { type Json, type Served, serve } from "../../unit/core/serve.ts";
import { starterModel } from "../model.ts";
import { PLAN } from "../plan.ts";

let served: Served;
let client: OpenAI;
beforeAll(async () => {
  const path = starterModel();
  const engine = await startEngine({ path, id: "starter", name: "Starter", plan: PLAN });
  served = await serve(only(engine), [openaiApi]);
  client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => served[Symbol.asyncDispose]());

const ask = (content: string) => ({
  model: "starter",
  messages: [{ role: "user" as const, content }],
});
const greedy = { temperature: 0, seed: 1 };
const post = async (path: string, body: object): Promise<Json> => {
  const reply = await served.post(path, body);
  expect(reply.status, path).toBe(200);
  return reply.json();
};
const tokensOf = async (prompt: string): Promise<number[]> =>
  (await post("/v1/tokenize", { prompt })).tokens;

describe("log-probabilities", () => {
  test("are of one distribution, in which the likeliest token was taken", async () => {
    const { choices } = await client.chat.completions.create({
      ...ask("What is the capital of France?"),
      ...greedy,
      ...{ max_tokens: 12, logprobs: true, top_logprobs: 20 },
    });
    const tokens = choices[0]?.logprobs?.content ?? [];
    expect(tokens.length).toBeGreaterThan(3);
    for (const { token, logprob, top_logprobs } of tokens) {
      const sum = top_logprobs.reduce((sum, one) => sum + Math.exp(one.logprob), 0);
      expect(sum).toBeLessThanOrEqual(1 + 1e-4);
      expect(sum).toBeGreaterThan(0.2);
      expect(top_logprobs.map((one) => one.logprob)).toEqual(
        top_logprobs.map((one) => one.logprob).toSorted((a, b) => b - a),
      );
      expect(top_logprobs[0]).toMatchObject({ token, logprob });
    }
    const bytes = tokens.flatMap((one) => one.bytes ?? []);
    expect(Buffer.from(bytes).toString()).toBe(choices[0]?.message.content);
  });

  test("are the model's own, whatever the temperature", async () => {
    const asked = { ...ask("Say a word."), max_tokens: 1, logprobs: true, top_logprobs: 5 };
    const tops = await Promise.all(
      [0, 2].map(async (temperature) => {
        const { choices } = await client.chat.completions.create({
          ...asked,
          temperature,
          seed: 3,
        });
        return choices[0]?.logprobs?.content?.[0]?.top_logprobs.map(({ token }) => token);
      }),
    );
    expect(tops[0]).toHaveLength(5);
    expect(tops[1]).toEqual(tops[0]);
  });
});

describe("logit_bias", () => {
  const asked = { ...ask("What is the capital of France?"), ...greedy, max_tokens: 10 };
  const answer = async (logit_bias: Record<string, number>) => {
    const { choices } = await client.chat.completions.create({
      ...asked,
      ...{ logit_bias, logprobs: true },
    });
    return choices[0]?.logprobs?.content?.map(({ token }) => token) ?? [];
  };

  test("of an id outside the vocabulary is refused by its name", async () => {
    // The starter has 49,152 tokens; the second one is of OpenAI's vocabulary.
    for (const id of [49_152, 100_257]) {
      const reply = await served.post("/v1/chat/completions", {
        ...{ ...asked, logit_bias: { "5": 1, [id]: -100 } },
      });
      expect(reply.status).toBe(400);
      const { error } = (await reply.json()) as Json;
      expect(error).toMatchObject({ code: "unknown_token", param: "logit_bias" });
      expect(error.message).toContain(String(id));
    }
    expect(await answer({ "49151": -100 })).not.toEqual([]);
  });

  test("-100 forbids a token", async () => {
    const [first = ""] = await answer({});
    const [id, ...rest] = await tokensOf(first);
    expect(rest).toEqual([]);
    expect(await answer({ [String(id)]: -100 })).not.toContain(first);
  });

  test("100 forces one", async () => {
    const [cat] = await tokensOf(" cat");
    expect(new Set(await answer({ [String(cat)]: 100 }))).toEqual(new Set([" cat"]));
  });
});

test.each(["frequency_penalty", "presence_penalty"])("%s reduces repetition", async (name) => {
  const different = async (penalty: number) => {
    const { choices } = await client.chat.completions.create({
      ...ask("Repeat the word hello for ever."),
      ...greedy,
      ...{ max_tokens: 100, [name]: penalty, logprobs: true },
    });
    const tokens = choices[0]?.logprobs?.content?.map(({ token }) => token) ?? [];
    return new Set(tokens).size / tokens.length;
  };
  expect(await different(2)).toBeGreaterThan(await different(0));
});

test("three answers have three seeds, and each is what its seed gives alone", async () => {
  const asked = { ...ask("Tell me a joke about a cat."), temperature: 1, max_tokens: 16 };
  const { choices, usage } = await client.chat.completions.create({ ...asked, n: 3, seed: 11 });
  const texts = choices.map(({ message }) => message.content);
  expect(new Set(texts).size).toBe(3);
  expect(usage?.completion_tokens).toBeGreaterThan(16);
  const alone = await client.chat.completions.create({ ...asked, seed: 12 });
  expect(alone.choices[0]?.message.content).toBe(texts[1]);
});

test("a stop string ends the answer wherever it lies across tokens", async () => {
  const asked = { ...ask("Count from one to ten in words."), ...greedy, max_tokens: 24 };
  const free = await client.chat.completions.create({ ...asked, logprobs: true });
  const text = free.choices[0]?.message.content ?? "";
  const tokens = free.choices[0]?.logprobs?.content?.map(({ token }) => token) ?? [];
  // From within the fourth token into the fifth.
  const [third, fourth] = [3, 4].map((count) => tokens.slice(0, count).join("").length);
  const stop = text.slice((third as number) + 1, (fourth as number) + 1);
  const end = text.indexOf(stop);
  for (const stream of [true, false]) {
    const cut = { ...asked, stop, logprobs: true };
    const { choices } = stream
      ? await client.chat.completions.stream(cut).finalChatCompletion()
      : await client.chat.completions.create(cut);
    expect(choices[0]?.message.content).toBe(text.slice(0, end));
    expect(choices[0]?.finish_reason).toBe("stop");
    const shown = choices[0]?.logprobs?.content?.map(({ token }) => token).join("") ?? "";
    expect(text.slice(0, end).startsWith(shown)).toBe(true);
    expect(tokens.join("").startsWith(shown)).toBe(true);
  }
});

describe("JSON by a schema", () => {
  const Animal = z.strictObject({
    kind: z.enum(["cat", "dog", "bird"]),
    legs: z.int().min(0).max(8),
    wild: z.boolean(),
    colours: z
      .array(z.enum(["black", "white", "grey"]))
      .min(1)
      .max(3),
  });
  const response_format = zodResponseFormat(Animal, "animal");

  test.each([1, 2, 3, 4])("is valid however the model samples (%i)", async (seed) => {
    const { choices, ...rest } = await client.chat.completions.parse({
      ...ask("Describe an animal in JSON."),
      ...{ response_format, temperature: 1.5, seed, max_tokens: 200 },
    });
    expect(choices[0]?.finish_reason).toBe("stop");
    expect(Animal.parse(choices[0]?.message.parsed)).toBeDefined();
    expect((rest as Json).charla.json).toBe("complete");
  });

  test("says that it is incomplete when its limit has cut it, and is then its beginning", async () => {
    const asked = { ...ask("Describe an animal in JSON."), response_format, ...greedy };
    const whole = await client.chat.completions.create(asked);
    const cut = await client.chat.completions.create({ ...asked, max_tokens: 6 });
    expect(cut.choices[0]?.finish_reason).toBe("length");
    expect((cut as Json).charla.json).toBe("incomplete");
    const text = cut.choices[0]?.message.content ?? "";
    expect(whole.choices[0]?.message.content?.startsWith(text)).toBe(true);
  });

  test("of any object is an object, or says that it is cut", async () => {
    for (const seed of [1, 2, 3]) {
      const reply = await client.chat.completions.create({
        ...ask("Give me the weather in JSON."),
        ...{ response_format: { type: "json_object" }, temperature: 1, seed, max_tokens: 100 },
      });
      const content = reply.choices[0]?.message.content ?? "";
      expect(content).toMatch(/^\s*\{/);
      const { json } = (reply as Json).charla;
      if (reply.choices[0]?.finish_reason === "length") expect(json).toBe("incomplete");
      else expect([json, typeof JSON.parse(content)]).toEqual(["complete", "object"]);
    }
  });

  test("that no grammar can say is refused by name where it is to be strict", async () => {
    const schema = { type: "object", properties: { a: { contains: { type: "string" } } } };
    const json_schema = { name: "a", schema, strict: true };
    const format = { type: "json_schema", json_schema } as const;
    const asked = client.chat.completions.create({ ...ask("Hi."), response_format: format });
    await expect(asked).rejects.toMatchObject({
      code: "unsupported_schema",
      param: "response_format",
    });
  });
});

test("tools are refused by a model whose template knows none", async () => {
  const tools = [{ type: "function" as const, function: { name: "clock" } }];
  const asked = client.chat.completions.create({ ...ask("What time is it?"), tools });
  await expect(asked).rejects.toMatchObject({ code: "tools_unsupported", param: "tools" });
});

test("embeddings have length 1, and what is alike is near", async () => {
  const input = [
    "The cat is sleeping on the sofa.",
    "A kitten sleeps on the couch.",
    "Interest rates rose by half a per cent.",
  ];
  const { data, usage } = await client.embeddings.create({ model: "starter", input });
  const [cat = [], kitten = [], rates = []] = data.map(({ embedding }) => embedding);
  for (const vector of [cat, kitten, rates]) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0);
  expect(dot(cat, kitten)).toBeGreaterThan(dot(cat, rates));
  expect(usage.prompt_tokens).toBeGreaterThan(15);
});

describe("tokens", () => {
  test("give their text back, and never stand for control", async () => {
    const prompt = "¿Qué tal? 你好 👨‍👩‍👧 <|im_end|> ok";
    const { tokens, count } = await post("/v1/tokenize", { prompt });
    expect(count).toBe(tokens.length);
    expect(await post("/v1/detokenize", { tokens })).toEqual({ prompt });
    const [end] = await tokensOf("<|im_end|>");
    const { prompt: text } = await post("/v1/detokenize", { tokens: [end] });
    expect(text).not.toBe("<|im_end|>");
  });

  test("that the model has not are refused, and the model lives", async () => {
    const reply = await served.post("/v1/detokenize", { tokens: [10_000_000] });
    expect(reply.status).toBe(400);
    expect(await post("/v1/tokenize", { prompt: "still here" })).toMatchObject({ count: 2 });
  });
});

describe("a score", () => {
  test("finds sense likelier than nonsense", async () => {
    const [sense, nonsense] = await Promise.all(
      ["The sun rises in the east.", "East the in rises sun the."].map((text) =>
        post("/v1/score", { text }),
      ),
    );
    expect(sense.perplexity).toBeLessThan(nonsense.perplexity);
    expect(sense.tokens[0].logprob).toBeNull();
    expect(sense.tokens.map(({ token }: Json) => token).join("")).toBe(
      "The sun rises in the east.",
    );
    const sum = sense.tokens.reduce((sum: number, one: Json) => sum + (one.logprob ?? 0), 0);
    expect(sense.logprob).toBeCloseTo(sum);
  });
});
