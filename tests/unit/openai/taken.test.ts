/**
 * What clients send beside what they ask for: null, empty and default values are absent, hints are
 * named in a header, and what would change the answer is refused for a reason.
 */
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Request } from "../../../src/core/engine.ts";
import { only } from "../../../src/core/engine.ts";
import { HINTS, NEUTRAL } from "../../../src/features/openai/hints.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { calling, type Saying, toy } from "../../fixtures/toy.ts";
import { type Json, type Served, serve } from "../core/serve.ts";

let answer: (request: Request) => readonly Saying[];
const { engine, asked } = toy((request) => answer(request));
let served: Served;
beforeAll(async () => {
  served = await serve(only(engine), [openai]);
});
afterAll(() => served[Symbol.asyncDispose]());
beforeEach(() => {
  asked.length = 0;
  answer = () => ["yes"];
});

const hello = [{ role: "user", content: "hello" }];

async function ask(fields: object): Promise<{ ignored: string | null; request: Request }> {
  const reply = await served.post("/v1/chat/completions", { messages: hello, ...fields });
  const said = await reply.text();
  expect(reply.status, said).toBe(200);
  return { ignored: reply.headers.get("charla-ignored"), request: asked.at(-1) as Request };
}

async function refused(fields: object): Promise<Json> {
  const reply = await served.post("/v1/chat/completions", { messages: hello, ...fields });
  expect(reply.status).toBe(400);
  const { error } = (await reply.json()) as Json;
  expect(error.message).not.toMatch(/Invalid input\.?$/);
  return error;
}

describe("a field that asks for nothing", () => {
  test.each(Object.entries(NEUTRAL))(
    "%s passes at its neutral values alone",
    async (name, values) => {
      for (const value of [...values, null]) {
        const { ignored, request } = await ask({ [name]: value });
        expect(ignored).toBeNull();
        expect(request.extras).toBeUndefined();
      }
      expect((await refused({ [name]: "something else" })).param).toBe(name);
    },
  );

  test("passes as null, whatever its name", async () => {
    const every = Object.keys(
      served.routes.find(({ path }) => path.endsWith("/completions")) ?? {},
    );
    expect(every.length).toBeGreaterThan(0);
    const names = [
      "functions",
      "reasoning_effort",
      "seed",
      "stop",
      "charla",
      "a_name_of_next_year",
    ];
    for (const name of names) expect((await ask({ [name]: null })).ignored).toBeNull();
  });

  test.each([
    [{ tools: [], tool_choice: "auto", parallel_tool_calls: true }],
    [{ top_logprobs: 0 }],
    [{ functions: [], function_call: "none" }],
    [{ metadata: {}, service_tier: "auto", modalities: ["text"], store: false }],
    [{ model: "", stop: "", user: "" }],
    [{ stop: [""] }],
    [{ top_k: 0, min_p: 0, repeat_penalty: 1, dry_multiplier: 0, presence_penalty: 0 }],
    [{ top_k: -1, repetition_penalty: 1, dry_base: 2, repeat_last_n: 64 }],
    [{ repeat_penalty: 1.3, repeat_last_n: 0 }],
    [{ cache_prompt: true, mirostat: 0, stream_options: { include_obfuscation: false } }],
  ])("%j", async (fields) => {
    const { ignored, request } = await ask(fields);
    expect(ignored).toBeNull();
    expect(request.extras).toBeUndefined();
  });
});

describe("a hint", () => {
  test.each(Object.keys(HINTS))("%s is taken, and named in the header", async (name) => {
    for (const stream of [true, false]) {
      expect((await ask({ [name]: "anything", stream })).ignored).toBe(name);
    }
  });

  test("on a message is named once", async () => {
    const messages = [
      { role: "system", content: "Be brief.", name: "boss", cache_control: { type: "ephemeral" } },
      { role: "user", content: "hello", name: "Ana" },
      { role: "assistant", content: "yes", reasoning_content: "Hm.", annotations: [], audio: null },
      { role: "user", content: [{ type: "text", text: "so?", cache_control: {} }], name: "Eva" },
    ];
    const { ignored, request } = await ask({ messages, metadata: { project: "x" } });
    expect(ignored).toBe(
      "metadata, messages[].name, messages[].cache_control, messages[].reasoning_content",
    );
    expect(request.messages.map(({ content }) => content)).toEqual([
      ...["Be brief.", "hello", "yes", "so?"],
    ]);
  });
});

describe("what would change the answer", () => {
  const part = (value: object) => ({ messages: [{ role: "user", content: [value] }] });
  test.each<[object, string, RegExp]>([
    [
      part({ type: "image_url", image_url: { url: "data:," } }),
      "messages[0].content",
      /is no image: send it as data:image/,
    ],
    [part({ type: "input_audio", input_audio: {} }), "messages[0].content", /sound is not read/],
    [part({ type: "file", file: {} }), "messages[0].content", /files are not read/],
    [part({ type: "video_url" }), "messages[0].content", /films are not read/],
    [part({ type: "tool_reference" }), "messages[0].content", /no part of type tool_reference/],
    [
      { messages: [{ role: "user", content: null }] },
      "messages[0].content",
      /expected string or array/,
    ],
    [{ stop: 5 }, "stop", /expected string or array/],
    [{ stop: Array.from({ length: 17 }, String) }, "stop", /<=16 items/],
    [{ tool_choice: "any" }, "tool_choice", /"auto"\|"none"\|"required"/],
    [{ audio: { voice: "alloy" } }, "audio", /not made here/],
    [{ modalities: ["text", "audio"] }, "modalities", /not supported/],
    [{ functions: [{ name: "f" }] }, "functions", /send tools/],
    [{ tools: [{ type: "web_search" }] }, "tools[0].type", /not run here/],
    [{ response_format: { type: "xml" } }, "response_format.type", /json_schema/],
  ])("%j is refused", async (fields, param, reason) => {
    const error = await refused(fields);
    expect(error.param).toBe(param);
    expect(error.message).toMatch(reason);
  });
});

test("whatever an answer holds can be sent back, and null in any of its places", async () => {
  const nulls = fc.dictionary(fc.string({ maxLength: 12 }), fc.constant(null), { maxKeys: 4 });
  answer = ({ messages }) =>
    messages.length === 1 ? [calling("clock", {})] : ["It is ", "twelve."];
  const first = await served.post("/v1/chat/completions", { messages: hello });
  const { message } = ((await first.json()) as Json).choices[0];
  await fc.assert(
    fc.asyncProperty(nulls, nulls, nulls, async (one, two, three) => {
      const [call] = message.tool_calls;
      const echo = {
        ...{ ...one, ...message, function_call: null, annotations: [], parsed: null },
        tool_calls: [{ ...two, ...call, index: 0, function: { ...three, ...call.function } }],
      };
      const messages = [...hello, echo, { role: "tool", tool_call_id: call.id, content: "12:00" }];
      expect((await ask({ messages })).request.messages).toHaveLength(3);
    }),
    { numRuns: 40 },
  );
});

describe("sampling as other local servers have it", () => {
  test.each<[object, object]>([
    [{ top_k: 40 }, { topK: 40 }],
    [{ min_p: 0.05 }, { minP: 0.05 }],
    [{ repeat_penalty: 1.1 }, { repeatPenalty: { factor: 1.1, lastN: 64 } }],
    [{ repeat_penalty: 1.1, repeat_last_n: -1 }, { repeatPenalty: { factor: 1.1 } }],
    [{ repetition_penalty: 1.2 }, { repeatPenalty: { factor: 1.2 } }],
    [
      { dry_multiplier: 0.8 },
      { dry: { multiplier: 0.8, base: 1.75, allowedLength: 2, breakers: ["\n", ":", '"', "*"] } },
    ],
    [
      {
        ...{ dry_multiplier: 1, dry_base: 2, dry_allowed_length: 4, dry_penalty_last_n: 100 },
        dry_sequence_breakers: [],
      },
      { dry: { multiplier: 1, base: 2, allowedLength: 4, lastN: 100, breakers: [] } },
    ],
    [
      { response_format: { type: "json_object", schema: { type: "object" } } },
      { grammar: { type: "json_schema", schema: { type: "object" }, strict: false } },
    ],
    [
      { response_format: { type: "json_schema", json_schema: { name: "x" } } },
      { grammar: { type: "json_object" } },
    ],
  ])("%j", async (fields, extras) => {
    expect((await ask(fields)).request.extras).toEqual(extras);
  });

  test("max_tokens -1 is all that the window has room for", async () => {
    const { request } = await ask({ max_tokens: -1 });
    const { contextWindow } = engine.card;
    const prompt = await engine.countTokens(request.messages);
    expect(request.sampling.maxTokens).toBe(contextWindow - prompt);
  });

  test("top_p 0 is the likeliest token", async () => {
    const { topP } = (await ask({ top_p: 0 })).request.sampling;
    expect(topP).toBeGreaterThan(0);
    expect(topP).toBeLessThan(1e-9);
  });

  test("a seed has 64 bits, and -1 is a new one each time", async () => {
    const seedOf = async (seed: number) => (await ask({ seed })).request.sampling.seed;
    expect(await seedOf(1732825999999)).toBe(1732825999999);
    expect(await seedOf(-7)).toBe(-7);
    const wide: (number | undefined)[] = [];
    for (const one of [2 ** 53, 2 ** 60, 2 ** 61, 2 ** 64 - 2 ** 11]) wide.push(await seedOf(one));
    expect(wide.every(Number.isSafeInteger)).toBe(true);
    expect(new Set(wide).size).toBe(4);
    expect(await seedOf(2 ** 60)).toBe(wide[1]);
    expect(await seedOf(-1)).not.toBe(await seedOf(-1));
    const { request } = await ask({ seed: -1 });
    expect(request.reproducible).toBe(false);
  });
});

describe("the last message", () => {
  const begun = [...hello, { role: "assistant", content: "The answer is" }];

  test.each([
    [{}],
    [{ continue_final_message: true }],
    [{ add_generation_prompt: false, continue_final_message: true }],
  ])("may be the beginning of the answer, %j", async (fields) => {
    const { request } = await ask({ messages: begun, ...fields });
    expect(request.messages.at(-1)).toEqual({ role: "assistant", content: "The answer is" });
  });

  test("is not a beginning when it is empty", async () => {
    const messages = [...hello, { role: "assistant", content: null }];
    expect((await ask({ messages })).request.messages).toEqual(hello);
  });

  test("that is to be ended first is refused", async () => {
    const error = await refused({ messages: begun, continue_final_message: false });
    expect(error.param).toBe("continue_final_message");
  });

  test("may be one of the system, also alone", async () => {
    const system = { role: "system", content: "Write a title." };
    for (const messages of [[system], [...hello, system]]) {
      expect((await ask({ messages })).request.messages).toEqual(messages);
    }
  });
});
