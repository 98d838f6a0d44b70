/** What programs send that people do not: slashes, packed bodies, letters of other encodings, probes. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { bounded } from "../../../src/core/bodies.ts";
import { createServer } from "../../../src/core/http.ts";
import { type Route, route } from "../../../src/core/route.ts";
import { forgiveSlashes, forPrograms } from "../../../src/server/programs.ts";

const page = mkdtempSync(join(tmpdir(), "charla-page-"));
let app: Hono;
beforeAll(() => {
  writeFileSync(join(page, "index.html"), "<!doctype html><title>the page</title>");
  writeFileSync(join(page, "app.js"), "// script");
  const body = z.object({ text: z.string() });
  const routes: Route[] = [
    route({ method: "post", path: "/v1/echo/far", summary: "x", body, handle: (one) => one.body }),
    route({ method: "get", path: "/v1/things", summary: "x", handle: () => ({ things: [] }) }),
    route({ method: "get", path: "/readyz", summary: "x", handle: () => ({ state: "ready" }) }),
  ];
  const admit = forPrograms((_c, next) => next());
  app = forgiveSlashes(
    createServer(routes, { page, document: "index.html", admit, bodies: bounded, log() {} }),
  );
});
afterAll(() => rmSync(page, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  app.request(path, { method, headers });
const post = (
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) => app.request(path, { method: "POST", body, headers });

test.each(["/v1/things", "/v1/things/", "/v1//things", "//v1///things//"])(
  "%s is one address",
  async (path) => {
    const reply = await get(`http://localhost${path}`);
    expect(await reply.json()).toEqual({ things: [] });
  },
);

test("/v1//echo/far/ takes a body", async () => {
  const reply = await post("/v1//echo/far/", '{"text":"ñ"}');
  expect(await reply.json()).toEqual({ text: "ñ" });
});

test.each(["/props", "/slots", "/models", "/whatever", "/c/1", "/v1", "/v1/nothing"])(
  "%s is not there for programs",
  async (path) => {
    for (const accept of [undefined, "*/*", "application/json"]) {
      const reply = await get(path, accept ? { accept } : {});
      expect(reply.status).toBe(404);
      expect(((await reply.json()) as { error: { code: string } }).error.code).toBe("not_found");
    }
  },
);

test.each(["/", "/c/1", "/whatever"])("%s is a page for browsers", async (path) => {
  const reply = await get(path, { accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
  expect(reply.status).toBe(200);
  expect(await reply.text()).toContain("the page");
});

test.each(["/", "/app.js", "/readyz"])("%s is there for everybody", async (path) => {
  for (const method of ["GET", "HEAD"]) expect((await get(path, {}, method)).status).toBe(200);
});

test.each(["gzip", "br", "x".repeat(500)])("a body in %s is refused for that", async (encoding) => {
  const packed = gzipSync('{"text":"hello"}');
  const reply = await post("/v1/echo/far", packed, { "content-encoding": encoding });
  expect(reply.status).toBe(415);
  const { error } = (await reply.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe("packed_body");
  expect(error.message).toContain(encoding.slice(0, 40));
});

test("a body that says it is not packed is taken", async () => {
  const reply = await post("/v1/echo/far", '{"text":"a"}', { "content-encoding": "identity" });
  expect(reply.status).toBe(200);
});

test.each(["latin1"] as const)("a body in %s is refused", async (encoding) => {
  const reply = await post("/v1/echo/far", Buffer.from('{"text":"Propia ñ"}', encoding));
  expect(reply.status).toBe(400);
  const { error } = (await reply.json()) as { error: { code: string; hint: string } };
  expect(error).toMatchObject({ code: "not_utf8" });
  expect(error.hint).toContain("iconv");
});

test("a byte order mark before the body is no part of it", async () => {
  const reply = await post("/v1/echo/far", '\uFEFF{"text":"a"}');
  expect(await reply.json()).toEqual({ text: "a" });
});
