/** One port for both versions of HTTP: what a connection speaks, and how the port comes to its end. */
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { Hono } from "hono";
import { expect, it, onTestFinished } from "vitest";
import { listenToBoth } from "../../../src/server/listen-both.ts";

async function serve(app: Hono) {
  const both = await listenToBoth(app, "127.0.0.1", 0);
  onTestFinished(() => both.close(0));
  return { ...both, url: `http://127.0.0.1:${both.port}` };
}
const echo = new Hono().get("/", (c) => c.text(`for ${c.req.header("host")}`));

async function byHttp2(url: string, path = "/") {
  const session = connectHttp2(url);
  onTestFinished(() => session.destroy());
  const stream = session.request({ ":path": path });
  const [headers] = await once(stream, "response");
  return { status: headers[":status"], body: await text(stream), session };
}

it("answers both, each by the host that it was asked for", async () => {
  const { url, port } = await serve(echo);
  expect(await (await fetch(url)).text()).toBe(`for 127.0.0.1:${port}`);
  expect(await byHttp2(url)).toMatchObject({ status: 200, body: `for 127.0.0.1:${port}` });
});

it("waits for the first bytes, however they come", async () => {
  const { port } = await serve(new Hono().post("/", (c) => c.text("posted")));
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write("P");
  await new Promise(setImmediate);
  socket.write(
    "OST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
  );
  expect(await text(socket)).toContain("posted");
});

it("is not disturbed by who breaks off or speaks nonsense", async () => {
  const { url, port } = await serve(echo);
  for (const words of [
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense that is no frame",
    "PR",
    "\0\0\0",
  ]) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.end(words);
    socket.resume();
    await once(socket, "close");
  }
  expect((await byHttp2(url)).status).toBe(200);
});

it("lets streams end before it ends, and cuts those that do not", async () => {
  const open = Promise.withResolvers<void>();
  const app = new Hono()
    .get("/", (c) => c.text("ready"))
    .get("/slow", async (c) => {
      await open.promise;
      return c.text("late");
    });
  const both = await listenToBoth(app, "127.0.0.1", 0);
  const url = `http://127.0.0.1:${both.port}`;
  const session = connectHttp2(url);
  const ended = once(session, "close");
  const slow = session.request({ ":path": "/slow" });
  const body = text(slow);
  // The server has it when it answers what comes after it.
  await text(session.request({ ":path": "/" }));
  const closed = both.close(60_000);
  open.resolve();
  expect(await body).toBe("late");
  await ended;
  await closed;

  const stuck = await serve(new Hono().get("/", () => new Promise<Response>(() => {})));
  const never = connectHttp2(stuck.url);
  never.on("error", () => {});
  const request = never.request({ ":path": "/" });
  request.on("error", () => {});
  await once(never, "connect");
  await stuck.close(0);
  await expect(fetch(stuck.url)).rejects.toThrow();
});
