/** Traces as a receiver gets them, over HTTP: what is in them, and what never is. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";

// biome-ignore lint/suspicious/noExplicitAny: what is in it is what the tests find out
type Json = any;

/** As much of an OpenTelemetry collector as there has to be. */
async function receiver(status = 200) {
  const bodies: Json[] = [];
  const server = createServer(async (request, response) => {
    bodies.push({ path: request.url, body: await json(request) });
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const spans = (): Json[] =>
    bodies.flatMap(({ body }) =>
      body.resourceSpans.flatMap((one: Json) =>
        one.scopeSpans.flatMap((scope: Json) => scope.spans),
      ),
    );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, spans };
}

async function serve(policy: string, tokenMs = 0) {
  const home = mkdtempSync(join(tmpdir(), "charla-tracing-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  writeFileSync(join(home, "policy.toml"), policy);
  const logged: string[] = [];
  const app = await startApp(
    readConfig({ home, port: 0, engine: "scripted" }, {}),
    (line) => void logged.push(line),
    { engines: only(scripted({ tokenMs })) },
  );
  onTestFinished(() => app.stop());
  const ask = async (body: object, headers = {}) => {
    const all = { "content-type": "application/json", ...headers };
    const request = { method: "POST", headers: all, body: JSON.stringify(body) };
    const response = await fetch(`${app.url}/v1/chat/completions`, request);
    await response.text();
    return response;
  };
  return { app, ask, logged };
}
const say = (content: string) => ({ messages: [{ role: "user", content }], seed: 7 });
const attributes = (span: Json) =>
  Object.fromEntries(span.attributes.map(({ key, value }: Json) => [key, Object.values(value)[0]]));

it("a request holds its turn, and that its wait, its prefill and its decode", async () => {
  const { url, bodies, spans } = await receiver();
  const { app, ask } = await serve(`[tracing]\nurl = "${url}"\n`, 1);
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  const reply = await ask(say("zafiro-escondido"), { traceparent });
  const id = reply.headers.get("x-request-id");
  await app.stop();
  expect(bodies[0].path).toBe("/v1/traces");
  const named = (name: string): Json => spans().find((one) => one.name === name);
  const request = named("POST /v1/chat/completions");
  const turn = named("chat scripted");
  expect(request).toMatchObject({ traceId, parentSpanId: "b7ad6b7169203331", kind: 2 });
  expect(attributes(request)).toMatchObject({
    ...{ "http.route": "/v1/chat/completions", "http.response.status_code": 200 },
    "charla.request": id,
  });
  expect(turn).toMatchObject({ traceId, parentSpanId: request.spanId });
  expect(attributes(turn)).toMatchObject({
    ...{ "gen_ai.operation.name": "chat", "gen_ai.response.model": "scripted" },
    ...{ "gen_ai.request.seed": 7, "gen_ai.usage.output_tokens": 3, "charla.origin": "api" },
  });
  for (const part of ["queue", "prefill", "decode"]) {
    expect(named(part)).toMatchObject({ traceId, parentSpanId: turn.spanId });
  }
  const nano = (span: Json) => BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
  expect(nano(named("decode"))).toBeGreaterThan(0n);
  const resource = bodies[0].body.resourceSpans[0].resource;
  expect(attributes(resource)).toMatchObject({ "service.name": "charla" });
  expect(JSON.stringify(bodies)).not.toContain("zafiro");
});

it("an error has its code and no word of its message", async () => {
  const { url, bodies, spans } = await receiver();
  const { app, ask } = await serve(`[tracing]\nurl = "${url}/"\n`);
  expect((await ask(say("zafiro ".repeat(20_000)))).status).toBe(400);
  await app.stop();
  const turn = spans().find((one) => one.name === "chat");
  expect(attributes(turn)["error.type"]).toBe("context_length_exceeded");
  expect(turn.status).toEqual({ code: 2 });
  expect(JSON.stringify(bodies)).not.toContain("zafiro");
});

it("what a client keeps out stays out, and it gets no more than the policy's share", async () => {
  const { url, bodies } = await receiver();
  const some = await serve(`[tracing]\nurl = "${url}"\n`);
  await some.ask(say("Hi"), { traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-00` });
  await some.app.stop();
  const none = await serve(`[tracing]\nurl = "${url}"\nshare = 0\n`);
  await none.ask(say("Hi"), { traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` });
  await none.app.stop();
  expect(bodies).toEqual([]);
});

it("a receiver that refuses is told of in the log, once, and keeps no answer back", async () => {
  const { url } = await receiver(400);
  const { app, ask, logged } = await serve(`[tracing]\nurl = "${url}"\n`);
  expect((await ask(say("Hi"))).status).toBe(200);
  await app.stop();
  expect(logged.filter((line) => line.includes("receiver of traces"))).toHaveLength(1);
});

it("is not there where the policy names no receiver", async () => {
  const { ask } = await serve("");
  expect((await ask(say("Hi"))).status).toBe(200);
});
