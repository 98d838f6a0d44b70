/** The reference of the whole app, with every feature that it has. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, onTestFinished, test } from "vitest";
import { features } from "../../../src/app/features.ts";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { Json } from "../core/serve.ts";

test("the reference of the whole app is valid and gives each operation a name", async () => {
  const home = mkdtempSync(join(tmpdir(), "charla-api-"));
  const config = readConfig({ engine: "scripted", port: 0, home }, {});
  const log: unknown[] = [];
  const app = await startApp(config, (...line) => log.push(line));
  try {
    const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as Json;
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
    expect(JSON.stringify(document)).not.toContain("#/$defs");
    const operations = Object.values<Json>(document.paths).flatMap((item) =>
      Object.values<Json>(item),
    );
    const names = operations.map(({ operationId }) => operationId);
    expect(names.length).toBeGreaterThan(4);
    expect(new Set(names).size).toBe(names.length);
    expect(operations.every(({ summary }) => /^[A-Z].*\.$/s.test(summary))).toBe(true);
    expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
    const told = await (await fetch(`${app.url}/api/features`)).json();
    expect(Object.keys(told as object)).toEqual(features.map(({ name }) => name));
    expect(told).toMatchObject({ accounts: { people: false }, models: { library: false } });
    expect(log).toEqual([]);
  } finally {
    await app.stop();
    rmSync(home, { recursive: true });
  }
});

const started = async (accounts: "on" | "off") => {
  const home = mkdtempSync(join(tmpdir(), "charla-api-"));
  const config = readConfig({ engine: "scripted", port: 0, home, accounts }, {});
  const app = await startApp(config, () => {});
  onTestFinished(async () => {
    await app.stop();
    rmSync(home, { recursive: true });
  });
  const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as Json;
  return { app, document };
};

test("the reference says of what type each reply is", async () => {
  const { app, document } = await started("off");
  const chat = JSON.stringify({ messages: [{ role: "user", content: "hello" }] });
  const streamed = JSON.stringify({ ...JSON.parse(chat), model: "scripted", stream: true });
  for (const [method, path, body] of [
    ["get", "/metrics"],
    ["get", "/api/engine"],
    ["get", "/api/jobs/events"],
    ["get", "/log/checkpoint"],
    ["get", "/v1/models"],
    ["post", "/api/chat", chat],
    ["post", "/api/temporary", chat],
    ["post", "/v1/chat/completions", streamed],
    ["post", "/v1/chat/completions", streamed.replace("true", "false")],
    ["post", "/api/rights/export", "{}"],
  ] as const) {
    const leaves = new AbortController();
    const { signal } = leaves;
    const reply = await fetch(app.url + path, { method, signal, ...(body && { body }) });
    expect(reply.status, path).toBe(200);
    const [type = ""] = (reply.headers.get("content-type") ?? "").split(";");
    const { content } = document.paths[path][method].responses["2XX"];
    expect(Object.keys(content), path).toContain(type);
    leaves.abort();
  }
  const { get: file } = document.paths["/api/conversations/{id}/export"];
  expect(Object.keys(file.responses["2XX"].content)).toEqual(["application/json", "text/markdown"]);
  const { schema } =
    document.paths["/api/rights/erase"].post.requestBody.content["application/json"];
  expect(schema.properties.confirm.description).toContain("ERASE or ELIMINAR");
});

test("the reference says what opens an operation, where people have accounts", async () => {
  const { document: solo } = await started("off");
  expect(solo.components.securitySchemes).toBeUndefined();
  expect(solo.info.description).toContain("asks for no key");
  const { document } = await started("on");
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  expect(document.info.description).toContain("Authorization: Bearer");
  expect(Object.keys(document.components.securitySchemes)).toEqual(["key", "session"]);
  const opens = (path: string, method: string) => document.paths[path][method].security;
  expect(opens("/v1/chat/completions", "post")).toEqual([{ session: [] }, { key: ["chat"] }]);
  expect(opens("/api/audit", "get")).toEqual([{ session: [] }]);
  expect(opens("/healthz", "get")).toEqual([]);
});
