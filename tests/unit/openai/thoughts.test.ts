/** How much a model may think, in everybody's words, and what is told where it does not think. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import type { ThinkingWays } from "../../../src/core/thoughts.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { toy } from "../../fixtures/toy.ts";
import { type Json, type Served, serve } from "../core/serve.ts";

const made = toy(() => ["yes"]);
/** As the model of a test has it. */
let thinking: ThinkingWays | undefined;
const engine = {
  ...made.engine,
  get card() {
    return { ...made.engine.card, thinking };
  },
};
let served: Served;
beforeAll(async () => {
  served = await serve(only(engine), [openai]);
});
afterAll(() => served[Symbol.asyncDispose]());
beforeEach(() => {
  thinking = { off: true, effort: false };
});

async function ask(fields: object) {
  const messages = [{ role: "user", content: "hello" }];
  const reply = await served.post("/v1/chat/completions", { messages, ...fields });
  const { error } = (await reply.json()) as Json;
  return {
    ...{ status: reply.status, param: error?.param, ignored: reply.headers.get("charla-ignored") },
    extras: made.asked.at(-1)?.extras,
  };
}

const template = (words: object) => ({ chat_template_kwargs: words });
describe("a wish", () => {
  test.each<[object, object]>([
    [{ reasoning_effort: "none" }, { tokens: 0 }],
    [{ reasoning_effort: "minimal" }, { effort: "low" }],
    [{ reasoning_effort: "medium" }, { effort: "medium" }],
    [{ reasoning_effort: "xhigh" }, { effort: "high" }],
    [template({ enable_thinking: false }), { tokens: 0 }],
    [template({ thinking: false }), { tokens: 0 }],
    [template({ reasoning_effort: "low" }), { effort: "low" }],
    [{ reasoning: { effort: "low", exclude: true } }, { effort: "low" }],
    [{ reasoning: { max_tokens: 100 } }, { tokens: 100 }],
    [{ reasoning: { enabled: false, effort: "high" } }, { tokens: 0 }],
    [
      { thinking_token_budget: 64, reasoning_effort: "low" },
      { tokens: 64, effort: "low" },
    ],
    [{ thinking_budget_tokens: 0 }, { tokens: 0 }],
  ])("%j reaches the engine as %j", async (fields, wish) => {
    const { status, ignored, extras } = await ask(fields);
    expect({ status, ignored, extras }).toEqual({
      ...{ status: 200, ignored: null },
      extras: { thinking: wish },
    });
  });

  test.each([
    [{ reasoning_effort: null, reasoning: {}, chat_template_kwargs: {} }],
    [{ reasoning_effort: "default" }],
    [template({ enable_thinking: true })],
    [{ thinking_token_budget: -1, reasoning: { exclude: false } }],
  ])("%j asks for nothing", async (fields) => {
    const { status, ignored, extras } = await ask(fields);
    expect({ status, ignored, extras }).toEqual({ status: 200, ignored: null, extras: undefined });
  });

  test.each([
    [{ reasoning_effort: "a lot" }, "reasoning_effort"],
    [template({ custom_word: 1 }), "chat_template_kwargs.custom_word"],
    [{ thinking_token_budget: -2 }, "thinking_token_budget"],
  ])("%j is refused by its name", async (fields, name) => {
    const { status, param } = await ask(fields);
    expect({ status, param }).toEqual({ status: 400, param: name });
  });

  test("goes to an engine that grants nothing else as well", async () => {
    await using other = await serve(only({ ...engine, grants: [] }), [openai]);
    const messages = [{ role: "user", content: "hello" }];
    const body = { messages, reasoning_effort: "none" };
    expect((await other.post("/v1/chat/completions", body)).status).toBe(200);
  });
});

describe("a model that does not think", () => {
  beforeEach(() => {
    thinking = undefined;
  });

  test.each([
    [{ reasoning_effort: "low" }, "reasoning_effort"],
    [{ reasoning: { effort: "high" } }, "reasoning.effort"],
    [template({ reasoning_effort: "low" }), "chat_template_kwargs.reasoning_effort"],
  ])("is told of an effort, which has no effect: %j", async (fields, ignored) => {
    expect(await ask(fields)).toMatchObject({ status: 200, ignored });
  });

  test.each([
    [{ reasoning_effort: "none" }],
    [template({ enable_thinking: false })],
    [{ thinking_token_budget: 9 }],
  ])("keeps to %j by itself", async (fields) => {
    expect(await ask(fields)).toMatchObject({ status: 200, ignored: null });
  });
});
