/** The remote engine against servers that behave as vLLM, llama-server and Ollama document. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../../../src/core/types.ts";
import { remote } from "../../../src/engines/remote/index.ts";
import { type Answer, end, event, fail, fake, say } from "./fake.ts";
import { read } from "./port.ts";
import {
  CHAT,
  engineOf,
  failure,
  KEY,
  models,
  never,
  ollama,
  question,
  request,
} from "./remote-asking.ts";

describe("models and their context window", () => {
  const context = async (routes: Record<string, Answer>, options = {}) => {
    await using server = await fake(routes);
    const [card] = await remote({ url: server.url, ...options }).list();
    return card?.contextWindow;
  };
  const vllm = models({ id: "qwen", owned_by: "vllm", max_model_len: 32_768 });
  const llama = models({ id: "gguf", owned_by: "llamacpp", meta: { n_ctx_train: 131_072 } });
  const props = { "GET /props": () => ({ default_generation_settings: { n_ctx: 4096 } }) };

  test("vLLM says max_model_len", async () => expect(await context(vllm)).toBe(32_768));
  test("llama-server says what it runs with", async () =>
    expect(await context({ ...llama, ...props })).toBe(4096));
  test("llama-server without /props says what the model was made for", async () =>
    expect(await context(llama)).toBe(131_072));
  test("others do not say", async () => expect(await context(ollama)).toBe(8192));
  test("configuration wins", async () =>
    expect(await context({ ...vllm, ...props }, { context: 2048 })).toBe(2048));

  test("the first model answers by default, another by name, none by a wrong name", async () => {
    await using server = await fake(models({ id: "one" }, { id: "two" }));
    const engines = remote({ url: server.url });
    expect((await engines.get(undefined, never)).card.id).toBe("one");
    expect((await engines.get("two", never)).card).toMatchObject({ device: server.url });
    expect(await engines.get("two", never)).toBe(await engines.get("two", never));
    const error = await failure(engines.get("three", never));
    expect(error).toMatchObject({ code: "model_not_found", status: 404, param: "model" });
    const configured = remote({ url: server.url, model: "two" });
    expect((await configured.get(undefined, never)).card.id).toBe("two");
  });

  test.each([
    ["llama3.2", "llama3.2"],
    ["Qwen/Qwen3-8B", "Qwen3-8B"],
    ["/models/SmolLM2-Q4_1.gguf", "SmolLM2-Q4_1"],
    ["C:\\models\\a.gguf", "a"],
  ])("%s is shown as %s", async (id, name) => {
    await using server = await fake(models({ id }));
    expect(await remote({ url: server.url }).list()).toMatchObject([{ id, name }]);
  });

  test.each([[], null])("a server with no model (%j) says so", async (data) => {
    await using server = await fake({ "GET /v1/models": () => ({ object: "list", data }) });
    const error = await failure(remote({ url: server.url }).get(undefined, never));
    expect(error.code).toBe("remote_without_models");
  });

  test.each(["", "/", "/v1", "/v1/"])("the address may end in '%s'", async (ending) => {
    await using server = await fake(ollama);
    expect(await remote({ url: server.url + ending }).list()).toHaveLength(1);
  });
});

describe("the size of a prompt", () => {
  test("vLLM's tokenizer takes messages", async () => {
    await using server = await fake({
      ...models({ id: "qwen", owned_by: "vllm", max_model_len: 4096 }),
      "POST /tokenize": ({ body }) => ({ count: body.messages.length * 10, tokens: [] }),
    });
    const engine = await engineOf(server);
    expect(engine.exactCount).toBe(true);
    expect(await engine.countTokens([...question, ...question])).toBe(20);
    expect(server.asked.at(-1)?.body.model).toBe("qwen");
  });

  test("llama-server's tokenizer takes the prompt that its template makes", async () => {
    await using server = await fake({
      ...models({ id: "gguf", owned_by: "llamacpp" }),
      "POST /apply-template": ({ body }) => ({
        prompt: body.messages.map(({ content }: Message) => `<user>${content}`).join(""),
      }),
      "POST /tokenize": ({ body }) => ({ tokens: [...(body.content ?? "")] }),
    });
    const engine = await engineOf(server);
    expect(engine.exactCount).toBe(true);
    expect(await engine.countTokens(question)).toBe("<user>Good morning".length);
    expect(server.asked.at(-1)?.body).toMatchObject({ add_special: true, parse_special: true });
  });

  test("a server without one gets an estimate that is marked as such", async () => {
    await using server = await fake(ollama);
    const engine = await engineOf(server);
    expect(engine.exactCount).toBe(false);
    const size = await engine.countTokens(question);
    expect(size).toBeGreaterThanOrEqual(3);
    expect(await engine.countTokens([...question, ...question])).toBe(2 * size);
  });

  test("LM Studio's 200 for an unknown address is not taken for a tokenizer", async () => {
    const unexpected = () => ({ error: "Unexpected endpoint or method." });
    await using server = await fake({
      ...ollama,
      "POST /tokenize": unexpected,
      "POST /apply-template": unexpected,
    });
    expect((await engineOf(server)).exactCount).toBe(false);
  });
});

describe("a gateway that does not know a tokenizer", () => {
  test.each([400, 401, 403, 404, 405, 429, 500, 501])("may say so with %i", async (status) => {
    const no: Answer = (_, response) => fail(response, status, "no");
    await using server = await fake({
      ...ollama,
      "POST /tokenize": no,
      "POST /apply-template": no,
    });
    expect((await engineOf(server)).exactCount).toBe(false);
  });

  test("may keep whoever asks waiting, who can give up", async () => {
    const stop = new AbortController();
    await using server = await fake({ ...ollama, "POST /tokenize": () => stop.abort() });
    const error = await failure(remote({ url: server.url }).get(undefined, stop.signal));
    expect(error).toMatchObject({ code: "turn_cancelled" });
    const gone = remote({ url: server.url }).get(undefined, AbortSignal.abort());
    expect(await failure(gone)).toMatchObject({ code: "turn_cancelled" });
  });
});

describe("an answer", () => {
  test("carries the question, the sampling and the key, and comes back with its counts", async () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 2,
      prompt_tokens_details: { cached_tokens: 4 },
    };
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => {
        say(response, "Good ", "day");
        return end(response, "stop", usage);
      },
    });
    const engine = await engineOf(server, { key: KEY });
    const { text, ending } = await read(engine, request());
    expect(text).toBe("Good day");
    expect(ending).toEqual({
      reason: "stop",
      promptTokens: 9,
      cachedTokens: 4,
      completionTokens: 2,
    });
    const { body, key } = server.asked.at(-1) ?? {};
    expect(key).toBe(`Bearer ${KEY}`);
    expect(body).toEqual({
      model: "llama3.2",
      messages: question,
      temperature: 0.7,
      top_p: 0.9,
      max_tokens: 100,
      seed: 1,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("without usage is counted by its chunks, and says when there was no room left", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => {
        say(response, "a", "b", "c");
        return end(response, "length");
      },
    });
    const engine = await engineOf(server);
    const { ending } = await read(engine, request());
    expect(ending).toMatchObject({ reason: "length", completionTokens: 3 });
    expect(ending.promptTokens).toBe(await engine.countTokens(question));
  });

  test("is the same wherever its bytes are cut, with any ends of lines", async () => {
    const text = "Día 😀 — \r\n data: [DONE]\n\n";
    const choice = (content: string, finish_reason: string | null) =>
      JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason }] }, null, 1);
    const property = fc.asyncProperty(
      fc.array(fc.nat(600), { maxLength: 6 }),
      fc.constantFrom("\n", "\r\n"),
      fc.constantFrom("data:", "data: "),
      async (cuts, newline, field) => {
        const lines = [": a comment", "event: message"];
        // Data of several lines is one event, as the standard has it.
        for (const one of [choice(text, null), choice("", "stop"), "[DONE]"]) {
          lines.push(...one.split("\n").map((line) => field + line), "");
        }
        const bytes = Buffer.from(lines.map((line) => line + newline).join(""));
        const write = async (response: ServerResponse) => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          let from = 0;
          for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
            response.write(bytes.subarray(from, cut));
            from = cut;
            await sleep(1);
          }
          response.end();
        };
        await using server = await fake({
          ...ollama,
          [CHAT]: (_, response) => void write(response),
        });
        const { text: answer, ending } = await read(await engineOf(server), request());
        expect(answer).toBe(text);
        expect(ending.reason).toBe("stop");
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  test("may come in parts, of which the thoughts are no text", async () => {
    const content = [
      { type: "thinking", thinking: [{ type: "text", text: "Hm." }] },
      { type: "text", text: "Good " },
      { type: "text", text: "day" },
    ];
    await using server = await fake({
      ...ollama,
      [CHAT](_, response) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        event(response, { choices: [{ delta: { content } }] });
        end(response, "stop");
      },
    });
    const { text, pieces } = await read(await engineOf(server), request());
    expect(text).toBe("Good day");
    expect(pieces[0]).toEqual({ type: "text", text: "", reasoning: "Hm." });
  });

  test.each([5, "text", null, { choices: 5 }, { choices: [{ delta: { content: 5 } }] }, [[]]])(
    "that holds %j is not one",
    async (chunk) => {
      await using server = await fake({
        ...ollama,
        [CHAT](_, response) {
          response.writeHead(200, { "content-type": "text/event-stream" });
          event(response, chunk);
          end(response, "stop");
        },
      });
      const error = await failure(read(await engineOf(server), request()));
      expect(error).toMatchObject({ code: "remote_unreadable", status: 502 });
    },
  );

  test("that is stopped closes the connection", async () => {
    await using server = await fake({ ...ollama, [CHAT]: (_, response) => say(response, "a") });
    const engine = await engineOf(server);
    const stop = new AbortController();
    const pieces = engine.generate(request({ signal: stop.signal }))[Symbol.asyncIterator]();
    expect((await pieces.next()).value).toBe("a");
    stop.abort();
    expect((await pieces.next()).value).toMatchObject({ completionTokens: 1 });
    expect((await pieces.next()).done).toBe(true);
    await server.left;
  });

  test("that is stopped before its first token closes the connection too", async () => {
    await using server = await fake({ ...ollama, [CHAT]: () => stop.abort() });
    const stop = new AbortController();
    const { ending } = await read(await engineOf(server), request({ signal: stop.signal }));
    expect(ending.completionTokens).toBe(0);
    await server.left;
  });

  test("that nobody reads on closes the connection", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => say(response, "a", "b"),
    });
    for await (const _ of (await engineOf(server)).generate(request())) break;
    await server.left;
  });
});

describe("a server that knows no limit", () => {
  /** Writes until the other side has closed the connection. */
  const flood = (chunk: () => void, response: ServerResponse) => {
    const more = () => {
      if (response.destroyed) return;
      for (let times = 0; times < 50; times++) chunk();
      if (response.writableNeedDrain) response.once("drain", more);
      else setImmediate(more);
    };
    more();
  };

  test("of tokens is cut off at the limit that it was given", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => flood(() => say(response, "on "), response),
    });
    const { text, ending } = await read(await engineOf(server), request());
    expect(text).toBe("on ".repeat(100));
    expect(ending).toMatchObject({ reason: "length", completionTokens: 100 });
    await server.left;
  });

  test("of characters is cut off as well", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => flood(() => say(response, "A".repeat(1000)), response),
    });
    const { text, ending } = await read(await engineOf(server), request());
    expect(text.length).toBeGreaterThanOrEqual(3000);
    expect(text.length).toBeLessThanOrEqual(6000);
    expect(ending.reason).toBe("length");
    await server.left;
  });

  const unreadable = { code: "remote_unreadable", status: 502 };
  const endless = (response: ServerResponse, status = 200, type = "application/json") => {
    response.writeHead(status, { "content-type": type });
    flood(() => response.write("A".repeat(10_000)), response);
  };

  test.each([200, 500])("is not listened to for ever (%i)", async (status) => {
    await using server = await fake({
      "GET /v1/models": (_, response) => endless(response, status),
    });
    const error = await failure(remote({ url: server.url, retryMs: 1 }).list());
    expect(error).toMatchObject(unreadable);
    await server.left;
  });

  test("may not answer with one endless event either", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => endless(response, 200, "text/event-stream"),
    });
    expect(await failure(read(await engineOf(server), request()))).toMatchObject(unreadable);
    await server.left;
  });

  test("may not answer with an event of endless lines", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT](_, response) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        flood(() => response.write("data: A\n".repeat(10_000)), response);
      },
    });
    expect(await failure(read(await engineOf(server), request()))).toMatchObject(unreadable);
    await server.left;
  });

  test("may not fail with an endless reason", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => endless(response, 400, "text/plain"),
    });
    await failure(read(await engineOf(server), request()));
    await server.left;
  });
});
