/** Texts that a real model goes on with as they stand, and how likely it finds them. */
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

const post = async (path: string, body: object): Promise<Json> => {
  const reply = await served.post(path, body);
  const said = (await reply.json()) as Json;
  expect(reply.status, JSON.stringify(said)).toBe(200);
  return said;
};
const tokensOf = async (prompt: string): Promise<number[]> =>
  (await post("/v1/tokenize", { prompt })).tokens;
const PROMPT = "Paris is the capital of France. Berlin is the capital of Germany. Madrid is the";
const greedy = { model: "starter", temperature: 0, seed: 1, max_tokens: 5 };

describe("a text", () => {
  test("goes on where it ends, with no template around it", async () => {
    const { choices, usage } = await client.completions.create({ ...greedy, prompt: PROMPT });
    expect(choices[0]?.text).toMatch(/^ capital of Spain/);
    expect(usage?.prompt_tokens).toBe((await tokensOf(PROMPT)).length);
  });

  test("is the same as its tokens", async () => {
    const prompt = await tokensOf(PROMPT);
    const [text, tokens] = await Promise.all([
      client.completions.create({ ...greedy, prompt: PROMPT }),
      client.completions.create({ ...greedy, prompt }),
    ]);
    expect(tokens.choices[0]?.text).toBe(text.choices[0]?.text);
    expect(tokens.usage?.prompt_tokens).toBe(prompt.length);
  });

  test("holds no control token, however it is written", async () => {
    const mark = "<|im_end|>";
    const marked = await client.completions.create({ ...greedy, prompt: `${PROMPT}${mark}` });
    // Letters, each in tokens of their own.
    expect(marked.usage?.prompt_tokens).toBeGreaterThan((await tokensOf(PROMPT)).length + 2);
    // <|im_end|> is 2 in this vocabulary.
    const reply = await served.post("/v1/completions", { prompt: [...(await tokensOf("a b")), 2] });
    expect(((await reply.json()) as Json).error).toMatchObject({ code: "control_token" });
  });
});

test("the log-probabilities of a prompt are those of its score, the answer's go on from there", async () => {
  const asked = { ...greedy, prompt: PROMPT, echo: true, logprobs: 3 };
  const { choices } = await client.completions.create(asked);
  const { tokens = [], token_logprobs = [], text_offset = [] } = choices[0]?.logprobs ?? {};
  const score = await post("/v1/score", { text: PROMPT });
  const { length } = score.tokens as Json[];
  expect(tokens).toHaveLength(length + 5);
  const own = token_logprobs.slice(1, length) as number[];
  expect(own.reduce((sum, one) => sum + one, 0)).toBeCloseTo(score.logprob, 3);
  expect(tokens.join("")).toBe(choices[0]?.text);
  for (const [at, token] of tokens.entries()) {
    expect(choices[0]?.text.slice(text_offset[at])).toMatch(
      new RegExp(`^${token.replace(/[^\w\s]/g, "\\$&")}`),
    );
  }
  // The capital that this model knows is likelier than another.
  const likely = async (city: string) => {
    const prompt = `Madrid is the capital of ${city}`;
    const body = { model: "starter", prompt, echo: true, logprobs: 0, max_tokens: 0 };
    const { choices: only } = await client.completions.create(body);
    return only[0]?.logprobs?.token_logprobs?.at(-1) ?? Number.NaN;
  };
  expect(await likely("Spain")).toBeGreaterThan(await likely("Japan"));
});
