/** The request around a piece of work: its id from header to header, and whether it is local. */
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { Asking } from "../../../src/core/feature.ts";
import { createServer } from "../../../src/core/http.ts";
import { type Route, route } from "../../../src/core/route.ts";
import { eventStream } from "../../../src/core/sse.ts";
import { currentRequest } from "../../../src/server/current.ts";
import { listen } from "../../../src/server/listen.ts";
import { withRequests } from "../../../src/server/requests.ts";

async function serve(routes: readonly Route[]) {
  const records: object[] = [];
  const app = createServer(routes, { page: ".", document: "none.html", log() {} });
  const { server, port } = await listen(
    withRequests(app, (entry) => records.push(entry)),
    "127.0.0.1",
    0,
  );
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, records };
}

const whoami = route({
  method: "get",
  path: "/api/whoami",
  summary: "Tells the request.",
  async handle() {
    await sleep(1);
    return { ...currentRequest() };
  },
});

test("a sane id goes from the header through the work to the header; any other is replaced", async () => {
  const { url } = await serve([whoami]);
  const ask = async (headers: Record<string, string>) => {
    const reply = await fetch(`${url}/api/whoami`, { headers });
    const { id } = (await reply.json()) as Asking;
    expect(reply.headers.get("x-request-id")).toBe(id);
    return id;
  };
  const made = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
  expect(await ask({})).toMatch(made);
  expect(await ask({ "x-request-id": "trace-42_a=" })).toBe("trace-42_a=");
  expect(await ask({ "x-request-id": "x".repeat(256) })).toMatch(made);
  expect(await ask({ "x-request-id": 'a","level":"error' })).toMatch(made);
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[!-~]{1,40}$/), async (id) => {
      const sane = /^[\w\-=]+$/.test(id);
      expect((await ask({ "x-request-id": id })) === id).toBe(sane);
    }),
    { numRuns: 50 },
  );
});

test("work that goes on after the response still belongs to its request", async () => {
  let later: Promise<string | undefined> | undefined;
  const start = route({
    method: "post",
    path: "/api/start",
    summary: "Starts something.",
    handle() {
      later = sleep(20).then(() => currentRequest()?.id);
    },
  });
  const { url } = await serve([start]);
  const ids = ["one", "two"];
  const all = ids.map(async (id) => {
    await fetch(`${url}/api/start`, { method: "POST", headers: { "x-request-id": id } });
    return later;
  });
  expect(await Promise.all(all)).toEqual(ids);
  expect(currentRequest()).toBeUndefined();
});

test.each([
  ["127.0.0.1", {}, true],
  ["127.8.9.1", {}, true],
  ["::1", {}, true],
  ["::ffff:127.0.0.1", {}, true],
  ["192.0.2.1", {}, false],
  ["::ffff:192.0.2.1", {}, false],
  ["2001:db8::1", {}, false],
  [undefined, {}, false],
  ["127.0.0.1", { "x-forwarded-for": "127.0.0.1" }, false],
  ["127.0.0.1", { forwarded: "for=192.0.2.1" }, false],
  ["127.0.0.1", { "x-real-ip": "192.0.2.1" }, false],
  ["127.0.0.1", { via: "1.1 proxy" }, false],
])("from %s with %j: local is %s", async (remoteAddress, headers, local) => {
  let seen: Asking | undefined;
  const app = withRequests({
    fetch() {
      seen = currentRequest();
      return new Response();
    },
  });
  const env = { incoming: { socket: { remoteAddress } }, outgoing: {} };
  await app.fetch(new Request("http://127.0.0.1/", { headers }), env);
  expect(seen?.local).toBe(local);
});

test("each request is one record: without its query, with how it ended", async () => {
  const failing = route({
    method: "get",
    path: "/api/fail",
    summary: "Fails.",
    handle() {
      throw new TypeError("a bug");
    },
  });
  const endless = route({
    method: "get",
    path: "/api/endless",
    summary: "Never ends.",
    handle: () =>
      eventStream(
        (async function* () {
          for (;;) yield await sleep(5, "tick");
        })(),
        () => {},
      ),
  });
  const { url, records } = await serve([whoami, failing, endless]);
  await fetch(`${url}/api/whoami?q=sekret`, { headers: { "x-request-id": "a" } });
  await fetch(`${url}/api/fail`, { headers: { "x-request-id": "b" } });
  await fetch(`${url}/api/nothing`, { headers: { "x-request-id": "c" } });
  const abort = new AbortController();
  const reply = await fetch(`${url}/api/endless`, {
    headers: { "x-request-id": "d" },
    signal: abort.signal,
  });
  await reply.body?.getReader().read();
  abort.abort();
  await expect.poll(() => records.length).toBe(4);
  const common = { event: "request", method: "GET", left: false, ms: expect.any(Number) };
  expect(records).toEqual([
    { ...common, level: "info", request: "a", path: "/api/whoami", status: 200 },
    { ...common, level: "error", request: "b", path: "/api/fail", status: 500 },
    { ...common, level: "info", request: "c", path: "/api/nothing", status: 404 },
    { ...common, level: "info", request: "d", path: "/api/endless", status: 200, left: true },
  ]);
});

test("Server-Timing tells the times of a turn that has ended, and of nothing else", async () => {
  const timed = route({
    method: "get",
    path: "/api/timed",
    summary: "Does what a turn does.",
    handle() {
      const asking = currentRequest();
      if (asking) asking.timings = { queueMs: 1.26, prefillMs: 20, decodeMs: 300.04 };
      return {};
    },
  });
  const { url } = await serve([timed, whoami]);
  const header = async (path: string) => (await fetch(url + path)).headers.get("server-timing");
  expect(await header("/api/timed")).toBe("queue;dur=1.3, prefill;dur=20, decode;dur=300");
  expect(await header("/api/whoami")).toBeNull();
});
