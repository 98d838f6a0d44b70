/** What machines ask: /healthz, /readyz, /openapi.json. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import * as z from "zod";
import { type EngineStatus, type Engines, only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import type { StandIn } from "../../../src/core/extras.ts";
import { type Route, route } from "../../../src/core/route.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { api } from "../../../src/features/api/open.ts";
import { testHouse } from "../../fixtures/house.ts";
import { type Json, type Served, serve as serveWith } from "../core/serve.ts";

/** With the feature, which is told of all routes as the app tells it. */
async function serve(engines?: Engines, extra: readonly Route[] = []): Promise<Served> {
  const routes: Route[] = [];
  const others = { ...testHouse().of(api).others, routes: () => routes };
  const served = await serveWith(engines, [api], extra, { others });
  routes.push(...served.routes);
  return served;
}

const engine = scripted({ id: "parrot" });
const inState = (status: EngineStatus) => ({ ...only(engine), status: () => status });

test("/healthz answers even when no model is ready", async () => {
  await using served = await serve(inState({ state: "missing", model: null }));
  const reply = await fetch(`${served.url}/healthz`);
  expect(reply.status).toBe(200);
  expect(await reply.json()).toEqual({ state: "alive" });
});

test("/readyz names model, digest and engine when ready", async () => {
  const model = { ...engine.card, digest: "ab12", device: "CPU, 1 thread" };
  await using served = await serve(inState({ state: "ready", model }));
  const reply = await fetch(`${served.url}/readyz`);
  expect(reply.status).toBe(200);
  expect(await reply.json()).toMatchObject({
    state: "ready",
    model: "parrot",
    digest: "ab12",
    engine: "CPU, 1 thread",
  });
});

test("/readyz says where the model's file has no chat template", async () => {
  const card = (standIn?: StandIn) => ({ ...engine.card, standIn });
  const asked = async (model: ReturnType<typeof card>) => {
    await using served = await serve(inState({ state: "ready", model }));
    const reply = (await (await fetch(`${served.url}/readyz`)).json()) as { standIn: unknown };
    return reply.standIn;
  };
  expect(await asked(card())).toBeNull();
  const base = { template: "none", reason: undefined } as const;
  expect(await asked(card(base))).toEqual({ template: "none", reason: null });
  const broken = { template: "chatml", reason: "Unknown filter" } as const;
  expect(await asked(card(broken))).toEqual(broken);
});

const error = new CharlaError("model_file_broken", {
  status: 422,
  message: "{file} is broken.",
  hint: "Remove it.",
  params: { file: "a.gguf" },
});

test.each<EngineStatus>([
  { state: "downloading", model: engine.card, progress: 0.25 },
  { state: "loading", model: null, progress: 0.5 },
  { state: "missing", model: null, error },
  { state: "failed", model: null, error },
])("/readyz is 503 while $state, with the reason in a sentence and in parts", async (status) => {
  await using served = await serve(inState(status));
  const reply = await fetch(`${served.url}/readyz`);
  expect(reply.status).toBe(503);
  expect(await reply.json()).toMatchObject({
    state: status.state,
    reason: status.error ? "a.gguf is broken. Remove it." : null,
    error: status.error ? { code: "model_file_broken", params: { file: "a.gguf" } } : null,
    progress: status.progress ?? null,
    model: status.model?.id ?? null,
  });
});

const thing = route({
  method: "patch",
  path: "/api/things/:id/parts/:part",
  summary: "Changes a part.",
  body: z.strictObject({ size: z.string().transform(Number) }),
  query: z.object({ q: z.string(), limit: z.coerce.number().default(5) }),
  reply: z.object({ size: z.number() }),
  handle: ({ body }) => body,
});

test("/openapi.json is a valid OpenAPI 3.1 document of every route", async () => {
  await using served = await serve(undefined, [thing]);
  const document = await served.json("/openapi.json");
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  expect(Object.keys(document.paths)).toEqual([
    "/api/chat",
    "/healthz",
    "/readyz",
    "/api/features",
    "/openapi.json",
    "/api/things/{id}/parts/{part}",
  ]);
  // References inside a schema would point outside it.
  expect(JSON.stringify(document)).not.toContain("#/$defs");
});

test("/openapi.json describes what a client sends and what it gets", async () => {
  await using served = await serve(undefined, [thing]);
  const document = await served.json("/openapi.json");
  const { patch } = document.paths["/api/things/{id}/parts/{part}"];
  expect(
    patch.parameters.map(({ name, in: place, required }: Record<string, unknown>) => [
      name,
      place,
      required,
    ]),
  ).toEqual([
    ["id", "path", true],
    ["part", "path", true],
    ["q", "query", true],
    ["limit", "query", false],
  ]);
  const json = "application/json";
  expect(patch.requestBody.content[json].schema.properties.size).toMatchObject({ type: "string" });
  expect(patch.responses["2XX"].content[json].schema.properties.size).toEqual({ type: "number" });

  const chat = document.paths["/api/chat"].post;
  const { properties, additionalProperties } = chat.requestBody.content[json].schema;
  expect(Object.keys(properties)).toContain("sampling");
  expect(additionalProperties).toBe(false);
});

test("an error on the wire has the shape that the reference promises", async () => {
  await using served = await serve();
  const document = await served.json("/openapi.json");
  const promised = document.components.schemas.Error.properties.error;
  const reply = await served.post("/api/chat", "{");
  const { error } = (await reply.json()) as Json;
  expect(Object.keys(error).toSorted()).toEqual(promised.required.toSorted());
});
