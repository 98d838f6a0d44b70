/** Tools and formats through the official clients, unmodified: they call, and send back what came. */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, isStepCount, Output, streamText, tool } from "ai";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { only, type Request } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { calling, type Saying, toy } from "../../fixtures/toy.ts";
import { type Json, type Served, serve } from "../core/serve.ts";

let answer: (request: Request) => readonly Saying[];
const { engine, asked } = toy((request) => answer(request));
let served: Served;
let client: OpenAI;
const weather = {
  type: "function" as const,
  function: {
    name: "weather",
    description: "Tells the weather.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
};
const hello = [{ role: "user" as const, content: "How is it in Cádiz?" }];
const asking = { model: "toy", messages: hello };

beforeAll(async () => {
  served = await serve(only(engine), [openaiApi]);
  client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => served[Symbol.asyncDispose]());
beforeEach(() => {
  asked.length = 0;
  // Calls first, and puts into words what came of it.
  answer = ({ messages }) => {
    const last = messages.at(-1);
    if (last?.toolCallId === undefined) return [calling("weather", { city: "Cádiz" })];
    return [`It is ${last.content}`];
  };
});

/** The conversation that the engine saw the second time. */
const SECOND = [
  { role: "user", content: "How is it in Cádiz?" },
  {
    role: "assistant",
    content: "",
    toolCalls: [{ id: "call_1", name: "weather", arguments: '{"city":"Cádiz"}' }],
  },
  { role: "user", toolCallId: "call_1" },
];

describe("a call of a tool", () => {
  test("is an answer without content", async () => {
    const { choices } = await client.chat.completions.create({ ...asking, tools: [weather] });
    expect(choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: null,
        tool_calls: [
          {
            id: "call_1",
            type: "function",
            function: { name: "weather", arguments: '{"city":"Cádiz"}' },
          },
        ],
      },
    });
  });

  test("can follow a text, and another call", async () => {
    answer = () => ["Let me see. ", calling("weather", {}, "1"), calling("weather", {}, "2")];
    const whole = await client.chat.completions.create({ ...asking, tools: [weather] });
    const runner = client.chat.completions.stream({ ...asking, tools: [weather] });
    for (const { choices } of [whole, await runner.finalChatCompletion()]) {
      expect(choices[0]?.message.content).toBe("Let me see. ");
      expect(choices[0]?.message.tool_calls?.map(({ id }) => id)).toEqual(["1", "2"]);
      expect(choices[0]?.finish_reason).toBe("tool_calls");
    }
  });

  test("lets go the text that a stop string holds back", async () => {
    answer = () => ["Let me see", calling("weather", {})];
    const runner = client.chat.completions.stream({ ...asking, tools: [weather], stop: "see you" });
    const { choices } = await runner.finalChatCompletion();
    expect(choices[0]?.message).toMatchObject({
      content: "Let me see",
      tool_calls: [{ id: "call_1" }],
    });
  });

  test.each([
    ["auto", "auto"],
    ["none", "none"],
    ["required", "required"],
    [{ type: "function", function: { name: "weather" } }, { name: "weather" }],
    [undefined, "auto"],
  ] as const)("tool_choice %o", async (tool_choice, choice) => {
    const tools = { tools: [weather], tool_choice, parallel_tool_calls: false };
    await client.chat.completions.create({ ...asking, ...tools } as Json);
    const list = [weather.function];
    expect(asked[0]?.extras?.tools).toEqual({ list, choice, parallel: false });
  });

  test("is shown to the model again also where no tool is offered any more", async () => {
    await client.chat.completions.create({
      model: "toy",
      messages: [
        ...hello,
        {
          role: "assistant",
          content: "One moment.",
          tool_calls: [
            { id: "a", type: "function", function: { name: "weather", arguments: "{}" } },
          ],
        },
        { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "sunny" }] },
      ],
    });
    expect(asked[0]?.messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: "One moment.",
        toolCalls: [{ id: "a", name: "weather", arguments: "{}" }],
      },
      { role: "user", content: "sunny", toolCallId: "a" },
    ]);
    expect(asked[0]?.extras).toEqual({ tools: { list: [], choice: "none", parallel: true } });
  });

  test.each([
    ['"text"', '"text"'],
    ['{"city": ', '{"city":'],
    ["null", "{}"],
    ["", "{}"],
    [undefined, "{}"],
    [{ city: "Cádiz" }, '{"city":"Cádiz"}'],
  ])("whose arguments are %j is shown to the model as %s", async (given, shown) => {
    const call = { id: "a", type: "function", function: { name: "weather", arguments: given } };
    const messages = [
      ...[...hello, { role: "assistant", tool_calls: [call] }],
      { role: "tool", tool_call_id: "a", content: "sunny" },
    ];
    const reply = await served.post("/v1/chat/completions", { messages });
    expect(reply.status).toBe(200);
    expect(asked[0]?.messages[1]?.toolCalls).toEqual([
      { id: "a", name: "weather", arguments: shown },
    ]);
  });
});

describe("the loop of calls and answers", () => {
  const cities: string[] = [];
  const look = ({ city }: { city: string }) => {
    cities.push(city);
    return "sunny";
  };
  beforeEach(() => {
    cities.length = 0;
  });
  const looped = () => {
    expect(cities).toEqual(["Cádiz"]);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.messages).toMatchObject(SECOND);
  };

  test.each([true, false])("of OpenAI's client, stream: %s", async (stream) => {
    const run = { function: look, parse: JSON.parse, ...weather.function };
    const tools = [{ type: "function", function: run }];
    const runner = client.chat.completions.runTools({ ...asking, tools, stream } as Json);
    expect(await runner.finalContent()).toBe("It is sunny");
    looped();
  });

  const tools = {
    weather: tool({
      description: "Tells the weather.",
      inputSchema: z.strictObject({ city: z.string() }),
      execute: look,
    }),
  };
  const model = () =>
    createOpenAICompatible({
      name: "charla",
      baseURL: `${served.url}/v1`,
      supportsStructuredOutputs: true,
    }).chatModel("toy");
  const sdk = { tools, prompt: "How is it in Cádiz?", stopWhen: isStepCount(3) };

  test("of the AI SDK", async () => {
    const { text, steps } = await generateText({ ...sdk, model: model() });
    expect(text).toBe("It is sunny");
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(["tool-calls", "stop"]);
    looped();
  });

  test("of the AI SDK, as a stream", async () => {
    const result = streamText({ ...sdk, model: model() });
    expect((await Array.fromAsync(result.textStream)).join("")).toBe("It is sunny");
    looped();
  });

  const chat = () =>
    new ChatOpenAI({
      model: "toy",
      apiKey: "none",
      configuration: { baseURL: `${served.url}/v1` },
      maxRetries: 0,
    });

  test.each([true, false])("of LangChain, stream: %s", async (stream) => {
    const bound = chat().bindTools([weather], { tool_choice: "weather" });
    const ask = async (messages: Json) => {
      if (!stream) return bound.invoke(messages);
      const [first, ...rest] = await Array.fromAsync(await bound.stream(messages));
      if (!first) throw new TypeError("no chunk");
      return rest.reduce((sum, one) => sum.concat(one), first);
    };
    const called = await ask([["human", "How is it in Cádiz?"]]);
    const [call] = called.tool_calls ?? [];
    const content = look(call?.args as { city: string });
    const said = { role: "tool", tool_call_id: call?.id, content };
    const { content: text } = await ask([["human", "How is it in Cádiz?"], called, said]);
    expect(text).toBe("It is sunny");
    expect(asked[0]?.extras?.tools?.choice).toEqual({ name: "weather" });
    looped();
  });

  const City = z.strictObject({ name: z.string(), people: z.int() });
  const cadiz = { name: "Cádiz", people: 111_811 };
  const inJson = (): void => {
    answer = () => [JSON.stringify(cadiz)];
  };
  const grammar = () => asked[0]?.extras?.grammar as Json;

  test("a format of OpenAI's client", async () => {
    inJson();
    const response_format = zodResponseFormat(City, "city");
    const { choices } = await client.chat.completions.parse({ ...asking, response_format });
    expect(choices[0]?.message.parsed).toEqual(cadiz);
    expect(grammar()).toMatchObject({
      type: "json_schema",
      schema: { required: ["name", "people"] },
    });
    const runner = client.chat.completions.stream({ ...asking, response_format });
    const streamed = await runner.finalChatCompletion();
    expect(streamed.choices[0]?.message.parsed).toEqual(cadiz);
  });

  test("a format of the AI SDK", async () => {
    inJson();
    const output = Output.object({ schema: City, name: "city", description: "A city." });
    const result = await generateText({ model: model(), prompt: "Cádiz", output });
    expect(result.output).toEqual(cadiz);
    expect(grammar().schema.properties.people.type).toBe("integer");
  });

  test("a format of LangChain", async () => {
    inJson();
    const structured = chat().withStructuredOutput(City, { method: "jsonSchema" });
    expect(await structured.invoke("Cádiz")).toEqual(cadiz);
    expect(grammar().type).toBe("json_schema");
  });
});

test.each([
  ["response_format", { response_format: { type: "json_object" } }],
  ["tools", { tools: [weather] }],
])("a schema that the engine refuses is %s", async (param, extra) => {
  answer = () => {
    const said = {
      status: 400,
      message: "No {path}.",
      hint: "Simpler.",
      params: { path: "#/not" },
    };
    throw new CharlaError("unsupported_schema", said);
  };
  for (const stream of [true, false]) {
    const reply = await served.post("/v1/chat/completions", { ...asking, ...extra, stream });
    expect(reply.status).toBe(400);
    const { error } = (await reply.json()) as Json;
    expect(error).toMatchObject({ code: "unsupported_schema", param, message: "No #/not." });
  }
});

describe("an answer in JSON", () => {
  const object = { ...asking, response_format: { type: "json_object" } as const };
  test.each([
    ["is complete when it ended by itself", {}, "complete", "stop"],
    ["says so when its limit has cut it", { max_tokens: 1 }, "incomplete", "length"],
    ["says so when a stop string has cut it", { stop: "2" }, "incomplete", "stop"],
    ["may follow a thought", { seed: 7 }, "complete", "stop"],
  ])("%s", async (_, limit, state, reason) => {
    answer = ({ sampling }) => [`${sampling.seed === 7 ? "Hm.</think>" : ""}{"a": 2}`];
    const whole = await client.chat.completions.create({ ...object, ...limit });
    expect(asked[0]?.extras).toEqual({ grammar: { type: "json_object" } });
    expect(whole.choices[0]?.finish_reason).toBe(reason);
    expect((whole as Json).charla.json).toBe(state);
    const stream = await client.chat.completions.create({ ...object, ...limit, stream: true });
    const last = (await Array.fromAsync(stream)).at(-1);
    expect(last?.choices[0]?.finish_reason).toBe(reason);
    expect((last as Json).charla.json).toBe(state);
  });
});
