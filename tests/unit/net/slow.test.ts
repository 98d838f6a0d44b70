/** Clients that are slow, endless or many, over real sockets; the bounds are short ones. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../../../src/server/listen.ts";

const BOUNDS = {
  ...{ headersMs: 300, requestMs: 600, idleMs: 200, checkMs: 50 },
  ...{ headerBytes: 4096, connections: 20 },
};
const app = new Hono();
app.get("/", (c) => c.text("here"));
app.get("/count", (c) => c.json([...c.req.raw.headers].length));
app.onError((_thrown, c) => c.text("", 500));
app.post("/", async (c) => c.text(String((await c.req.text()).length)));

let port: number;
let stop: () => void;
beforeEach(async () => {
  const { server, port: own } = await listen(app, "127.0.0.1", 0, 1, BOUNDS);
  port = own;
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => stop());

async function open(): Promise<{ socket: Socket; said: Promise<string> }> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  // Not `once`, which fails with the reset that may follow what was said.
  const said = new Promise<string>((resolve) => socket.on("close", () => resolve(text)));
  await once(socket, "connect");
  return { socket, said };
}

/** Writes a byte at a time until the server has had enough. */
async function drip(socket: Socket, text: string): Promise<void> {
  for (const byte of text) {
    if (!socket.writable) return;
    socket.write(byte);
    await sleep(20);
  }
}

const spoken = async (bytes: string) => {
  const { socket, said } = await open();
  socket.write(bytes);
  return said;
};

describe("a client that drips", () => {
  test("its headers is told so and cut off", async () => {
    const { socket, said } = await open();
    await Promise.all([drip(socket, `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(500)}`), said]);
    expect(await said).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("its body is told so and cut off", async () => {
    const { socket, said } = await open();
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n");
    await Promise.all([drip(socket, "x".repeat(500)), said]);
    expect(await said).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("chunks without end is told so and cut off", async () => {
    const { socket, said } = await open();
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    await Promise.all([drip(socket, "1\r\nx\r\n".repeat(100)), said]);
    expect(await said).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("nothing at all is cut off", async () => {
    const { said } = await open();
    expect(await said).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  test("does not keep others waiting", async () => {
    const slow = await Promise.all(Array.from({ length: 10 }, open));
    for (const { socket } of slow) socket.write("GET / HTTP/1.1\r\nHo");
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("here");
  });
});

describe("a client that says too much", () => {
  test("in headers gets 431", async () => {
    const request = `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(5000)}\r\n\r\n`;
    expect(await spoken(request)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("in the address gets 431", async () => {
    const request = `GET /${"x".repeat(5000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    expect(await spoken(request)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("in many small headers loses none of them", async () => {
    const many = Array.from({ length: 400 }, (_, n) => `h${n}: 1\r\n`).join("");
    const request = `GET /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${many}\r\n`;
    expect(await spoken(request)).toMatch(/\r\n402$/);
  });
});

test.each([
  "GET / HTTP/1.1\r\n\r\n", // no host
  "GARBAGE\r\n\r\n",
  "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
])("what is not HTTP gets a 4xx and no more: %j", async (request) => {
  expect(await spoken(request)).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test.each([
  "GET / HTTP/1.1\r\nHost: local host\r\n",
  "GET / HTTP/1.1\r\nHost: localhost@evil.example\r\n",
  "GET / HTTP/1.1\r\nHost: [::1\r\n",
  "GET /\\evil.example HTTP/1.1\r\nHost: a\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: a\r\n",
  "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n",
])("what is no address is told as every error is: %j", async (request) => {
  const [head, body = ""] = (await spoken(`${request}Connection: close\r\n\r\n`)).split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 400 /);
  const { error } = JSON.parse(body);
  expect(error).toMatchObject({ code: "address_unreadable", retryable: false });
  expect(error.hint).not.toBe("");
});

describe("requests that are sent ahead", () => {
  const good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const statuses = async (bytes: string) => (await spoken(bytes)).match(/HTTP\/1\.1 \d+/g);

  test("are answered in their order", async () => {
    const last = "GET /none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    expect(await statuses(good + good + last)).toEqual([
      ...["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 404"],
    ]);
  });

  test("are at an end with one that is not HTTP", async () => {
    const said = await statuses(`${good}BAD\r\n\r\n${good}${good}`);
    expect(said?.length).toBeLessThanOrEqual(2);
    for (const status of said ?? []) expect(status).toMatch(/ (200|400)$/);
  });
});

test("a connection that falls silent after its answer is closed", async () => {
  const { socket, said } = await open();
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await said).toContain("200 OK");
});

test("more connections than there may be are not taken, and later ones are", async () => {
  const held = await Promise.all(Array.from({ length: 20 }, open));
  const { said } = await open();
  expect(await said).toBe("");
  for (const { socket } of held) socket.destroy();
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      (reply) => reply.text(),
      () => "",
    );
  await expect.poll(ask).toBe("here");
});
