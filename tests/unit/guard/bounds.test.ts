/**
 * The doors of the whole product: every text and every list that a route takes has a bound of its
 * own, or is bounded by the body's size and named here; no key of a body reaches a prototype; and
 * what is nested without end is refused.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";

// biome-ignore lint/suspicious/noExplicitAny: the document is read as it comes
type Json = any;

const home = mkdtempSync(join(tmpdir(), "charla-bounds-"));
let app: Awaited<ReturnType<typeof startApp>>;
let document: Json;
beforeAll(async () => {
  app = await startApp(readConfig({ engine: "scripted", port: 0, home }, {}), () => {});
  document = await (await fetch(`${app.url}/openapi.json`)).json();
});
afterAll(async () => {
  await app.stop();
  rmSync(home, { recursive: true });
});

/** Bounded by the size of the body alone, and why that is right. */
const BY_THE_BODY: readonly RegExp[] = [
  // What people write may be as long as a body; the context window decides what fits.
  /\.content( |$|\[\])/,
  /\.arguments /,
  /^post \/v1\/responses(\/input_tokens)?\.(input|instructions) string$/,
  /^post \/v1\/messages(\/count_tokens)?\.system(\[\]\.text)? string$/,
  // What describes a tool or a format, and what is bounded by its number.
  /^post \/v1\/(responses|messages)(\/(count|input)_tokens)?\..*description string$/,
  // What OpenAI's clients send along, of which nothing is computed, and what describes a tool.
  /^post \/v1\/(chat\/)?completions\.(user|messages\[\]\.refusal|.*description) string$/,
  // The clone's, which has no room for more.
  /^post \/api\/chat\.model /,
  // All texts together have a bound of their own.
  /^post \/v1\/embeddings\.input/,
  /\.logit_bias /,
  // Bounded in depth and number of values.
  /\.(schema|parameters|input_schema) record$/,
  // Their number has a bound, which a schema cannot say beside names that are known.
  /^(post|put) \/api\/assistants(\/import|\/\{id\})?\.settings record$/,
  // An export file, bounded as a whole, and unknown fields are dropped.
  /^post \/api\/conversations\/import\./,
];

function unbounded(given: Json, at: string): string[] {
  const schema = given?.$ref
    ? given.$ref
        .split("/")
        .slice(1)
        .reduce((one: Json, key: string) => one?.[key], document)
    : given;
  if (typeof schema !== "object" || schema === null) return [];
  const found: string[] = [];
  for (const kind of ["anyOf", "oneOf", "allOf"]) {
    for (const one of schema[kind] ?? []) found.push(...unbounded(one, at));
  }
  const fixed = schema.enum ?? schema.const ?? schema.format ?? schema.pattern;
  if (schema.type === "string" && schema.maxLength === undefined && fixed === undefined) {
    found.push(`${at} string`);
  }
  if (schema.type === "array") {
    if (schema.maxItems === undefined) found.push(`${at} array`);
    found.push(...unbounded(schema.items, `${at}[]`));
  }
  for (const [key, one] of Object.entries(schema.properties ?? {})) {
    found.push(...unbounded(one, `${at}.${key}`));
  }
  if (schema.additionalProperties) {
    const { maxProperties, propertyNames } = schema;
    const bounded = maxProperties !== undefined && propertyNames?.maxLength !== undefined;
    if (!bounded) found.push(`${at} record`);
    else found.push(...unbounded(schema.additionalProperties, `${at}{}`));
  }
  return found;
}

const operations = () =>
  Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, operation]) => ({ method, path, operation })),
  );

const post = (path: string, body: string) => fetch(app.url + path, { method: "POST", body });
const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;

describe("every door", () => {
  it("has a bound for each text and list that it takes", () => {
    const found = operations().flatMap(({ method, path, operation }) => [
      ...unbounded(
        operation.requestBody?.content?.["application/json"]?.schema,
        `${method} ${path}`,
      ),
      ...(operation.parameters ?? [])
        .filter((one: Json) => one.in === "query")
        .flatMap((one: Json) => unbounded(one.schema, `${method} ${path}?${one.name}`)),
    ]);
    expect(operations().length).toBeGreaterThan(20);
    expect(found.filter((one) => !BY_THE_BODY.some((known) => known.test(one)))).toEqual([]);
  });

  it("takes no key as a way to a prototype", async () => {
    const hostile = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const messages = '"messages":[{"role":"user","content":"Hi"}]';
    const tool = `{"type":"function","function":{"name":"a","parameters":{${hostile}}}}`;
    const bodies = [
      `{${hostile}}`,
      `{${messages},${hostile}}`,
      `{${messages},"tools":[${tool}]}`,
      `{${messages},"logit_bias":{"__proto__":1}}`,
      `{"settings":{${hostile}}}`,
    ];
    const paths = operations().filter(({ method }) => method === "post");
    for (const { path } of paths) {
      for (const body of bodies) {
        const reply = await post(path.replace(/\{\w+\}/g, "__proto__"), body);
        await reply.body?.cancel();
        expect(reply.status, `${path} ${body}`).toBeLessThan(500);
      }
    }
    expect(({} as Json).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("refuses what is nested without end", async () => {
    const head = '{"messages":[{"role":"user","content":"Hi"}]';
    const bodies = [
      `${head},"tools":[{"type":"function","function":{"name":"a","parameters":${deep}}}]}`,
      `${head},"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":${deep}}}}`,
      deep,
    ];
    for (const body of bodies) {
      const reply = await post("/v1/chat/completions", body);
      expect(reply.status).toBe(400);
      expect((await reply.json()) as Json).toMatchObject({
        error: { type: "invalid_request_error" },
      });
    }
  });

  it("tells in a header what it has taken out of a stored text", async () => {
    const systemPrompt = "Be \u202Ekind\u200B.";
    const reply = await post("/api/conversations", JSON.stringify({ settings: { systemPrompt } }));
    expect(reply.headers.get("charla-removed")).toBe("direction=1, joiner=1");
    expect(((await reply.json()) as Json).settings.systemPrompt).toBe("Be kind.");
  });

  it("tells in an answer's details what it has taken out of the question", async () => {
    const made = (await (await post("/api/conversations", "{}")).json()) as Json;
    const asked = { content: "Hi\u{E0041}\u{E0042}", parentId: null };
    const reply = await post(`/api/conversations/${made.id}/turns`, JSON.stringify(asked));
    const { question, answer } = (await reply.json()) as Json;
    expect(question.content).toBe("Hi");
    expect(answer.details.guard.removed).toEqual({ tag: 2 });
  });
});
