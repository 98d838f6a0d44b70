/** A chat by each protocol: its answer, its receipt, its errors, its deadline and its end. */
import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, it, test } from "vitest";
import { type Engine, only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { toy } from "../../fixtures/toy.ts";
import { client, type Json, type Protocol, registry, solo, transport } from "./place.ts";

const PROTOCOLS: readonly Protocol[] = ["grpc", "grpc-web", "connect"];
const question = (content: string) => ({ messages: [{ role: "user", content }] });

async function deltasOf(deltas: AsyncIterable<Json>): Promise<Json[]> {
  const all = await Array.fromAsync(deltas);
  return all.map(({ delta }) => delta);
}

async function failure(call: Promise<unknown>): Promise<ConnectError> {
  const thrown = await call.then(
    () => undefined,
    (error) => error,
  );
  expect(thrown).toBeInstanceOf(ConnectError);
  return thrown;
}

const detail = (error: ConnectError, name: string): Json =>
  error.findDetails(registry.getMessage(`google.rpc.${name}`) as Json)[0];

/** Says one word, and then nothing until it is told to stop. */
function endless() {
  const told = Promise.withResolvers<void>();
  const engine: Engine = {
    ...scripted(),
    async *generate({ signal }) {
      yield "Once";
      while (!signal.aborted) await sleep(5);
      told.resolve();
      yield { reason: "stop", promptTokens: 1, cachedTokens: 0, completionTokens: 1 };
    },
  };
  return { engines: only(engine), told: told.promise };
}

for (const protocol of PROTOCOLS) {
  test(`${protocol}: a start, the texts, a finish, and a receipt that proves them`, async () => {
    const { app, url } = await solo();
    const chat = client("charla.v1.Chat", transport(protocol, url));
    const deltas = await deltasOf(chat.answer(question("¿Qué tal, «mundo»? 🌊")));
    const [start, finish] = [deltas[0], deltas.at(-1)];
    expect(start).toMatchObject({ case: "start", value: { model: { id: "scripted" } } });
    const texts = deltas.filter((one) => one.case === "text").map(({ value }) => value.text);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.join("")).toBe("You said: ¿Qué tal, «mundo»? 🌊");
    expect(finish).toMatchObject({ case: "finish", value: { reason: "stop" } });
    expect(finish.value.receipt).toMatch(/^rcpt-/);
    expect(finish.value.receipt).toBe(start.value.receipt);
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(metrics).toMatch(/request_duration_seconds_count\{.*charla_origin="grpc".*\} 1/);
  });

  test(`${protocol}: an error has its code, its hint and its field`, async () => {
    const { url } = await solo();
    const chat = client("charla.v1.Chat", transport(protocol, url));
    const error = await failure(deltasOf(chat.answer({ messages: [{ role: "robot" }] })));
    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.rawMessage).toContain("messages[0].role");
    expect(detail(error, "ErrorInfo")).toMatchObject({ reason: "INVALID_VALUE", domain: "charla" });
    const [violation] = detail(error, "BadRequest").fieldViolations;
    expect(violation.field).toBe("messages[0].role");
  });

  test(`${protocol}: a deadline ends the answer, and the engine's work`, async () => {
    const { engines, told } = endless();
    const { url } = await solo(engines);
    const chat = client("charla.v1.Chat", transport(protocol, url));
    const deltas = chat.answer(question("Go on"), { timeoutMs: 1500 });
    const error = await failure(deltasOf(deltas));
    expect(error.code).toBe(Code.DeadlineExceeded);
    await told;
  });

  test(`${protocol}: who leaves stops the engine`, async () => {
    const { engines, told } = endless();
    const { url } = await solo(engines);
    const leaving = new AbortController();
    const chat = client("charla.v1.Chat", transport(protocol, url));
    const deltas = chat.answer(question("Go on"), { signal: leaving.signal });
    const error = await failure(
      (async () => {
        for await (const { delta } of deltas) if (delta.case === "text") leaving.abort();
      })(),
    );
    expect(error.code).toBe(Code.Canceled);
    await told;
  });
}

it("takes sampling and stop texts, and the seed makes it reproducible", async () => {
  const { engine, asked } = toy(() => ["one two three four"]);
  const { url } = await solo(only(engine));
  const chat = client("charla.v1.Chat", transport("grpc", url));
  const sampling = { temperature: 0, topP: 0.5, maxTokens: 50, seed: 7 };
  const request = { ...question("Count"), sampling, stop: [" three"], model: "default" };
  const deltas = await deltasOf(chat.answer(request));
  expect(deltas[0].value).toMatchObject({ seed: 7, reproducible: true });
  const text = deltas.map(({ value }) => value.text ?? "").join("");
  expect(text).toBe("one two");
  expect(asked[0]?.sampling).toMatchObject(sampling);
});

it("says an error in the middle of an answer as its end", async () => {
  const engine: Engine = {
    ...scripted(),
    async *generate() {
      yield "Once";
      throw new TypeError("secret of the inside");
    },
  };
  const { url, logged } = await solo(only(engine));
  const chat = client("charla.v1.Chat", transport("grpc", url));
  const seen: string[] = [];
  const error = await failure(
    (async () => {
      for await (const { delta } of chat.answer(question("Hi"))) seen.push(delta.case);
    })(),
  );
  expect(seen).toEqual(["start", "text"]);
  expect(error.code).toBe(Code.Internal);
  expect(error.rawMessage).not.toContain("secret");
  expect(JSON.stringify(logged.map(String))).toContain("internal_error");
});

it("lists models, embeds, and cuts texts into tokens and back", async () => {
  const { url } = await solo(only(toy(() => []).engine));
  const models = client("charla.v1.Models", transport("grpc", url));
  expect(await models.list({})).toMatchObject({ models: [{ id: "toy", contextWindow: 8192 }] });
  const { vectors, promptTokens } = await models.embed({ texts: ["aab", "b"] });
  expect(vectors[1].values.slice(0, 2)).toEqual([0, 1]);
  expect(promptTokens).toBe(2);
  const { tokens } = await models.tokenize({ text: "one two" });
  expect(tokens).toHaveLength(2);
  expect(await models.detokenize({ tokens })).toMatchObject({ text: "one two" });
});

it("names what an engine has not", async () => {
  const { url } = await solo();
  const models = client("charla.v1.Models", transport("grpc", url));
  const error = await failure(models.embed({ texts: ["a"] }));
  expect(error.code).toBe(Code.InvalidArgument);
  expect(detail(error, "ErrorInfo").reason).toBe("NOT_GRANTED");
});

it("refuses messages that are too large before it reads them", async () => {
  const { url } = await solo();
  const models = client("charla.v1.Models", transport("grpc", url));
  const error = await failure(models.tokenize({ text: "a".repeat(2 ** 22) }));
  expect(error.code).toBe(Code.ResourceExhausted);
});

it("serves browsers on the page's own port, too, where gRPC itself is told why not", async () => {
  const { app } = await solo();
  for (const protocol of ["grpc-web", "connect"] as const) {
    const chat = client("charla.v1.Chat", transport(protocol, app.url));
    const deltas = await deltasOf(chat.answer(question("Hi")));
    expect(deltas.at(-1).case).toBe("finish");
  }
  const path = `${app.url}/charla.v1.Chat/Answer`;
  const headers = { "content-type": "application/grpc" };
  const { status } = await fetch(path, { method: "POST", headers, body: new Uint8Array(5) });
  expect(status).toBe(505);
});

it("has a page of another origin ask nothing", async () => {
  const { url } = await solo();
  const headers = { "content-type": "application/json", origin: "https://evil.example" };
  const path = `${url}/charla.v1.Models/List`;
  expect((await fetch(path, { method: "POST", headers, body: "{}" })).status).toBe(403);
  const own = { "content-type": "application/json", origin: url };
  const reply = await fetch(path, { method: "POST", headers: own, body: "{}" });
  expect(await reply.json()).toMatchObject({ models: [{ id: "scripted" }] });
});
