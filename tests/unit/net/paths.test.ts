/**
 * Names that users and networks give never lead out of a folder: addresses of the page's files, ids
 * of models and adapters, links inside the folders. Over the whole product; its pages and models are
 * real files.
 */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";

const SECRET = "a secret that stands outside";

let outside: string;
let victim: string;
let home: string;
let port: number;

let app: App;

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), "charla-paths-"));
  victim = join(outside, "victim.gguf");
  writeFileSync(victim, SECRET);
  home = join(outside, "home");
  mkdirSync(join(home, "models", "adapters"), { recursive: true });
  const settings = { CHARLA_HOME: home, CHARLA_PORT: "0", CHARLA_MODEL: "smollm2-135m" };
  app = await startApp(readConfig({}, settings), () => {});
  port = Number(new URL(app.url).port);
});
afterAll(async () => {
  await app.stop();
  await rm(outside, { recursive: true, force: true });
});

/** An address as it stands: `fetch` and `URL` would tidy it up first. */
async function ask(method: string, path: string, body?: object) {
  const headers = { "content-type": "application/json" };
  const asking = request({ host: "127.0.0.1", port, method, path, headers });
  asking.end(body && JSON.stringify(body));
  const response = await new Promise<Parameters<typeof text>[0] & { statusCode?: number }>(
    (resolve, reject) => asking.on("response", resolve).on("error", reject),
  );
  return { status: response.statusCode ?? 0, text: await text(response) };
}

const UP = "../".repeat(12);
const NAMES = [
  "../victim.gguf",
  "../../victim.gguf",
  `${UP}etc/passwd`,
  "..\\..\\victim.gguf",
  "....//....//victim.gguf",
  "/etc/passwd",
  "C:\\Windows\\win.ini",
  "file:///etc/passwd",
  "victim.gguf\0.json",
  "..",
  ".",
  "~",
  "CON",
  "a/../../victim.gguf",
];

const OPEN = /root:.*:0:0:|a secret that stands outside/;

describe("the page's files", () => {
  test.each([
    ...NAMES,
    ...NAMES.map((name) => `assets/${name}`),
    "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/package.json",
    "..%5c..%5cpackage.json",
    "%252e%252e%252fpackage.json",
    "assets/..%2f..%2f..%2fpackage.json",
    "..%c0%af..%c0%afetc/passwd",
    "index.html%00.txt",
  ])("are not left by %j", async (name) => {
    const path = `/${name.replace(/[\0\\ ]/g, encodeURIComponent)}`;
    const reply = await ask("GET", path);
    expect(reply.status).toBeLessThan(500);
    expect(reply.text).not.toMatch(OPEN);
    expect(reply.text).not.toContain('"name": "charla"');
  });

  test("are not left by any mixture of dots, slashes and codes", async () => {
    const part = fc.constantFrom(
      ...["..", ".", "/", "\\", "%2e", "%2f", "%5c", "%00", "%25", "etc", "passwd", "a", "//"],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 24 }), async (parts) => {
        const reply = await ask("GET", `/${parts.join("")}`);
        expect(reply.status).toBeLessThan(500);
        expect(reply.text).not.toMatch(OPEN);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the id of a model", () => {
  test.each(NAMES)("%j leads to no file", async (name) => {
    const id = encodeURIComponent(name);
    for (const [method, path] of [
      ["DELETE", `/api/models/${id}`],
      ["POST", `/api/models/${id}/pull`],
      ["DELETE", `/api/models/${id}/pull`],
      ["POST", `/api/models/${id}/use`],
    ] as const) {
      const reply = await ask(method, path);
      expect([400, 404, 405], `${method} ${path}`).toContain(reply.status);
    }
    const chat = { model: name, messages: [{ role: "user", content: "x" }] };
    const reply = await ask("POST", "/v1/chat/completions", chat);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(await readFile(victim, "utf8")).toBe(SECRET);
  });

  test("of a link is the link's: to remove it leaves what it leads to", async () => {
    const link = join(home, "models", "linked.gguf");
    symlinkSync(victim, link);
    const { status, text } = await ask("GET", "/api/models");
    expect(status).toBe(200);
    expect(text).not.toContain(SECRET);
    await ask("DELETE", "/api/models/linked");
    expect(await readFile(victim, "utf8")).toBe(SECRET);
  });
});

describe("the name of an adapter", () => {
  test.each(NAMES)("%j leads to no file", async (adapter) => {
    const chat = { messages: [{ role: "user", content: "x" }], charla: { adapter } };
    const reply = await ask("POST", "/v1/chat/completions", chat);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.text).not.toMatch(OPEN);
    expect(existsSync(victim)).toBe(true);
  });
});

describe("a chat's file", () => {
  test("has a name of our own making, whatever its title is", async () => {
    const made = await ask("POST", "/api/conversations", {});
    const { id } = JSON.parse(made.text);
    for (const title of [
      "../../etc/passwd",
      'a"; filename="b.exe',
      "x\r\nSet-Cookie: a=b",
      "Ünïcödé/..\\",
    ]) {
      await ask("PATCH", `/api/conversations/${id}`, { title });
      const reply = await fetch(
        `http://127.0.0.1:${port}/api/conversations/${id}/export?format=markdown`,
      );
      await reply.text();
      const name = reply.headers.get("content-disposition") ?? "";
      expect(name).toMatch(/^attachment; filename="[\w-]+(\.[\w-]+)+"$/);
      expect(reply.headers.has("set-cookie")).toBe(false);
    }
  });
});
