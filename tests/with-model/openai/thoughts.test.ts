/** Thoughts left out and bounded, over a tiny model with random weights that would never end one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { readGguf } from "../../../src/engines/library/gguf.ts";
import { startEngine } from "../../../src/engines/llama/service/index.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { TEMPLATES } from "../../fixtures/templates.ts";
import { type Json, type Served, serve } from "../../unit/core/serve.ts";
import { PLAN } from "../plan.ts";

/** Its prompt opens the thought, unless none is wanted. */
const SWITCHED = `${TEMPLATES.plain.replace(/\{%- if add_generation.*/s, "")}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n<think>\\n' }}{% if enable_thinking is false %}{{ '\\n</think>\\n\\n' }}{% endif %}{% endif %}`;

const folder = mkdtempSync(join(tmpdir(), "charla-thoughts-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function start(name: string, template: string) {
  const path = join(folder, `${name}.gguf`);
  writeGpt2(path, 3, { template, context: 1024 });
  const plan = { ...PLAN, contextTokens: 1024, slots: 2 };
  const engine = await startEngine({ path, id: name, name, plan });
  expect(engine.card.thinking).toEqual((await readGguf(path)).thinking);
  return { engine, served: await serve(only(engine), [openai]) };
}

async function ask(served: Served, fields: object) {
  const messages = [{ role: "user", content: "Why?" }];
  const body = { messages, max_tokens: 80, temperature: 1, ...fields };
  const reply = await served.post("/v1/chat/completions", body);
  const said = (await reply.json()) as Json;
  expect(reply.status, JSON.stringify(said)).toBe(200);
  const { message, logprobs } = said.choices[0];
  return {
    ...{ thought: message.reasoning_content ?? "", text: message.content as string },
    ...{ usage: said.usage, sampler: said.charla.finish.made.sampler as string, logprobs },
  };
}

describe("a model whose template has a switch", () => {
  let served: Served;
  beforeAll(async () => {
    const started = await start("switched", SWITCHED);
    served = started.served;
    expect(started.engine.card.thinking).toEqual({ off: true, effort: false });
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test("thinks as long as it likes", async () => {
    const { thought, text } = await ask(served, { seed: 1 });
    expect(thought.length).toBeGreaterThan(20);
    expect(text).toBe("");
  });

  test.each([{ reasoning_effort: "none" }, { chat_template_kwargs: { enable_thinking: false } }])(
    "does not think with %j",
    async (wish) => {
      const [free, off] = [await ask(served, { seed: 1 }), await ask(served, { seed: 1, ...wish })];
      expect(off.thought).toBe("");
      expect(off.text.length).toBeGreaterThan(20);
      // The template has closed the thought by itself.
      expect(off.usage.prompt_tokens).toBeGreaterThan(free.usage.prompt_tokens);
      expect(off.usage.completion_tokens).toBe(80);
    },
  );

  test.each([1, 2, 3])("thinks so many tokens and then answers (%i)", async (seed) => {
    const asked = { seed, thinking_token_budget: 12, logprobs: true };
    const { thought, text, sampler, logprobs } = await ask(served, asked);
    expect(thought.length).toBeLessThanOrEqual(24);
    expect(text.length).toBeGreaterThan(20);
    expect(text).not.toContain("</think>");
    expect(sampler).toContain("thought of 12 at most");
    expect(sampler).not.toContain("grammar");
    const tokens = logprobs.content.map(({ token }: Json) => token);
    expect(tokens.slice(12, 12 + "\n</think>\n\n".length).join("")).toBe("\n</think>\n\n");
  });

  test("keeps to a format after its thought", async () => {
    const schema = { type: "object", properties: { a: { type: "boolean" } }, required: ["a"] };
    const format = { type: "json_schema", json_schema: { name: "a", schema, strict: true } };
    const strict = { ...schema, additionalProperties: false };
    format.json_schema.schema = strict;
    const { text, sampler } = await ask(served, {
      ...{ seed: 2, thinking_token_budget: 5, response_format: format },
    });
    expect(typeof (JSON.parse(text) as { a: boolean }).a).toBe("boolean");
    expect(sampler).toContain("grammar");
  });
});

test("a template that has a word for the effort is told it", async () => {
  const { engine, served } = await start("worded", TEMPLATES.effort);
  await using _ = served;
  expect(engine.card.thinking).toEqual({ off: false, effort: true });
  const sizes: number[] = [];
  for (const reasoning_effort of ["low", "medium", "high"]) {
    const { usage, sampler } = await ask(served, { reasoning_effort, max_tokens: 4 });
    expect(sampler).toContain(`effort ${reasoning_effort}`);
    sizes.push(usage.prompt_tokens);
  }
  const [low = 0, medium, high] = sizes;
  // A letter is a token.
  expect([medium, high]).toEqual([low + 3, low + 1]);
});

test("a model that does not think says so", async () => {
  const { engine, served } = await start("plain", TEMPLATES.plain);
  await using _ = served;
  expect(engine.card.thinking).toBeUndefined();
  const body = { messages: [{ role: "user", content: "x" }], max_tokens: 2 };
  const reply = await served.post("/v1/chat/completions", { ...body, reasoning_effort: "low" });
  expect(reply.headers.get("charla-ignored")).toBe("reasoning_effort");
});
