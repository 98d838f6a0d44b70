/** `/v1/responses` by the official client: items, events in their order, calls, and what is kept. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { only, type Request } from "../../../src/core/engine.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { migrate, openDatabase } from "../../../src/storage/index.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { calling, type Saying, toy } from "../../fixtures/toy.ts";
import { sealing } from "../../fixtures/vault.ts";
import { type Json, type Served, serve } from "../core/serve.ts";

let answer: (request: Request) => readonly Saying[];
const { engine, asked } = toy((request) => answer(request));
let served: Served;
let client: OpenAI;
let db: Json;
let close: () => Promise<void>;
let home: string;

const weather = {
  type: "function" as const,
  name: "weather",
  description: "Tells the weather.",
  strict: true,
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-responses-"));
  const opened = await openDatabase(home);
  await migrate(opened.db, [vaultTables, openaiApi]);
  ({ db, close } = opened);
  served = await serve(only(engine), [openaiApi], [], sealing(opened));
  client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await close();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  asked.length = 0;
  answer = ({ messages }) => [`You said ${messages.at(-1)?.content}`];
});

const rows = async () => (await db.selectFrom("api_response").selectAll().execute()) as Json[];

describe("a response", () => {
  test("answers a text, with instructions before it", async () => {
    const response = await client.responses.create({
      ...{ model: "toy", input: "Good day", instructions: "Be brief.", max_output_tokens: 50 },
      metadata: { of: "test" },
    });
    expect(response.output_text).toBe("You said Good day");
    expect(response).toMatchObject({
      ...{ object: "response", status: "completed", model: "toy", error: null },
      ...{ instructions: "Be brief.", metadata: { of: "test" }, parallel_tool_calls: true },
      usage: { output_tokens: 4, output_tokens_details: { reasoning_tokens: 0 } },
    });
    expect(asked[0]?.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Good day" },
    ]);
  });

  test("says that it was cut", async () => {
    const response = await client.responses.create({ input: "a b c d", max_output_tokens: 2 });
    expect(response).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
  });

  test("takes items: several turns, parts, calls and what came of them, thoughts", async () => {
    await client.responses.create({
      model: "toy",
      input: [
        { role: "developer", content: "Be kind." },
        { role: "user", content: [{ type: "input_text", text: "How is it?" }] },
        { type: "reasoning", id: "rs_1", summary: [] },
        { type: "function_call", call_id: "c1", name: "weather", arguments: '{"city":"Lugo"}' },
        { type: "function_call_output", call_id: "c1", output: "rain" },
      ],
      tools: [weather],
    });
    expect(asked[0]?.messages).toEqual([
      { role: "system", content: "Be kind." },
      { role: "user", content: "How is it?" },
      {
        role: "assistant",
        content: "",
        toolCalls: [{ id: "c1", name: "weather", arguments: '{"city":"Lugo"}' }],
      },
      { role: "user", content: "rain", toolCallId: "c1" },
    ]);
    expect(asked[0]?.extras?.tools?.list[0]).toMatchObject({ name: "weather", strict: true });
  });

  test.each([
    [{ input: [{ type: "input_image", image_url: "x" }] }, "input"],
    [{ input: [{ role: "user", content: [{ type: "input_image", image_url: "x" }] }] }, "input"],
    [{ input: [{ type: "function_call_output", call_id: "c9", output: "x" }] }, "messages"],
    [{ input: "x", tools: [{ type: "web_search" }] }, "tools"],
    [{ input: "x", background: true }, "background"],
    [{ input: "x", unheard_of: 1 }, "unheard_of"],
    [{ input: "x", previous_response_id: "resp_none" }, "previous_response_id"],
    [{ input: [{ type: "item_reference", id: "msg_none" }] }, "input"],
  ])("refuses %j by its name", async (body, param) => {
    const failed = await client.responses.create(body as Json).catch((thrown) => thrown);
    expect(failed).toBeInstanceOf(OpenAI.APIError);
    expect(failed.param).toContain(param);
  });
});

test("a stream tells each step, in the order of the reference", async () => {
  answer = () => [
    { type: "text", text: "", reasoning: "Hm." },
    "Let me see",
    calling("weather", { city: "Lugo" }, "call_7"),
  ];
  const events: Json[] = [];
  const stream = client.responses.stream({ model: "toy", input: "How is it?", tools: [weather] });
  for await (const event of stream) events.push(event);
  expect(events.map(({ type }) => type.replace("response.", ""))).toEqual([
    ...["created", "in_progress"],
    ...["output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta"],
    ...["reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done"],
    ...["output_item.added", "content_part.added"],
    ...["output_text.delta", "output_text.delta", "output_text.delta"],
    ...["output_text.done", "content_part.done", "output_item.done"],
    ...["output_item.added", "function_call_arguments.delta", "function_call_arguments.done"],
    ...["output_item.done", "completed"],
  ]);
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, at) => at));
  const final = await stream.finalResponse();
  expect(final.output_text).toBe("Let me see");
  expect(final.output.map(({ type }) => type)).toEqual(["reasoning", "message", "function_call"]);
  expect(final.output[2]).toMatchObject({ call_id: "call_7", arguments: '{"city":"Lugo"}' });
});

test("a stream that fails in its middle says so", async () => {
  answer = () => {
    throw new Error("the engine is gone");
  };
  const events: Json[] = [];
  for await (const event of await client.responses.create({ input: "x", stream: true }))
    events.push(event);
  expect(events.at(-1)).toMatchObject({
    type: "response.failed",
    response: { status: "failed", error: { code: "internal_error" } },
  });
  expect(JSON.stringify(events)).not.toContain("engine is gone");
});

describe("what is kept", () => {
  test("is gone on with by its id, alone, and by nobody else", async () => {
    answer = ({ messages }) => [`${messages.length} messages`];
    const first = await client.responses.create({ input: "I am Ana", instructions: "Once." });
    const second = await client.responses.create({
      input: "Who am I?",
      previous_response_id: first.id,
    });
    expect(asked[1]?.messages.map(({ content }) => content)).toEqual([
      ...["I am Ana", "2 messages", "Who am I?"],
    ]);
    const third = await client.responses.create({ input: "And?", previous_response_id: second.id });
    expect(third.output_text).toBe("5 messages");
    expect(await client.responses.retrieve(first.id)).toEqual(JSON.parse(JSON.stringify(first)));
    const stranger = await served.post(
      "/v1/responses",
      { input: "x", previous_response_id: first.id },
      { "x-person": "eva" },
    );
    expect(stranger.status).toBe(404);
    expect(JSON.stringify(await rows())).not.toContain("I am Ana");
    await client.responses.delete(first.id);
    await expect(client.responses.retrieve(first.id)).rejects.toThrow("404");
  });

  test("can be named item by item", async () => {
    const first = await client.responses.create({ input: "Good day" });
    const [item] = first.output;
    await client.responses.create({
      input: [
        { role: "user", content: "Good day" },
        { type: "item_reference", id: item?.id ?? "" },
        { role: "user", content: "Again" },
      ],
    });
    expect(asked[1]?.messages.map(({ content }) => content)).toEqual([
      ...["Good day", "You said Good day", "Again"],
    ]);
  });

  test("says what it was asked with, page by page, and each can be named", async () => {
    const first = await client.responses.create({ input: "I am Ana", instructions: "Once." });
    const second = await client.responses.create({
      input: [{ role: "user", content: [{ type: "input_text", text: "Who am I?" }] }],
      previous_response_id: first.id,
    });
    const listed = async (query: object) => {
      const all = [];
      for await (const item of client.responses.inputItems.list(second.id, query)) all.push(item);
      return all as Json[];
    };
    const items = await listed({ order: "asc", limit: 1 });
    expect(items).toMatchObject([
      { type: "message", role: "user", content: [{ type: "input_text", text: "I am Ana" }] },
      {
        ...{ id: first.output[0]?.id, role: "assistant", status: "completed" },
        content: [{ type: "output_text", text: "You said I am Ana" }],
      },
      { type: "message", role: "user", content: [{ text: "Who am I?" }] },
    ]);
    expect(await listed({})).toEqual(items.toReversed());
    await client.responses.create({
      input: [
        { type: "item_reference", id: items[0].id },
        { role: "user", content: "And?" },
      ],
    });
    expect(asked.at(-1)?.messages.map(({ content }) => content)).toEqual(["I am Ana", "And?"]);
    await expect(client.responses.cancel(first.id)).rejects.toMatchObject({
      ...{ status: 400, code: "response_done" },
    });
    const short = await client.responses.inputTokens.count({ model: "toy", input: "one two" });
    const long = await client.responses.inputTokens.count({
      ...{ model: "toy", input: "three", previous_response_id: second.id },
    });
    expect(long.input_tokens).toBeGreaterThan(short.input_tokens);
  });

  test("is nothing with store: false", async () => {
    const before = await rows();
    const response = await client.responses.create({ input: "zafiro", store: false });
    expect(response).toMatchObject({ store: false });
    for await (const _ of await client.responses.create({
      input: "zafiro",
      store: false,
      stream: true,
    }));
    expect(await rows()).toEqual(before);
    await expect(client.responses.retrieve(response.id)).rejects.toThrow("404");
  });

  test("is nothing where the policy keeps none", async () => {
    const strict = await serve(only(engine), [openaiApi], [], {
      policy: { openai: { store_days: 0 } },
    });
    const other = new OpenAI({ baseURL: `${strict.url}/v1`, apiKey: "none", maxRetries: 0 });
    const response = await other.responses.create({ input: "x", store: true });
    expect(response).toMatchObject({ store: false, status: "completed" });
    await strict[Symbol.asyncDispose]();
  });
});
