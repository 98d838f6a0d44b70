/** What goes through a remote engine beside text: tools, thoughts, log-probabilities, constraints. */
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import type { Extras, Message } from "../../../src/core/types.ts";
import { type Answer, end, event, fake, say } from "./fake.ts";
import { read } from "./port.ts";
import { CHAT, engineOf, failure, models, ollama, request } from "./remote-asking.ts";

const vllm = models({ id: "qwen", owned_by: "vllm", max_model_len: 32_768 });
const llama = models({ id: "gguf", owned_by: "llamacpp" });
const isOllama = { ...ollama, "GET /api/version": () => ({ version: "0.9.0" }) };
const clock = { name: "clock", description: "The time", parameters: { type: "object" } };
const tools = { list: [clock], choice: "auto", parallel: true } as const;

/** Opens a stream and writes a chunk for each delta. */
const stream = (response: ServerResponse, ...deltas: object[]) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const delta of deltas) event(response, { choices: [{ index: 0, delta }] });
};

async function ask(routes: object, answer: Answer, extras?: Extras, messages?: Message[]) {
  await using server = await fake({ ...routes, [CHAT]: answer });
  const engine = await engineOf(server);
  const result = await read(engine, request({ extras, ...(messages && { messages }) }));
  return { ...result, body: server.asked.at(-1)?.body, grants: engine.grants };
}

const yes: Answer = (_, response) => {
  say(response, "Yes");
  return end(response, "stop");
};

describe("tools", () => {
  const calls = (text: object[]) => text.flatMap((piece) => ("toolCall" in piece ? piece : []));

  test("are offered as OpenAI has it, and a call comes back whole", async () => {
    const { body, pieces, text } = await ask(
      vllm,
      (_, response) => {
        const part = (given: string, head = {}) => ({
          tool_calls: [{ index: 0, ...head, function: { arguments: given, ...head } }],
        });
        const first = { index: 0, id: "c1", type: "function" };
        stream(
          response,
          { role: "assistant", content: null },
          { tool_calls: [{ ...first, function: { name: "clock", arguments: "" } }] },
          part('{"zone":'),
          part('"Lima"}'),
          { tool_calls: [{ index: 1, id: "c2", function: { name: "clock" } }] },
        );
        return end(response, "tool_calls");
      },
      { tools: { ...tools, choice: { name: "clock" }, parallel: false } },
    );
    expect(text).toBe("");
    expect(calls(pieces as object[])).toMatchObject([
      { toolCall: { id: "c1", name: "clock", arguments: '{"zone":"Lima"}' } },
      { toolCall: { id: "c2", name: "clock", arguments: "{}" } },
    ]);
    expect(body).toMatchObject({
      tools: [{ type: "function", function: clock }],
      tool_choice: { type: "function", function: { name: "clock" } },
      parallel_tool_calls: false,
    });
  });

  test("may come without ids and numbers, or all with the same number", async () => {
    const call = (name: string, id?: string, index?: number) => ({
      tool_calls: [{ index, id, function: { name, arguments: { a: 1 } } }],
    });
    const without = await ask(isOllama, (_, response) => {
      stream(response, call("one"));
      return end(response, "stop");
    });
    const [made] = calls(without.pieces as object[]);
    expect(made).toMatchObject({ toolCall: { name: "one", arguments: '{"a":1}' } });
    expect(made).toMatchObject({ toolCall: { id: expect.stringMatching(/^call_/) } });
    const same = await ask(vllm, (_, response) => {
      stream(response, call("one", "a", 0), call("two", "b", 0));
      return end(response, "tool_calls");
    });
    expect(calls(same.pieces as object[])).toMatchObject([
      { toolCall: { id: "a", name: "one" } },
      { toolCall: { id: "b", name: "two" } },
    ]);
  });

  test("that were called before are sent back with what they answered", async () => {
    const messages: Message[] = [
      { role: "user", content: "Time?" },
      {
        role: "assistant",
        content: "",
        toolCalls: [{ id: "c1", name: "clock", arguments: "{}" }],
      },
      { role: "user", content: "Noon", toolCallId: "c1" },
    ];
    const { body } = await ask(vllm, yes, undefined, messages);
    expect(body.messages).toEqual([
      { role: "user", content: "Time?" },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "c1", type: "function", function: { name: "clock", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c1", content: "Noon" },
    ]);
  });

  test("are refused where a choice would be ignored, and left out where none is the choice", async () => {
    const forced = { tools: { ...tools, choice: "required" } } as const;
    expect(await failure(ask(isOllama, yes, forced))).toMatchObject({ param: "tool_choice" });
    const { body } = await ask(isOllama, yes, { tools: { ...tools, choice: "none" } });
    expect(body).not.toHaveProperty("tools");
    expect(body).not.toHaveProperty("tool_choice");
  });
});

test("constraints, biases and penalties go through by OpenAI's names", async () => {
  const schema = { type: "object" };
  const { body } = await ask(vllm, yes, {
    grammar: { type: "json_schema", schema },
    logitBias: { 5: -100 },
    presencePenalty: 1,
    frequencyPenalty: 0.5,
    logprobs: 2,
  });
  expect(body).toMatchObject({
    response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    logit_bias: { 5: -100 },
    presence_penalty: 1,
    frequency_penalty: 0.5,
    logprobs: true,
    top_logprobs: 2,
  });
  const dry = { multiplier: 0.8, base: 1.75, allowedLength: 2, breakers: ["."] };
  const own = { topK: 40, minP: 0.1, repeatPenalty: { factor: 1.1, lastN: 64 }, dry };
  expect((await ask(llama, yes, own)).body).toMatchObject({
    ...{ top_k: 40, min_p: 0.1, repeat_penalty: 1.1, repeat_last_n: 64 },
    ...{ dry_multiplier: 0.8, dry_base: 1.75, dry_allowed_length: 2, dry_penalty_last_n: -1 },
    dry_sequence_breakers: ["."],
  });
  const gbnf = { grammar: { type: "gbnf", source: 'root ::= "a"' } } as const;
  expect((await ask(llama, yes, gbnf)).body.grammar).toBe('root ::= "a"');
  expect(await failure(ask(vllm, yes, gbnf))).toMatchObject({ code: "not_granted" });
});

test("an engine grants what its server is known to take", async () => {
  const all = ["tools", "grammar", "logprobs", "logitBias", "presencePenalty", "frequencyPenalty"];
  const own = ["topK", "minP", "repeatPenalty", "dry"];
  const grantsOf = async (server: object) => new Set((await ask(server, yes)).grants);
  expect(await grantsOf(ollama)).toEqual(new Set(all));
  expect(await grantsOf(vllm)).toEqual(new Set([...all, "topK", "minP", "prefill"]));
  expect(await grantsOf(llama)).toEqual(new Set([...all, ...own, "prefill"]));
  const { grants } = await ask(isOllama, yes);
  expect(grants).not.toContain("logprobs");
  expect(grants).not.toContain("logitBias");
  expect(grants).toContain("prefill");
});

test("an answer that was begun is gone on with, which vLLM has to be told", async () => {
  const begun: Message[] = [
    { role: "user", content: "Count" },
    { role: "assistant", content: "One, two" },
  ];
  const told = { continue_final_message: true, add_generation_prompt: false };
  expect((await ask(vllm, yes, { prefill: true }, begun)).body).toMatchObject(told);
  expect((await ask(llama, yes, { prefill: true }, begun)).body).not.toMatchObject(told);
  expect((await ask(vllm, yes)).body).not.toMatchObject(told);
});

test("log-probabilities come with their tokens", async () => {
  const token = { token: "Yes", logprob: -0.5, bytes: [89, 101, 115] };
  const { pieces, text } = await ask(
    vllm,
    (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const logprobs = { content: [{ ...token, top_logprobs: [token] }] };
      event(response, { choices: [{ delta: { content: "Yes" }, logprobs }] });
      return end(response, "stop");
    },
    { logprobs: 1 },
  );
  expect(text).toBe("Yes");
  const plain = { id: -1, text: "Yes", logprob: -0.5, bytes: [89, 101, 115] };
  expect(pieces[0]).toEqual({ type: "text", text: "Yes", tokens: [{ ...plain, top: [plain] }] });
});

describe("a thought", () => {
  const thought = (text: string) => ({ type: "text", text: "", reasoning: text });

  test.each(["reasoning_content", "reasoning"])("by the name of %s is no answer", async (name) => {
    const { pieces, text } = await ask(vllm, (_, response) => {
      stream(response, { [name]: "Hm, " }, { [name]: "so." }, { content: "Yes" });
      return end(response, "stop");
    });
    expect(text).toBe("Yes");
    expect(pieces.slice(0, 2)).toEqual([thought("Hm, "), thought("so.")]);
  });

  test("that stands in the text is told from it", async () => {
    const { pieces, text } = await ask(vllm, (_, response) => {
      say(response, "<thi", "nk>", "Hm.", "</think>", "\n\nYes: <think> is a tag.");
      return end(response, "stop");
    });
    expect(text).toBe("Yes: <think> is a tag.");
    expect(pieces[0]).toEqual(thought("Hm."));
  });

  test("counts for the limit of tokens", async () => {
    const { ending } = await ask(vllm, (_, response) => {
      stream(response, ...Array.from({ length: 200 }, () => ({ reasoning: "on " })));
      return undefined;
    });
    expect(ending).toMatchObject({ reason: "length", completionTokens: 100 });
  });
});

describe("a server that is a little different", () => {
  const raw =
    (text: string, type = "text/event-stream"): Answer =>
    (_, response) => {
      response.writeHead(200, { "content-type": type });
      response.end(text);
    };
  const data = (...chunks: unknown[]) =>
    chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
  const hello = { choices: [{ delta: { content: "Hello." } }] };
  const stop = { choices: [{ delta: {}, finish_reason: "stop" }] };
  const usage = { prompt_tokens: 7, completion_tokens: 3 };
  const whole = (message: object, finish_reason: string | null = "stop") =>
    JSON.stringify({ object: "chat.completion", choices: [{ message, finish_reason }], usage });
  const done = "data: [DONE]\n\n";

  test.each([
    ["choices: null beside the usage", data(hello, stop, { choices: null, usage }) + done],
    ["usage without choices", data(hello, stop, { usage }) + done],
    ["a first chunk without choices", data({ prompt_filter_results: [] }, hello, stop) + done],
    [
      "empty choices, delta null",
      data({ choices: [] }, { choices: [{ delta: null }] }, hello, stop),
    ],
    ["an empty data line", `data:\n\ndata: \n\n${data(hello)}data:\n\n${data(stop)}`],
    ["no [DONE]", data(hello, stop)],
    ["no reason", data(hello) + done],
    ["no empty line at the end", `${data(hello, stop)}data: [DONE]`],
    ["no line end at all", (data(hello) + data(stop)).trimEnd()],
    ["error: null", data({ ...hello, error: null }, stop) + done],
  ])("%s is an answer", async (_, text) => {
    const { text: answer, ending } = await ask(ollama, raw(text));
    expect(answer).toBe("Hello.");
    expect(ending.reason).toBe("stop");
    if (text.includes("usage")) expect(ending).toMatchObject({ promptTokens: 7 });
  });

  test("JSON in place of a stream is an answer, with all that is in it", async () => {
    const message = {
      content: "Hello.",
      reasoning_content: "Hm.",
      tool_calls: [{ id: "a", type: "function", function: { name: "clock", arguments: "{}" } }],
    };
    const { text, pieces, ending } = await ask(
      ollama,
      raw(whole(message, "length"), "application/json; charset=utf-8"),
    );
    expect(text).toBe("Hello.");
    expect(ending).toMatchObject({ reason: "length", promptTokens: 7, completionTokens: 3 });
    expect(pieces).toMatchObject([{ reasoning: "Hm." }, "Hello.", { toolCall: { id: "a" } }, {}]);
  });

  test.each([
    ["a page", "<html><body>Sign in</body></html>", "text/html"],
    ["JSON that is no answer", '"hello"', "application/json"],
  ])("%s with status 200 is none", async (_, text, type) => {
    const error = await failure(ask(ollama, raw(text, type)));
    expect(error).toMatchObject({ code: "remote_unreadable", retryable: false });
    expect(error.message).not.toContain("<");
  });

  test("an event that is cut in two has broken off", async () => {
    const error = await failure(ask(ollama, raw(`${data(hello)}data: {"choices":[{"del`)));
    expect(error).toMatchObject({ code: "remote_broke_off", retryable: true });
  });
});

test("a name and a password open HTTP's own sign-in, and a query follows every path", async () => {
  await using server = await fake({
    "GET /v1/models?api-version=1": () => ({ data: [{ id: "m" }] }),
    "POST /v1/chat/completions?api-version=1": yes,
  });
  const url = `${server.url}/v1?api-version=1`;
  const engine = await engineOf(server, { url, login: "ana:s@cret" });
  expect((await read(engine, request())).text).toBe("Yes");
  expect(new Set(server.asked.map(({ key }) => key))).toEqual(
    new Set([`Basic ${btoa("ana:s@cret")}`]),
  );
});

describe("how much is thought", () => {
  const told = async (routes: object, thinking: Extras["thinking"]) => {
    const { body } = await ask(routes, yes, { thinking });
    const words = ["chat_template_kwargs", "reasoning_effort"];
    const budgets = ["thinking_token_budget", "thinking_budget_tokens"];
    const given = Object.entries(body as object);
    return Object.fromEntries(given.filter(([name]) => [...words, ...budgets].includes(name)));
  };
  const off = { enable_thinking: false, thinking: false };

  test.each([
    ["vllm", vllm, { chat_template_kwargs: off }, { thinking_token_budget: 9 }],
    [
      "llama-server",
      llama,
      { chat_template_kwargs: off, thinking_budget_tokens: 0 },
      { thinking_budget_tokens: 9 },
    ],
    ["Ollama", isOllama, { reasoning_effort: "none" }, {}],
    ["another", models({ id: "m" }), { reasoning_effort: "none" }, {}],
  ])("is told to %s in its words", async (_name, routes, none, bound) => {
    expect(await told(routes, { tokens: 0 })).toEqual(none);
    expect(await told(routes, { tokens: 9 })).toEqual(bound);
    expect(await told(routes, undefined)).toEqual({});
    const effort = routes === llama ? template("low") : { reasoning_effort: "low" };
    expect(await told(routes, { effort: "low" })).toEqual(effort);
  });
  const template = (effort: string) => ({ chat_template_kwargs: { reasoning_effort: effort } });
});
