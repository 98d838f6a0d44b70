/** `/v1/messages` by Anthropic's official client. */
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { only, type Request } from "../../../src/core/engine.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { calling, type Saying, toy } from "../../fixtures/toy.ts";
import { type Json, type Served, serve } from "../core/serve.ts";

let answer: (request: Request) => readonly Saying[];
const { engine, asked } = toy((request) => answer(request));
let served: Served;
let client: Anthropic;

const weather = {
  name: "weather",
  description: "Tells the weather.",
  input_schema: { type: "object" as const, properties: { city: { type: "string" } } },
};
const hello = {
  model: "toy",
  max_tokens: 50,
  messages: [{ role: "user" as const, content: "Good day" }],
};

beforeAll(async () => {
  served = await serve(only(engine), [openaiApi]);
  client = new Anthropic({ baseURL: served.url, authToken: "none", apiKey: null, maxRetries: 0 });
});
afterAll(() => served[Symbol.asyncDispose]());
beforeEach(() => {
  asked.length = 0;
  answer = ({ messages }) => [`You said ${messages.at(-1)?.content}`];
});

describe("a message", () => {
  test("is answered, with its system prompt, and counted", async () => {
    const message = await client.messages.create({
      ...hello,
      system: [{ type: "text", text: "Be brief." }],
    });
    expect(message).toMatchObject({
      ...{ type: "message", role: "assistant", model: "toy", stop_reason: "end_turn" },
      content: [{ type: "text", text: "You said Good day" }],
      usage: { output_tokens: 4, cache_read_input_tokens: 2 },
    });
    expect(asked[0]?.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Good day" },
    ]);
    const { input_tokens } = await client.messages.countTokens({
      model: "toy",
      messages: hello.messages,
    });
    expect(input_tokens).toBe(6);
  });

  test("that is cut says so", async () => {
    const message = await client.messages.create({ ...hello, max_tokens: 1 });
    expect(message.stop_reason).toBe("max_tokens");
  });

  test("calls a tool, and is told what came of it", async () => {
    answer = ({ messages }) =>
      messages.at(-1)?.toolCallId
        ? ["It rains."]
        : ["Let me see", calling("weather", { city: "Lugo" }, "call_7")];
    const first = await client.messages.create({
      ...hello,
      ...{ tools: [weather], tool_choice: { type: "any", disable_parallel_tool_use: true } },
    });
    expect(first).toMatchObject({
      stop_reason: "tool_use",
      content: [
        { type: "text", text: "Let me see" },
        { type: "tool_use", id: "call_7", name: "weather", input: { city: "Lugo" } },
      ],
    });
    expect(asked[0]?.extras?.tools).toMatchObject({ choice: "required", parallel: false });
    await client.messages.create({
      ...{ ...hello, tools: [weather] },
      messages: [
        ...hello.messages,
        { role: "assistant", content: first.content },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "call_7",
              content: [{ type: "text", text: "rain" }],
            },
            { type: "text", text: "So?" },
          ],
        },
      ],
    });
    expect(asked[1]?.messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: "Let me see",
        toolCalls: [{ id: "call_7", name: "weather", arguments: '{"city":"Lugo"}' }],
      },
      { role: "user", content: "rain", toolCallId: "call_7" },
      { role: "user", content: "So?" },
    ]);
  });

  test("is streamed block by block", async () => {
    answer = () => [
      { type: "text", text: "", reasoning: "Hm." },
      "Let me see",
      calling("weather", { city: "Lugo" }, "call_7"),
    ];
    const types: string[] = [];
    const stream = client.messages.stream({ ...hello, tools: [weather] });
    stream.on("streamEvent", ({ type }) => void types.push(type));
    const final = await stream.finalMessage();
    expect(types).toEqual([
      "message_start",
      ...["content_block_start", "content_block_delta", "content_block_stop"],
      ...["content_block_start", ...Array(3).fill("content_block_delta"), "content_block_stop"],
      ...["content_block_start", "content_block_delta", "content_block_stop"],
      ...["message_delta", "message_stop"],
    ]);
    expect(final.content).toMatchObject([
      { type: "thinking", thinking: "Hm." },
      { type: "text", text: "Let me see" },
      { type: "tool_use", id: "call_7", name: "weather", input: { city: "Lugo" } },
    ]);
    expect(final.stop_reason).toBe("tool_use");
  });

  test("that fails in the middle of its stream ends in an error", async () => {
    answer = () => {
      throw new Error("the engine is gone");
    };
    const failed = await client.messages
      .stream(hello)
      .finalMessage()
      .catch((thrown) => thrown);
    expect(failed).toBeInstanceOf(Anthropic.APIError);
    expect(String(failed)).not.toContain("engine is gone");
  });

  test.each([
    [{ ...hello, max_tokens: undefined }, "max_tokens"],
    [{ ...hello, unheard_of: 1 }, "unheard_of"],
    [
      { ...hello, messages: [{ role: "user", content: [{ type: "image", source: {} }] }] },
      "messages[0].content",
    ],
    [{ ...hello, tools: [{ type: "web_search_20250305", name: "w" }] }, "tools"],
  ])("refuses %j by its name", async (body, param) => {
    const failed = await client.messages.create(body as Json).catch((thrown) => thrown);
    expect(failed).toBeInstanceOf(Anthropic.BadRequestError);
    expect(failed.error.error.param).toContain(param);
  });
});
