/** Streams of events on their way into a real socket. */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { eventStream } from "../../../src/core/sse.ts";
import { listen } from "../../../src/server/listen.ts";
import { withRequests } from "../../../src/server/requests.ts";

async function serve(
  events: () => AsyncIterable<unknown>,
  bounds?: { unreadMs: number },
): Promise<string> {
  const app = new Hono();
  app.get("/", () => {
    const response = eventStream(events(), () => {});
    for (const cookie of ["a=1", "b=2"]) response.headers.append("set-cookie", cookie);
    return response;
  });
  const { server, port } = await listen(
    withRequests(app, undefined, undefined, bounds),
    "127.0.0.1",
    0,
  );
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  return `http://127.0.0.1:${port}/`;
}

test("all events arrive, however slowly they are read, and nothing is gathered meanwhile", async () => {
  const count = 2000;
  const text = "x".repeat(5000);
  let made = 0;
  const url = await serve(async function* () {
    for (; made < count; made++) yield { made, text };
  });
  const response = await fetch(url);
  await sleep(200);
  // What fits into the buffers of the sockets and of `fetch`, of 10 MB in all.
  expect(made).toBeLessThan(count);
  const lines = (await response.text()).trim().split("\n\n");
  expect(lines).toHaveLength(count);
  expect(lines.at(-1)).toBe(`data: ${JSON.stringify({ made: count - 1, text })}`);
});

test("a stream that has nothing to say yet is open, with its headers", async () => {
  const speak = Promise.withResolvers<void>();
  const url = await serve(async function* () {
    await speak.promise;
    yield "at last";
  });
  const response = await fetch(url);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  speak.resolve();
  expect(await response.text()).toBe("data: at last\n\n");
});

test("a reader that leaves ends the source", async () => {
  const left = Promise.withResolvers<void>();
  const url = await serve(async function* () {
    try {
      for (;;) {
        yield "on";
        await sleep(1);
      }
    } finally {
      left.resolve();
    }
  });
  const leave = new AbortController();
  const response = await fetch(url, { signal: leave.signal });
  await response.body?.getReader().read();
  leave.abort();
  await left.promise;
});

test("a reader that stays and takes nothing any more ends the source", async () => {
  const left = Promise.withResolvers<void>();
  const source = async function* () {
    try {
      for (;;) yield "x".repeat(20_000);
    } finally {
      left.resolve();
    }
  };
  const url = new URL(await serve(source, { unreadMs: 100 }));
  const socket = connect(Number(url.port), url.hostname);
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {}); // the server cuts it
  socket.pause();
  socket.write(`GET / HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
  await left.promise;
});

test("a reader that takes nothing because nothing has come may stay", async () => {
  const speak = Promise.withResolvers<void>();
  const source = async function* () {
    yield "once";
    await speak.promise;
    yield "again";
  };
  const response = await fetch(await serve(source, { unreadMs: 20 }));
  await sleep(100);
  speak.resolve();
  expect(await response.text()).toBe("data: once\n\ndata: again\n\n");
});
