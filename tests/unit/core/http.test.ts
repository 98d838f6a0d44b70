/** The server against clients that are hostile, broken, or gone. */
import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import type { Context, Next } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { sampling } from "../../../src/core/chat.ts";
import { only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { createServer } from "../../../src/core/http.ts";
import { route } from "../../../src/core/route.ts";
import { eventStream } from "../../../src/core/sse.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { listen } from "../../../src/server/listen.ts";
import { type Json, question, type Served, serve } from "./serve.ts";

const CHAT = "/api/chat";
const hello = question("hello");

let ticking = 0;
async function* ticks() {
  ticking += 1;
  try {
    for (let n = 0; ; n++) yield n;
  } finally {
    ticking -= 1;
  }
}

let looked = 0;
const never = z.custom(() => {
  looked += 1;
  return false;
});

const extra = [
  route({
    method: "get",
    path: "/api/ticks",
    summary: "Counts for ever.",
    handle: () => eventStream(ticks(), () => {}),
  }),
  route({ method: "get", path: "/api/ping", summary: "Answers.", handle: () => "pong" }),
  {
    ...route({
      method: "get",
      path: "/api/own",
      summary: "Answers by itself.",
      handle() {
        const headers = new Headers({ "content-type": "text/plain", "x-both": "route" });
        headers.append("set-cookie", "two=2");
        return new Response(new Blob(["own"]).stream(), { status: 203, headers });
      },
    }),
    layers: [
      (c: Context, next: Next) => {
        c.header("x-layer", "before");
        c.header("x-both", "layer");
        c.header("set-cookie", "one=1");
        return next();
      },
    ],
  },
  route({
    method: "post",
    path: "/api/things/:id",
    summary: "Gives back what it got.",
    body: z.strictObject({ size: z.number() }),
    query: z.strictObject({ q: z.string().optional() }),
    maxBytes: 1000,
    handle: ({ body, query, params }) => ({ body, query, params }),
  }),
  route({ method: "delete", path: "/api/things/:id", summary: "Nothing.", handle() {} }),
  route({
    method: "post",
    path: "/api/lists",
    summary: "Takes a list of things that there are none of.",
    body: z.object({ list: z.array(never), more: z.array(never) }),
    handle() {},
  }),
  route({
    method: "get",
    path: "/api/later",
    summary: "Fails so that trying again can help.",
    handle() {
      throw new CharlaError("busy", { status: 503, retryAfter: 12, message: "B.", hint: "W." });
    },
  }),
];

let served: Served;
beforeAll(async () => {
  served = await serve(only(scripted()), [], extra);
});
afterAll(() => served[Symbol.asyncDispose]());

/** A request with headers that fetch would not send. */
async function raw(
  headers: Record<string, string>,
  { method = "GET", path = "/api/ping" } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const request = httpRequest({ host: "127.0.0.1", port: served.port, path, method, headers });
  request.end();
  const [response] = await once(request, "response");
  const body = (await response.setEncoding("utf8").toArray()).join("");
  return { status: response.statusCode, headers: response.headers, body };
}

/** What the server says to bytes of our own making. */
async function spoken(bytes: string): Promise<string> {
  const socket = connect(served.port, "127.0.0.1");
  await once(socket, "connect");
  socket.end(bytes);
  return (await socket.setEncoding("utf8").toArray()).join("");
}

async function refusal(body: unknown): Promise<Json> {
  const reply = await served.post(CHAT, body);
  expect(reply.status).toBe(400);
  return ((await reply.json()) as Json).error;
}

test("a response of a route's own has what was set before it, and wins", async () => {
  const { status, headers, body } = await raw(
    { host: "localhost", "x-request-id": "mine" },
    { path: "/api/own" },
  );
  expect([status, body]).toEqual([203, "own"]);
  expect(headers).toMatchObject({
    ...{ "content-type": "text/plain", "x-request-id": "mine" },
    ...{ "x-layer": "before", "x-both": "route", "set-cookie": ["one=1", "two=2"] },
  });
  // Who asks for its head alone gets that, and the body is left.
  const head = await raw({ host: "localhost" }, { path: "/api/own", method: "HEAD" });
  expect([head.status, head.body]).toEqual([203, ""]);
  expect(head.headers).toMatchObject({ "x-layer": "before", "x-both": "route" });
});

describe("who may ask", () => {
  const at = (host: string) => host.replace("PORT", String(served.port));

  test.each(["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT", "localhost"])(
    "host %s is this machine",
    async (host) => expect((await raw({ host: at(host) })).status).toBe(200),
  );

  test.each([
    "evil.example",
    "evil.example:PORT",
    "localhost.evil.example:PORT",
    "127.0.0.1.evil.example",
    "127.0.0.2:PORT",
    "0.0.0.0:PORT",
    "192.168.1.10:PORT",
    "localhost.",
  ])("host %s is not", async (host) => {
    const reply = await raw({ host: at(host) });
    expect(reply.status).toBe(403);
    expect(JSON.parse(reply.body).error.code).toBe("forbidden_origin");
  });

  test.each(["localhost@evil.example", "localhost:PORT:80", "::1", "localhost/x", "a b"])(
    "host %s is none",
    async (host) => expect((await raw({ host: at(host) })).status).toBe(400),
  );

  test("a client that names no host is refused", async () => {
    for (const version of ["1.0", "1.1"]) {
      const reply = await spoken(`GET /api/ping HTTP/${version}\r\nConnection: close\r\n\r\n`);
      expect(reply).toMatch(/^HTTP\/1\.1 40[03] /);
    }
  });

  test("what a request names in its address counts for nothing", async () => {
    const head = "Host: evil.example\r\nConnection: close\r\n\r\n";
    expect(await spoken(`GET http://localhost/api/ping HTTP/1.1\r\n${head}`)).toMatch(/ 403 /);
  });

  test.each(["http://127.0.0.1:PORT", "http://localhost:PORT", "http://[::1]:PORT"])(
    "the page at %s may ask",
    async (origin) => {
      const host = new URL(at(origin)).host;
      expect((await raw({ host, origin: at(origin) })).status).toBe(200);
    },
  );

  test.each([
    "https://evil.example",
    "http://localhost",
    "http://localhost:1",
    "http://127.0.0.1:PORT",
    "http://localhost:PORT.evil.example",
    "http://evil.example/localhost:PORT",
    "http://evil.example:PORT",
    "file://",
    "null",
    "",
    "nonsense",
  ])("a page of origin %s may not", async (origin) => {
    for (const method of ["GET", "POST", "OPTIONS", "HEAD"]) {
      const reply = await raw({ host: at("localhost:PORT"), origin: at(origin) }, { method });
      expect(reply.status, method).toBe(403);
      expect(reply.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  test("what another site loads without an origin is refused, a link that is followed is not", async () => {
    const host = at("localhost:PORT");
    const ask = async (site: string, mode: string) =>
      (await raw({ host, "sec-fetch-site": site, "sec-fetch-mode": mode })).status;
    expect(await ask("cross-site", "no-cors")).toBe(403);
    expect(await ask("same-site", "no-cors")).toBe(403);
    expect(await ask("cross-site", "navigate")).toBe(200);
    expect(await ask("same-origin", "cors")).toBe(200);
    expect(await ask("none", "navigate")).toBe(200);
  });

  test("the page itself is kept from strangers too", async () => {
    expect((await raw({ host: "evil.example" }, { path: "/" })).status).toBe(403);
  });
});

describe("every response", () => {
  test.each(["/", "/api/ping", "/api/nowhere", "/api/later", CHAT])(
    "%s keeps the browser strict",
    async (path) => {
      const { headers } = await fetch(served.url + path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("x-request-id")).toMatch(/^[\w-]{20,}$/);
      expect(headers.get("x-powered-by")).toBeNull();
    },
  );

  test("an error that passes says when to try again", async () => {
    const reply = await fetch(`${served.url}/api/later`);
    expect(reply.status).toBe(503);
    expect(reply.headers.get("retry-after")).toBe("12");
    expect(served.log.map(({ line }) => line.split(" ")[1])).toContain("busy");
    served.log.length = 0;
  });
});

describe("addresses", () => {
  test.each(["/", "/c/some-chat", "/settings"])("%s is the page", async (path) => {
    const reply = await fetch(served.url + path);
    expect(await reply.text()).toContain("the page");
    expect(reply.headers.get("cache-control")).toBe("no-cache");
  });

  test("files of the page are served as what they are", async () => {
    const reply = await fetch(`${served.url}/app.js`);
    expect(reply.headers.get("content-type")).toMatch(/^text\/javascript/);
  });

  test.each([
    "/missing.js",
    "/api/nowhere",
    "/../package.json",
    "/..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/package.json",
    "/a%00.js",
    "/%ff%fe.js",
    "/.%5c..%5cpackage.json",
    "//evil.example/x.js",
    `/${"a".repeat(4000)}.js`,
  ])("%s is not there", async (path) => {
    const reply = await raw({ host: "localhost" }, { path });
    expect(reply.status).toBe(404);
    expect(JSON.parse(reply.body).error).toMatchObject({ code: "not_found", param: null });
  });

  test.each(["PUT", "DELETE", "PATCH", "POST", "PROPFIND"])("%s / is not there", async (method) => {
    expect((await raw({ host: "localhost" }, { method, path: "/" })).status).toBe(404);
  });

  test("HEAD of a stream leaves no stream behind", async () => {
    const reply = await fetch(`${served.url}/api/ticks`, { method: "HEAD" });
    expect(reply.status).toBe(200);
    await expect.poll(() => ticking).toBe(0);
  });

  test("a handler that gives nothing answers 204", async () => {
    const reply = await fetch(`${served.url}/api/things/1`, { method: "DELETE" });
    expect(reply.status).toBe(204);
    expect(await reply.text()).toBe("");
  });

  test("what stands in an address reaches the handler decoded", async () => {
    const reply = await served.post("/api/things/a%2Fb%20%C3%B1?q=x%26y", { size: 1 });
    expect(await reply.json()).toEqual({
      body: { size: 1 },
      query: { q: "x&y" },
      params: { id: "a/b ñ" },
    });
  });
});

describe("bodies", () => {
  test.each(["", "{", "[1,", "undefined", "{'a': 1}", "\u{FEFF}{", "\0", '{"a":1}}'])(
    "%j is not JSON",
    async (body) => {
      const reply = await served.post(CHAT, body);
      expect(reply.status).toBe(400);
      expect(((await reply.json()) as Json).error.code).toBe("invalid_json");
    },
  );

  test.each(["null", "[]", "1", '"text"', "true", "{}"])("%s is not a request", async (body) => {
    expect(await refusal(body)).toMatchObject({ code: "invalid_value" });
  });

  const wrong = [null, true, 7, -1, 1.5, "text", "", [], {}, [null], { a: 1 }, [[]]];
  const fields = Object.keys(sampling).map((name) => `sampling.${name}`);
  test.each(["messages", "model", "sampling", ...fields])(
    "%s of any wrong type is refused by its name, or harmless",
    async (field) => {
      let refused = 0;
      for (const value of wrong) {
        const [outer = "", inner] = field.split(".");
        const body = { messages: hello, [outer]: inner ? { [inner]: value } : value };
        const reply = await served.post(CHAT, body);
        expect([200, 400, 404]).toContain(reply.status);
        if (reply.status !== 400) continue;
        refused += 1;
        const { error } = (await reply.json()) as Json;
        expect(error.param.startsWith(field), `${error.param} for ${field}`).toBe(true);
      }
      expect(refused).toBeGreaterThan(5);
    },
  );

  test.each([
    ["half of a surrogate pair", "\\ud83d"],
    ["the other half", "\\udc00 text"],
    ["NUL", "\\u0000"],
  ])("%s is not text", async (_, escaped) => {
    const body = `{"messages":[{"role":"user","content":"${escaped}"}]}`;
    expect(await refusal(body)).toMatchObject({ code: "invalid_value" });
  });

  test("any other text comes back as it went in", async () => {
    const content =
      '\u{1}\u{7f}\u{85}\u{2028}\u{FEFF}\u{FFFF}\u{1F468}‍\u{1F469} \\ " </script> ñ 你';
    expect((await served.ask(question(content))).text).toBe(`You said: ${content}`);
  });

  test("__proto__ and its kin are names like any other, and pollute nothing", async () => {
    const own = '"polluted":"yes"';
    for (const key of ["__proto__", "constructor", "prototype", "toString"]) {
      const body = `{"messages":${JSON.stringify(hello)},"${key}":{${own}}}`;
      expect(await refusal(body)).toMatchObject({ code: "unsupported_parameter", param: key });
      const inner = `{"messages":[{"role":"user","content":"x","${key}":{${own}}}]}`;
      expect((await refusal(inner)).param).toBe(`messages[0].${key}`);
    }
    expect({}).not.toHaveProperty("polluted");
    const query = await served.post("/api/things/1?__proto__=x", { size: 1 });
    expect(query.status).toBeLessThan(500);
  });

  test("deep nesting is refused without harm", async () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    const endless = { code: "json_too_complex", param: "body" };
    expect(await refusal(`{"messages":${nested(400_000)}}`)).toMatchObject(endless);
    const deep = nested(90);
    expect((await refusal(`{"messages":${deep}}`)).code).toBe("invalid_value");
    expect((await refusal(`{"messages":[{"role":"user","content":${deep}}]}`)).code).toBe(
      "invalid_value",
    );
    expect((await refusal(`{"messages":${JSON.stringify(hello)},"x":${deep}}`)).param).toBe("x");
  });

  test("what is wrong many times is refused after the first", async () => {
    const list = Array(100_000).fill(0);
    const reply = await served.post("/api/lists", JSON.stringify({ list, more: list }));
    expect(reply.status).toBe(400);
    expect(((await reply.json()) as Json).error.param).toBe("list[0]");
    expect(looked).toBeLessThan(3);
  });

  test("ten thousand messages are answered, one more is refused", async () => {
    const messages = (length: number) =>
      Array.from({ length }, (_, index) => ({
        role: index % 2 ? ("assistant" as const) : ("user" as const),
        content: `message ${index}`,
      }));
    const many = [...messages(9999).slice(0, -1), ...hello, ...hello].slice(-10_000);
    const { start, text } = await served.ask(many);
    expect(text).toBe("You said: hello");
    expect(start?.droppedMessages).toBeGreaterThan(5000);
    expect((await refusal({ messages: [...messages(10_000), ...hello] })).param).toBe("messages");
  });

  test("a stranger's error text is not a template", async () => {
    const error = await refusal({ messages: hello, "{hint}": 1 });
    expect(error.message).toBe("The parameter '{hint}' is not supported.");
  });
});

describe("bodies that are too large", () => {
  const large = "x".repeat(50 * 2 ** 20);

  test("50 MB are refused", async () => {
    const reply = await served.post(CHAT, { messages: question(large) });
    expect(reply.status).toBe(413);
    expect(((await reply.json()) as Json).error.code).toBe("request_too_large");
  });

  test("50 MB without a length are refused too", async () => {
    const chunk = Buffer.from(large.slice(0, 2 ** 20));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 50) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const reply = await fetch(served.url + CHAT, {
      method: "POST",
      body,
      duplex: "half",
    } as object);
    expect(reply.status).toBe(413);
    expect(((await reply.json()) as Json).error.code).toBe("request_too_large");
  });

  test("a route has a limit of its own", async () => {
    const body = `{"size":1${" ".repeat(2000)}}`;
    expect((await served.post("/api/things/1", body)).status).toBe(413);
    expect((await served.post("/api/things/1", { size: 1 })).status).toBe(200);
  });

  test("a length that lies is not believed", async () => {
    const head = `POST ${CHAT} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`;
    const reply = await spoken(`${head}Content-Length: 5\r\n\r\n${"x".repeat(1000)}`);
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("the server is well after all that", async () => {
    expect((await served.post(CHAT, { messages: hello })).status).toBe(200);
    expect(served.log).toEqual([]);
  });
});

describe("clients that go away", () => {
  test("in mid-stream: the turn is aborted and nothing is left rejected", async () => {
    const rejected: unknown[] = [];
    const note = (reason: unknown) => rejected.push(reason);
    process.on("unhandledRejection", note);
    const signals: AbortSignal[] = [];
    const slow = scripted({ tokenMs: 2, reply: () => "la ".repeat(5000) });
    const engines = {
      ...only(slow),
      get: async (_: string | undefined, signal: AbortSignal) => {
        signals.push(signal);
        return slow;
      },
    };
    await using busy = await serve(engines);
    for (let i = 0; i < 10; i++) {
      const abort = new AbortController();
      const reply = await fetch(busy.url + CHAT, {
        method: "POST",
        body: JSON.stringify({ messages: hello }),
        signal: abort.signal,
      });
      await reply.body?.getReader().read();
      abort.abort();
    }
    await expect.poll(() => signals.filter(({ aborted }) => aborted).length).toBe(10);
    // One more turn of the event loop, for what would be rejected.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(rejected).toEqual([]);
    expect(busy.log).toEqual([]);
  });

  test("in the middle of their own request", async () => {
    const socket = connect(served.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(`POST ${CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"mess`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(served.log).toEqual([]);
    expect((await served.post(CHAT, { messages: hello })).status).toBe(200);
  });
});

describe("ports", () => {
  test("a taken port is an error that names it, or the next one is taken", async () => {
    const app = createServer([], { page: ".", document: "x", log() {} });
    const first = await listen(app, "127.0.0.1", 0);
    await expect(listen(app, "127.0.0.1", first.port)).rejects.toMatchObject({
      code: "port_in_use",
      params: { port: first.port },
    });
    const second = await listen(app, "127.0.0.1", first.port, 20);
    expect(second.port).toBeGreaterThan(first.port);
    first.server.close();
    second.server.close();
  });
});

test("a server that is told nothing takes a megabyte, and says only of what may help when to try again", async () => {
  const failing = (path: string, retryable: boolean) =>
    route({
      ...{ method: "post", path, summary: "Fails." },
      handle() {
        throw new CharlaError("no", { status: 503, message: "No.", hint: "No.", retryable });
      },
    });
  const app = createServer([failing("/api/never", false), failing("/api/later", true)], {
    ...{ page: ".", document: "index.html", log() {} },
  });
  const post = (path: string, length = 1) =>
    app.request(`http://localhost${path}`, {
      ...{ method: "POST", body: "x".repeat(length) },
      headers: { host: "localhost", "content-length": String(length) },
    });
  expect((await post("/api/never")).headers.get("retry-after")).toBeNull();
  expect((await post("/api/later")).headers.get("retry-after")).toBe("1");
  expect((await post("/api/later", 2 ** 20)).status).toBe(503);
  expect((await post("/api/later", 2 ** 20 + 1)).status).toBe(413);
});
