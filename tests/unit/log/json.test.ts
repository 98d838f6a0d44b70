/**
 * `CHARLA_LOG=json` in a server of its own: every line of standard error is JSON, a request can be
 * followed by its id, and nothing that was written by a user or a model is in any of them.
 */
import { expect, onTestFinished, test, vi } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import { jsonLog } from "../../../src/server/log.ts";
import { serve, temporary } from "../../fixtures/charla.ts";

interface Line {
  readonly time: string;
  readonly event: string;
  readonly level: string;
  readonly request?: string;
  readonly [field: string]: unknown;
}

async function start(env: NodeJS.ProcessEnv) {
  const { child, url } = await serve(["--port", "0"], {
    env: { CHARLA_HOME: temporary(), ...env },
  });
  let written = "";
  child.stderr?.on("data", (chunk) => {
    written += chunk;
  });
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const reply = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await reply.text();
    return { reply, text };
  };
  // The page may not have been built where only the unit tests run.
  const log = () => written.replace(/^serveStatic: root path .*\n/gm, "");
  const lines = () =>
    log()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Line);
  return { url, post, log, lines };
}

const ask = (content: string) => ({
  model: "scripted",
  messages: [{ role: "user", content }],
});

test("a request can be followed by its id, from the header to both of its lines", async () => {
  const { post, lines } = await start({ CHARLA_LOG: "json" });
  const headers = { "x-request-id": "follow-me" };
  const { reply } = await post("/v1/chat/completions", ask("hello"), headers);
  expect(reply.headers.get("x-request-id")).toBe("follow-me");
  expect(reply.headers.get("server-timing")).toMatch(/^queue;dur=.*, prefill;dur=.*, decode;dur=/);
  await expect.poll(() => lines().filter(({ request }) => request === "follow-me")).toHaveLength(2);
  const [turn, request] = lines().filter((line) => line.request === "follow-me");
  expect(turn).toMatchObject({
    ...{ event: "turn", level: "info", origin: "api", model: "scripted", outcome: "stop" },
    ...{ promptTokens: 5, cachedTokens: 0, completionTokens: 3, totalMs: expect.any(Number) },
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  expect(request).toMatchObject({ event: "request", path: "/v1/chat/completions", status: 200 });
});

test("no line holds a word of a message, a title, a search or an instruction", async () => {
  const words = {
    ...{ api: "zanahoria", streamed: "berenjena", system: "alcachofa", page: "remolacha" },
    ...{ chat: "calabacín", search: "espinaca", broken: "pimiento", unknown: "coliflor" },
    ...{ title: "lechuga", stop: "garbanzo" },
  };
  const { url, post, log, lines } = await start({ CHARLA_LOG: "json" });
  const secret = (word: string) => `my secret is ${word}, tell nobody`;
  await post("/v1/chat/completions", ask(secret(words.api)));
  await post("/v1/chat/completions", { ...ask(secret(words.streamed)), stream: true });
  await post("/v1/chat/completions", { ...ask("hi"), stop: [words.stop] });
  await post("/api/chat", {
    messages: [
      { role: "system", content: secret(words.system) },
      { role: "user", content: secret(words.chat) },
    ],
  });
  // What goes wrong is where texts slip into messages of errors.
  await post("/v1/chat/completions", `{"messages": [{"content": "${words.broken}`);
  await post("/v1/chat/completions", { ...ask("hi"), [words.unknown]: words.unknown });
  await post("/v1/chat/completions", ask(`${words.broken} `.repeat(9000)));
  const { text } = await post("/api/conversations", {
    settings: { systemPrompt: secret(words.system) },
  });
  const { id } = JSON.parse(text);
  const turn = await post(`/api/conversations/${id}/turns`, {
    content: secret(words.page),
    parentId: null,
  });
  const { answer } = JSON.parse(turn.text);
  const stream = `${url}/api/conversations/${id}/messages/${answer.id}/stream`;
  expect(await (await fetch(stream)).text()).toContain(words.page);
  await fetch(`${url}/api/conversations/${id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ title: words.title }),
  });
  await post("/api/conversations/search", { q: words.search });

  const outcomes = () => lines().filter(({ event }) => event === "turn");
  await expect.poll(() => outcomes().map(({ origin }) => origin)).toContain("title");
  const search = { event: "request", method: "POST", path: "/api/conversations/search" };
  await expect.poll(lines).toContainEqual(expect.objectContaining(search));
  expect(outcomes().map(({ origin }) => origin)).toEqual(
    expect.arrayContaining(["api", "chat", "page", "title"]),
  );
  expect(outcomes().map(({ outcome }) => outcome)).toContain("context_length_exceeded");
  for (const word of [...Object.values(words), "secret", "nobody"]) {
    expect(log(), word).not.toContain(word);
  }
});

test("without it the log stays silent while all is well", async () => {
  const { post, log } = await start({});
  await post("/v1/chat/completions", ask("hello"));
  expect(log()).toBe("");
});

test("an error is told by its code and where it happened, not by what its message quotes", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  const line = (error?: unknown) => {
    write.mockClear();
    jsonLog("it happened", error);
    return String(write.mock.lastCall?.[0]);
  };
  const quoting = (() => {
    try {
      return JSON.parse("zanahoria");
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(String(quoting)).toContain("zanahoria");
  const told = line(quoting);
  expect(told).not.toContain("zanahoria");
  expect(JSON.parse(told)).toMatchObject({
    ...{ event: "log", level: "error", line: "it happened" },
    error: { code: "internal_error", reason: "SyntaxError" },
  });
  expect(JSON.parse(told).error.stack[0]).toMatch(/^at /);
  const own = new CharlaError("home_in_use", { message: "In use.", hint: "Wait." });
  expect(JSON.parse(line(own)).error).toMatchObject({ code: "home_in_use", message: "In use." });
  // What can be thrown need not be an error.
  expect(JSON.parse(line(null)).error).toMatchObject({ code: "internal_error", stack: [] });
  expect(JSON.parse(line())).toEqual({
    ...{ time: expect.any(String), event: "log", level: "info", line: "it happened" },
  });
});
