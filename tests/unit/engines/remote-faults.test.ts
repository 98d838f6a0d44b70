/** What goes wrong between the remote engine and its server, and what is told of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import type { Engines } from "../../../src/core/engine.ts";
import { remote } from "../../../src/engines/remote/index.ts";
import { jsonLog, textLog } from "../../../src/server/log.ts";
import { type Answer, end, event, fail, fake, say } from "./fake.ts";
import { read } from "./port.ts";
import { CHAT, engineOf, failure, KEY, ollama, request } from "./remote-asking.ts";

describe("what goes wrong", () => {
  const ask = async (answer: Answer, options = {}) => {
    await using server = await fake({ ...ollama, [CHAT]: answer });
    const error = await failure(read(await engineOf(server, options), request()));
    return { error, tries: server.asked.filter(({ path }) => CHAT.endsWith(path)).length };
  };

  test("a server that is not there", async () => {
    const server = await fake(ollama);
    await server[Symbol.asyncDispose]();
    const error = await failure(remote({ url: server.url, retryMs: 1 }).list());
    expect(error).toMatchObject({ code: "remote_unreachable", status: 502, retryable: true });
    expect(error.message).toContain("ECONNREFUSED");
  });

  test.each([401, 403])("%i: the key is refused, and never shown", async (status) => {
    const echo: Answer = ({ key }, response) => fail(response, status, `Incorrect key: ${key}`);
    const { error, tries } = await ask(echo, { key: KEY });
    // Not 401: the one who asks has nothing to do with this key.
    expect(error).toMatchObject({ code: "remote_key_refused", status: 502, retryable: false });
    expect(tries).toBe(1);
  });

  test("404: the model is gone", async () => {
    const { error, tries } = await ask((_, response) => fail(response, 404, "no such model"));
    expect(error).toMatchObject({ code: "model_not_found", status: 404 });
    expect(tries).toBe(1);
  });

  test("400: the server's reason is passed on", async () => {
    const { error, tries } = await ask((_, response) =>
      fail(response, 400, "roles must alternate"),
    );
    expect(error).toMatchObject({ code: "remote_refused", status: 400, retryable: false });
    expect(error.message).toContain("roles must alternate");
    expect(tries).toBe(1);
  });

  test("429 with a long Retry-After is passed on at once", async () => {
    const headers = { "retry-after": "60" };
    const { error, tries } = await ask((_, response) => fail(response, 429, "slow down", headers));
    expect(error).toMatchObject({
      code: "remote_busy",
      status: 429,
      retryable: true,
      retryAfter: 60,
    });
    expect(tries).toBe(1);
  });

  test("Retry-After may be a date", async () => {
    const headers = { "retry-after": new Date(Date.now() + 90_000).toUTCString() };
    const { error } = await ask((_, response) => fail(response, 429, "slow down", headers));
    expect(error.retryAfter).toBeGreaterThan(60);
    expect(error.retryAfter).toBeLessThanOrEqual(90);
  });

  test.each([429, 500, 502, 503])("%i is tried three times", async (status) => {
    const { error, tries } = await ask((_, response) => fail(response, status, "not now"));
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toMatch(/\(HTTP \d{3}\): not now$/);
    expect(tries).toBe(3);
  });

  test("a failure that passes is not noticed", async () => {
    let times = 0;
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => {
        if (++times < 3) return fail(response, 503, "Loading model");
        say(response, "here");
        return end(response, "stop");
      },
    });
    expect((await read(await engineOf(server), request())).text).toBe("here");
  });

  test("a connection that breaks before the first token is tried again", async () => {
    const { error, tries } = await ask((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      response.destroy();
    });
    expect(error).toMatchObject({ code: "remote_broke_off", retryable: true });
    expect(tries).toBe(3);
  });

  test("a connection that breaks later is not, and what came is kept", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => {
        say(response, "half an ");
        setTimeout(() => response.destroy(), 50);
      },
    });
    const pieces = (await engineOf(server)).generate(request())[Symbol.asyncIterator]();
    expect((await pieces.next()).value).toBe("half an ");
    const error = await failure(Promise.resolve(pieces.next()));
    expect(error).toMatchObject({ code: "remote_broke_off", status: 502, retryable: true });
    expect(server.asked.filter(({ path }) => path === "/v1/chat/completions")).toHaveLength(1);
  });

  test("a stream that ends without a reason has broken off", async () => {
    const { error } = await ask((_, response) => {
      say(response, "half");
      response.end();
    });
    expect(error.code).toBe("remote_broke_off");
  });

  test("an error event in mid-stream is the server's failure", async () => {
    const { error } = await ask((_, response) => {
      say(response, "half");
      event(response, { error: { code: 500, message: "out of memory", type: "server_error" } });
      response.end();
    });
    expect(error).toMatchObject({ code: "remote_failed", retryable: true });
    expect(error.message).toContain("out of memory");
  });

  test("silence ends, before the first token and after it", async () => {
    const options = { silenceMs: 100 };
    const mute = await ask(() => {}, options);
    expect(mute.error).toMatchObject({ code: "remote_stalled", status: 504, retryable: true });
    expect(mute.tries).toBe(1);
    const stuck = await ask((_, response) => say(response, "a"), options);
    expect(stuck.error.code).toBe("remote_stalled");
  });

  test("an answer that is slow but not silent goes on", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => {
        void (async () => {
          for (let i = 0; i < 8; i++) {
            await sleep(50);
            say(response, "x");
          }
          end(response, "stop");
        })();
      },
    });
    const engine = await engineOf(server, { silenceMs: 300 });
    expect((await read(engine, request())).text).toBe("xxxxxxxx");
  });

  test("thinking is no silence, and neither is a comment", async () => {
    await using server = await fake({
      ...ollama,
      [CHAT]: (_, response) => {
        void (async () => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          for (let i = 0; i < 8; i++) {
            await sleep(50);
            if (i % 2) response.write(": waiting\n\n");
            else event(response, { choices: [{ delta: { reasoning_content: "Hm. " } }] });
          }
          say(response, "Yes");
          end(response, "stop");
        })();
      },
    });
    const engine = await engineOf(server, { silenceMs: 300 });
    expect((await read(engine, request())).text).toBe("Yes");
  });

  test("something else than a model server", async () => {
    await using server = await fake({
      "GET /v1/models": (_, response) => void response.end("<html>It works!</html>"),
    });
    const error = await failure(remote({ url: server.url }).list());
    expect(error).toMatchObject({ code: "remote_unreadable", retryable: false });
  });

  test("a server that repeats what was asked is not repeated", async () => {
    const echo: Answer = ({ body }, response) =>
      fail(response, 500, `template failed for ${JSON.stringify(body.messages)}`);
    const { error } = await ask(echo);
    expect(error.message).toMatch(/failed \(HTTP 500\)$/);
    expect(inspect(error, { depth: 20 })).not.toMatch(/good.?morning/i);
  });

  test("nor is a list of faults with the body in it, as FastAPI sends it", async () => {
    const { error } = await ask(({ body }, response) => {
      response.writeHead(422, { "content-type": "application/json" });
      response.end(JSON.stringify({ detail: [{ loc: ["body"], input: body.messages }] }));
    });
    expect(error).toMatchObject({ code: "remote_refused", params: { reason: "HTTP 422" } });
    expect(inspect(error, { depth: 20 })).not.toMatch(/good.?morning/i);
  });

  test("nor a proxy's page, nor what steers a terminal", async () => {
    const page = await ask((_, response) => {
      response.writeHead(400, { "content-type": "text/html" });
      response.end("<html><h1>Bad gateway</h1></html>");
    });
    expect(page.error.message).not.toContain("<");
    const odd = await ask((_, response) => fail(response, 400, "a\x1b[2Jb\u202ec\nd"));
    expect(odd.error.message).toMatch(/: a \[2Jb c d$/);
  });

  test("several people are told the status and the code alone", async () => {
    const coded: Answer = (_, response) => {
      response.writeHead(400, { "content-type": "application/json" });
      const code = "context_length_exceeded";
      response.end(JSON.stringify({ error: { message: "some words", code } }));
    };
    const { error } = await ask(coded, { shared: true });
    expect(error.message).toMatch(/\(HTTP 400 context_length_exceeded\)$/);
    expect((await ask(coded)).error.message).toMatch(/exceeded\): some words$/);
  });

  test("no log is given the server's words", async () => {
    const { error } = await ask((_, response) => fail(response, 500, "somebody's illness"));
    expect(error.message).toContain("illness");
    using text = vi.spyOn(console, "error").mockImplementation(() => {});
    using json = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    textLog("an answer failed", error);
    jsonLog("an answer failed", error);
    const lines = JSON.stringify([text.mock.calls, json.mock.calls]);
    expect(lines).toContain("HTTP 500");
    expect(lines).not.toContain("illness");
  });
});

describe("its status", () => {
  async function settled(engines: Engines): Promise<void> {
    await engines.list().catch(() => {});
    await sleep(0);
  }

  test("goes from asking to ready", async () => {
    await using server = await fake(ollama);
    const engines = remote({ url: server.url });
    expect(engines.status()).toMatchObject({ state: "loading", model: null });
    await settled(engines);
    expect(engines.status()).toMatchObject({ state: "ready", model: { id: "llama3.2" } });
  });

  test("tells why it failed, and recovers by itself", async () => {
    let up = false;
    await using server = await fake({
      "GET /v1/models": (_, response) =>
        up ? { data: [{ id: "m" }] } : fail(response, 503, "Loading model"),
    });
    const engines = remote({ url: server.url, retryMs: 1 });
    await settled(engines);
    expect(engines.status()).toMatchObject({ state: "failed" });
    expect(engines.status().error?.message).toContain("Loading model");
    up = true;
    await expect.poll(() => engines.status().state).toBe("ready");
  });

  test("a configured model that is not there is a failure", async () => {
    await using server = await fake(ollama);
    const engines = remote({ url: server.url, model: "other" });
    await settled(engines);
    expect(engines.status().error).toMatchObject({ code: "model_not_found" });
  });
});
