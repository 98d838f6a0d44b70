/** What a model has written is labelled for machines, wherever it leaves by HTTP. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { policyVersion } from "../../../src/app/settings.ts";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { only } from "../../../src/core/engine.ts";
import { disclosure } from "../../../src/core/label.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { temporary } from "../../fixtures/charla.ts";
import type { Json } from "../core/serve.ts";

const LABEL = /^mode=machine-generated, model="scripted", date=@\d{10}$/;
const WITHOUT_MODEL = /^mode=machine-generated, date=@\d{10}$/;

async function start(home: string) {
  const config = readConfig({ engine: "scripted", port: 0, home }, {});
  const app = await startApp(config, () => {}, { engines: only(scripted()) });
  onTestFinished(() => app.stop());
  const send = (method: string, path: string, body?: unknown) =>
    fetch(app.url + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const label = async (method: string, path: string, body?: unknown) => {
    const response = await send(method, path, body);
    await response.text();
    return response.headers.get("ai-disclosure");
  };
  return { send, label };
}

test("what a model writes for a request names the model, whole and as a stream", async () => {
  const { label } = await start(temporary());
  const messages = [{ role: "user", content: "Hello" }];
  const body = { model: "scripted", messages };
  expect(await label("POST", "/v1/chat/completions", body)).toMatch(LABEL);
  expect(await label("POST", "/v1/chat/completions", { ...body, stream: true })).toMatch(LABEL);
  expect(await label("POST", "/api/chat", { messages })).toMatch(LABEL);
});

test("what a model has written earlier is labelled, too", async () => {
  const { send, label } = await start(temporary());
  const chat: Json = await (await send("POST", "/api/conversations", {})).json();
  const path = `/api/conversations/${chat.id}`;
  const asked = await send("POST", `${path}/turns`, { content: "Hello", parentId: null });
  const { answer }: Json = await asked.json();
  expect(await label("GET", `${path}/messages/${answer.id}/stream`)).toMatch(WITHOUT_MODEL);
  for (const way of ["", "/export", "/export?format=markdown"]) {
    expect(await label("GET", path + way)).toMatch(WITHOUT_MODEL);
  }
  expect(await label("GET", "/api/conversations/export")).toMatch(WITHOUT_MODEL);
});

test("what no model has written is not", async () => {
  const { label } = await start(temporary());
  for (const path of ["/healthz", "/v1/models", "/api/conversations", "/api/conversations/x"]) {
    expect(await label("GET", path)).toBeNull();
  }
  expect(await label("POST", "/v1/chat/completions", { messages: [] })).toBeNull();
});

test("the header is a dictionary of RFC 9651 whatever the model is called", () => {
  const dictionary =
    /^mode=[a-z][a-z-]*, model="(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*", date=@\d+$/;
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (model) => {
      expect(disclosure(model)).toMatch(dictionary);
    }),
  );
});

test("the policy's version changes with every letter of it", async () => {
  const home = temporary();
  expect(policyVersion(undefined, home)).toBe("default");
  await writeFile(join(home, "policy.toml"), "[retention]\naudit_months = 6\n");
  const first = policyVersion(undefined, home);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  await writeFile(join(home, "policy.toml"), "[retention]\naudit_months = 7\n");
  expect(policyVersion(undefined, home)).not.toBe(first);
});
