/** The load client, against a server that answers in every way that a server can. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask, connections } from "../../../bench/client.ts";

const question = { messages: [{ role: "user", content: "Hi" }], maxTokens: 5 } as const;
const piece = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const usage = {
  prompt_tokens: 7,
  completion_tokens: 3,
  prompt_tokens_details: { cached_tokens: 2 },
};
const ending = `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;

async function server(listener: RequestListener) {
  const local = createServer(listener).listen(0, "127.0.0.1");
  await once(local, "listening");
  const agent = connections();
  onTestFinished(() => {
    agent.destroy();
    local.closeAllConnections();
    local.close();
  });
  const { port } = local.address() as AddressInfo;
  return { local, at: { url: `http://127.0.0.1:${port}/v1/chat/completions`, agent } };
}

describe("ask", () => {
  it("notes each piece when it comes, and the counts at the end", async () => {
    const { at } = await server(async (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(piece("")); // a start without text
      await sleep(20);
      response.write(piece("one"));
      await sleep(30);
      response.end(`: comment\n\n${piece(" two")}${piece(' "three"')}${ending}`);
    });
    const seen: number[] = [];
    const answer = await ask(at, { ...question, onDelta: (count) => seen.push(count) });
    expect(answer).toMatchObject({ text: 'one two "three"', error: null, status: 200 });
    expect(answer).toMatchObject({ promptTokens: 7, cachedTokens: 2, completionTokens: 3 });
    expect(seen).toEqual([1, 2, 3]);
    const [first = 0, second = 0, third] = answer.deltas;
    expect(first).toBeGreaterThan(answer.began);
    expect(second).toBeGreaterThan(first);
    expect(third).toBe(second);
  });

  it("puts pieces together that the network has cut anywhere", async () => {
    const whole = Buffer.from(`${piece("día")}${piece(" uno")}${ending}`);
    const { at } = await server(async (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const byte of whole) {
        response.write(Buffer.of(byte));
        await sleep(0);
      }
      response.end();
    });
    const answer = await ask(at, question);
    expect(answer).toMatchObject({ text: "día uno", error: null });
    expect(answer.deltas).toHaveLength(2);
  });

  it("sends what it was asked to", async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const { at } = await server(async (request, response) => {
      resolve(JSON.parse((await request.toArray()).join("")));
      response.end(ending);
    });
    await ask({ ...at, extra: { ignore_eos: true } }, { ...question, user: "u1" });
    expect(await promise).toMatchObject({
      ...{ messages: question.messages, max_tokens: 5, temperature: 0, stream: true },
      ...{ user: "u1", ignore_eos: true, stream_options: { include_usage: true } },
    });
  });

  it("tells a refusal, with when to ask again", async () => {
    const { at } = await server((_request, response) => {
      response.writeHead(429, { "retry-after": "3" });
      response.end(JSON.stringify({ error: { message: "Too many.", retryable: true } }));
    });
    const answer = await ask(at, question);
    expect(answer).toMatchObject({ status: 429, retryAfter: "3", error: "Too many." });
    expect(answer).toMatchObject({ retryable: true, deltas: [] });
  });

  it("tells an error within a stream, and one that just ends", async () => {
    const error = `data: ${JSON.stringify({ error: { message: "It fell.", retryable: true } })}\n\n`;
    let last = `${error}data: [DONE]\n\n`;
    const { at } = await server((_request, response) => response.end(piece("one") + last));
    expect(await ask(at, question)).toMatchObject({ error: "It fell.", retryable: true });
    last = "";
    expect(await ask(at, question)).toMatchObject({ error: "the stream ended early", text: "one" });
  });

  it("keeps what came before it was cancelled, or before the connection broke", async () => {
    const { at } = await server((_request, response) => {
      response.writeHead(200);
      response.write(piece("one"));
      if (breaking) setTimeout(() => response.destroy(), 20);
    });
    let breaking = false;
    const stop = new AbortController();
    const onDelta = () => stop.abort();
    const cancelled = await ask(at, { ...question, signal: stop.signal, onDelta });
    expect(cancelled).toMatchObject({ error: "cancelled", text: "one" });
    breaking = true;
    const broken = await ask(at, question);
    expect(broken.error).toMatch(/aborted|ECONNRESET/);
    expect(broken.deltas).toHaveLength(1);
  });

  it("asks again when the server has just closed an idle connection", async () => {
    let asked = 0;
    const { at } = await server((request, response) => {
      asked += 1;
      // The second request of a connection finds it closed.
      if (asked === 2) request.socket.destroy();
      else response.end(ending);
    });
    expect((await ask(at, question)).error).toBeNull();
    expect((await ask(at, question)).error).toBeNull();
    expect(asked).toBe(3);
  });

  it("says that nobody is there", async () => {
    const { local, at } = await server(() => {});
    local.close();
    await once(local, "close");
    expect(await ask(at, question)).toMatchObject({
      status: 0,
      error: expect.stringMatching(/ECONNREFUSED/),
    });
  });
});
