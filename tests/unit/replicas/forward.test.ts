/** What a replica that follows sends on, in both directions, and what it does when nobody takes it. */
import { once } from "node:events";
import { request as http, type IncomingMessage } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { NOT_BEGUN } from "../../../src/replicas/head.ts";
import { byHttp1, type Way } from "../../../src/replicas/send.ts";
import type { Target } from "../../../src/replicas/watch.ts";
import { following, HEADER, leader, leader2, nobody } from "./servers.ts";

const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error;

it("passes method, path, host, headers and body on, and the answer back", async () => {
  let seen: IncomingMessage | undefined;
  const address = await leader(async (request, response) => {
    seen = request;
    const body = await text(request);
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.writeHead(418, "Teapot", { "x-own": "yes" }).end(`got ${body}`);
  });
  const { url } = await following(address);
  const response = await fetch(`${url}/a/b?c=d%20e`, {
    method: "POST",
    body: "hello",
    headers: { "x-forwarded-for": "192.0.2.7", cookie: "s=1", origin: "http://x.example" },
  });
  expect(await response.text()).toBe("got hello");
  expect(response.status).toBe(418);
  expect(response.statusText).toBe("Teapot");
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(response.headers.get("x-own")).toBe("yes");
  expect(seen).toMatchObject({
    method: "POST",
    url: "/a/b?c=d%20e",
    headers: {
      host: new URL(url).host,
      "x-forwarded-for": "192.0.2.7",
      cookie: "s=1",
      origin: "http://x.example",
    },
  });
  expect(seen?.headers[HEADER]).toContain(" 127.0.0.1 ");
});

/** What comes back for these bytes, once the connection was closed. */
async function said(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write(bytes);
  return text(socket);
}

it.each([
  ["GET", "content-length"],
  ["DELETE", "Content-Length, x-forwarded-for"],
  ["POST", "keep-alive, CONTENT-LENGTH"],
])("sends a %s as one request, whatever its `Connection` names (%s)", async (method, names) => {
  const came: unknown[] = [];
  const address = await leader(async (request, response) => {
    const { method, url, headers } = request;
    came.push([method, url, headers["x-forwarded-for"], await text(request)]);
    response.end("read");
  });
  const { url } = await following(address);
  const inner = "GET /inner HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const head = `Host: localhost\r\nX-Forwarded-For: 192.0.2.7\r\nConnection: ${names}`;
  const length = `Content-Length: ${inner.length}`;
  const outer = `${method} /outer HTTP/1.1\r\n${head}\r\n${length}\r\n\r\n${inner}`;
  // The last one goes by the same connection to the one that leads, and so comes after all others.
  const last = "GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const answers = await said(url, outer + last);
  expect(came).toEqual([
    [method, "/outer", "192.0.2.7", inner],
    ["GET", "/last", undefined, ""],
  ]);
  expect(answers.match(/HTTP\/1.1 200/g)).toHaveLength(2);
});

it("says how long a body is, or sends it in chunks, whatever the headers lack", async () => {
  const bodies: string[] = [];
  const address = await leader(async (request, response) => {
    bodies.push(await text(request));
    response.end();
  });
  const over = new AbortController().signal;
  const about = { protocol: 1, publicUrl: null, version: "", policy: "", engine: "" };
  const target = { term: "term", address, repeatable: [], about, over } as Target;
  const way = (method: string, chunks: string[]): Way => ({
    ...{ target, method, path: "/", host: "localhost", headers: ["Host", "localhost"] },
    body: Readable.from(chunks.map((one) => Buffer.from(one))),
    ...{ empty: chunks.length === 0, trailers: false, signal: over },
  });
  for (const each of [way("DELETE", ["GET / HTTP/1.1\r\nHost: a\r\n\r\n"]), way("GET", [])]) {
    const sent = await byHttp1(each);
    if (sent.state === "begun") await text(sent.answer.body);
  }
  expect(bodies).toEqual(["GET / HTTP/1.1\r\nHost: a\r\n\r\n", ""]);
});

it("passes both directions on while they come", async () => {
  const address = await leader((request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    request.on("data", (chunk) => response.write(`heard ${chunk};`));
    request.on("end", () => response.end("end"));
  });
  const { url } = await following(address);
  const asked = http(url, { method: "POST" });
  asked.write("one");
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.setEncoding("utf8");
  const heard = async () => String((await once(response, "data"))[0]);
  expect(await heard()).toBe("heard one;");
  asked.write("two");
  expect(await heard()).toBe("heard two;");
  asked.end();
  expect(await heard()).toBe("end");
});

it("shows an answer that has begun and says nothing yet", async () => {
  const address = await leader((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  });
  const { url } = await following(address);
  const left = new AbortController();
  const response = await fetch(url, { signal: left.signal });
  expect(response.status).toBe(200);
  left.abort();
});

it("tells the one that leads when a client has left", async () => {
  const gone = Promise.withResolvers<void>();
  const address = await leader((_, response) => {
    response.writeHead(200).write("begun");
    response.once("close", () => gone.resolve());
  });
  const { url } = await following(address);
  const left = new AbortController();
  const response = await fetch(url, { signal: left.signal });
  await response.body?.getReader().read();
  left.abort();
  await gone.promise;
});

it("takes no more than its reader does", async () => {
  const whole = 2 ** 26;
  const chunk = Buffer.alloc(2 ** 16);
  let sent = 0;
  const chunks = function* () {
    for (; sent < whole; sent += chunk.length) yield chunk;
  };
  const address = await leader((_, response) => {
    response.writeHead(200);
    Readable.from(chunks()).pipe(response);
  });
  const { url } = await following(address);
  const socket = connect(Number(new URL(url).port), "127.0.0.1").pause();
  onTestFinished(() => void socket.destroy());
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  // Until it moves no more: what is under way is in the buffers of two connections.
  let before = -1;
  while (before !== sent || sent === 0) {
    before = sent;
    await sleep(200);
  }
  expect(sent).toBeLessThan(whole);
  let read = 0;
  socket.on("data", (bytes) => {
    read += bytes.length;
  });
  socket.resume();
  await once(socket, "close");
  expect(read).toBeGreaterThan(whole);
});

it("passes HTTP/2 on as such, with trailers, and with both directions open", async () => {
  const address = await leader2((request, response) => {
    expect(request.authority).toBe("chat.example");
    expect(request.headers.te).toBe("trailers");
    response.writeHead(200, { "content-type": "application/grpc" });
    request.on("data", (chunk) => response.write(`heard ${chunk};`));
    request.on("end", () => {
      response.addTrailers({ "grpc-status": "0" });
      response.end();
    });
  });
  const { url } = await following(address);
  const session = connectHttp2(url);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ...{ ":method": "POST", ":path": "/grpc", ":authority": "chat.example", te: "trailers" },
  });
  const trailers = once(stream, "trailers");
  stream.setEncoding("utf8").write("one");
  expect(String((await once(stream, "data"))[0])).toBe("heard one;");
  stream.end("two");
  expect(await text(stream)).toBe("heard two;");
  expect((await trailers)[0]).toMatchObject({ "grpc-status": "0" });
});

it("waits for one that leads, and gives up after a while", async () => {
  const place = await following(undefined, { patienceMs: 300 });
  const answer = await fetch(place.url);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("5");
  expect(await errorOf(answer)).toMatchObject({ code: "replica_no_leader", retryable: true });
  expect(place.forwarder.counts.waiting).toBe(0);
});

it("sends again what was not begun: nobody was there, or it was about to stop", async () => {
  const place = await following(await nobody());
  let refused = 0;
  const stopping = await leader((request, response) => {
    request.resume().on("end", () => {
      refused += 1;
      response.writeHead(503, { [HEADER]: NOT_BEGUN }).end("{}");
      place.leads(next);
    });
  });
  const next = await leader(async (request, response) => {
    response.end(`got ${await text(request)}`);
  });
  const asked = fetch(place.url, { method: "POST", body: "x".repeat(100_000) });
  while (place.forwarder.counts.repeated === 0) await sleep(5);
  place.leads(stopping);
  const response = await asked;
  expect(response.headers.get(HEADER)).toBe(null);
  expect(await response.text()).toBe(`got ${"x".repeat(100_000)}`);
  expect(refused).toBe(1);
});

it("sends nothing again that may have been begun, but what leaves nothing behind", async () => {
  const place = await following();
  const dies = await leader((request, response) => {
    request.resume().on("end", () => {
      response.destroy();
      place.leads(next);
    });
  });
  let came = 0;
  const next = await leader((_, response) => {
    came += 1;
    response.end("read");
  });
  place.leads(dies);
  const written = await fetch(place.url, { method: "POST", body: "once" });
  expect(await errorOf(written)).toMatchObject({ code: "replica_cut", retryable: true });
  expect(came).toBe(0);
  place.leads(dies);
  expect(await (await fetch(place.url)).text()).toBe("read");
  place.leads(dies);
  const again = await fetch(`${place.url}/again?a`, { method: "POST", body: "twice" });
  expect(await again.text()).toBe("read");
});

it("cuts what has begun when another one leads, so that nobody takes it for whole", async () => {
  const address = await leader((_, response) => {
    response.writeHead(200).write("half");
  });
  const place = await following(address);
  const response = await fetch(place.url);
  place.leads(await nobody());
  await expect(response.text()).rejects.toThrow();
});

it("keeps no more than there is room for, and says that it cannot repeat it", async () => {
  const place = await following();
  const dies = await leader((request, response) => {
    request.resume().on("end", () => response.writeHead(503, { [HEADER]: NOT_BEGUN }).end());
  });
  place.leads(dies);
  const response = await fetch(place.url, { method: "POST", body: Buffer.alloc(2 ** 20 + 1) });
  expect((await errorOf(response)).code).toBe("replica_cut");
});

it("lets no more wait than it can bear", async () => {
  const place = await following(undefined, { waiting: 1, patienceMs: 60_000 });
  const left = new AbortController();
  const first = fetch(place.url, { signal: left.signal }).catch(() => "left");
  while (place.forwarder.counts.waiting === 0) await sleep(5);
  expect((await errorOf(await fetch(place.url))).code).toBe("replica_no_leader");
  left.abort();
  expect(await first).toBe("left");
  while (place.forwarder.counts.waiting > 0) await sleep(5);
});

it("lets no more wait than it can bear for one that leads and is not reached", async () => {
  const place = await following(await nobody(), { waiting: 1, patienceMs: 600_000 });
  const left = new AbortController();
  onTestFinished(() => left.abort());
  const ask = () => fetch(place.url, { signal: left.signal });
  const first = ask();
  while (place.forwarder.counts.repeated === 0) await sleep(5);
  // Whichever wants the only place while the other has it.
  const refused = await Promise.race([first, ask()]);
  expect((await errorOf(refused)).code).toBe("replica_no_leader");
  left.abort();
  while (place.forwarder.counts.waiting > 0) await sleep(5);
});
