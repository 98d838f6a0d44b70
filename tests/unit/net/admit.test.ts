/** The door: every way in by host, origin and kind of request, and who stays outside. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import { admitFrom, type DoorOptions } from "../../../src/net/admit.ts";

function door(options: DoorOptions) {
  const app = new Hono();
  app.use(admitFrom(options));
  app.all("*", (c) => c.text("in"));
  app.onError((thrown, c) => c.json({}, CharlaError.from(thrown).status as 403));
  return async (headers: Record<string, string>, method = "GET") => {
    const { host = "", ...rest } = headers;
    // Node's Request leaves `host` out, so it is put back as a server would.
    const request = new Request("http://unused/", { method, headers: rest });
    const all = new Headers(rest);
    if (host !== "") all.set("host", host);
    Object.defineProperty(request, "headers", { value: all });
    return app.fetch(request);
  };
}

const solo = { host: "127.0.0.1" };
const shared = { host: "0.0.0.0", publicUrl: "https://chat.example.org" };
const odd = { host: "192.168.1.5", publicUrl: "https://chat.example.org:8443" };

describe("by host", () => {
  test.each([
    [solo, "127.0.0.1:8080", 200],
    [solo, "localhost:9999", 200],
    [solo, "LOCALHOST", 200],
    [solo, "[::1]:8080", 200],
    [solo, "chat.example.org", 403],
    [solo, "evil.test", 403],
    [solo, "127.0.0.1.evil.test", 403],
    [solo, "evil.test:127.0.0.1", 403],
    [solo, "localhost.", 403],
    [solo, "charla.localhost:8080", 200],
    [solo, "host.docker.internal:8401", 200],
    [solo, "host.containers.internal", 200],
    [solo, "evil.docker.internal", 403],
    [solo, "evillocalhost", 403],
    [solo, "host.docker.internal.evil.test", 403],
    [solo, "localhost, localhost", 403],
    [solo, "user@localhost", 403],
    [solo, "127.1", 403],
    [solo, "0.0.0.0:8080", 403],
    [solo, "", 403],
    [shared, "chat.example.org", 200],
    [shared, "CHAT.example.org", 200],
    [shared, "127.0.0.1:8080", 200], // a proxy that does not say which host it was asked for
    [shared, "chat.example.org:8080", 403],
    [shared, "chat.example.org.", 403],
    [shared, "a.chat.example.org", 403],
    [shared, "0.0.0.0:8080", 403],
    [odd, "chat.example.org:8443", 200],
    [odd, "chat.example.org", 403],
    [odd, "192.168.1.5:8080", 200],
    [odd, "192.168.1.6:8080", 403],
  ])("%j lets %j in: %i", async (options, host, status) => {
    expect((await door(options)({ host })).status).toBe(status);
  });
});

describe("by origin, at every write and every stream", () => {
  const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
  test.each([
    [solo, "127.0.0.1:8080", "http://127.0.0.1:8080", 200],
    [solo, "127.0.0.1:8080", "http://localhost:8080", 403],
    [solo, "127.0.0.1:8080", "http://127.0.0.1:3000", 403],
    [solo, "127.0.0.1:8080", "null", 403],
    [solo, "127.0.0.1:8080", "https://127.0.0.1:8080", 403],
    [solo, "localhost:8080", "chrome-extension://localhost:8080", 403],
    [solo, "charla.localhost:8080", "http://charla.localhost:8080", 200],
    [solo, "127.0.0.1:8080", "", 403],
    [solo, "127.0.0.1:8080", "https://evil.test", 403],
    [shared, "chat.example.org", "https://chat.example.org", 200],
    [shared, "127.0.0.1:8080", "https://chat.example.org", 200],
    [shared, "chat.example.org", "http://chat.example.org", 403],
    [shared, "chat.example.org", "https://chat.example.org:444", 403],
    [shared, "chat.example.org", "https://a.chat.example.org", 403],
    [shared, "chat.example.org", "https://chat.example.org.evil.test", 403],
    [shared, "chat.example.org", "http://127.0.0.1:8080", 403],
    [shared, "127.0.0.1:8080", "http://127.0.0.1:8080", 200],
    [shared, "chat.example.org", "null", 403],
  ])("%j at %s from %j: %i", async (options, host, origin, status) => {
    for (const method of METHODS) {
      expect((await door(options)({ host, origin }, method)).status, method).toBe(status);
    }
  });

  test.each([
    ["same-origin", "cors", "empty", "POST", 200],
    ["none", "navigate", "document", "GET", 200],
    ["cross-site", "navigate", "document", "GET", 200],
    ["same-site", "navigate", "document", "GET", 200],
    ["cross-site", "navigate", "document", "POST", 403],
    ["cross-site", "navigate", "iframe", "GET", 403],
    ["cross-site", "no-cors", "image", "GET", 403],
    ["cross-site", "no-cors", "script", "GET", 403],
    ["cross-site", "cors", "empty", "GET", 403],
    ["same-site", "no-cors", "empty", "GET", 403],
    ["same-site", "websocket", "websocket", "GET", 403],
    ["something new", "cors", "empty", "GET", 403],
  ])("without an origin, %s %s %s %s: %i", async (site, mode, dest, method, status) => {
    const headers = { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest };
    const ask = door(shared);
    expect((await ask({ host: "chat.example.org", ...headers }, method)).status).toBe(status);
  });
});

test("no answer opens the door to other origins, and TLS is asked for where there is some", async () => {
  for (const options of [solo, shared]) {
    const ask = door(options);
    const replies = [
      await ask({ host: "127.0.0.1:8080" }),
      await ask({ host: "evil.test" }),
      await ask({ host: "127.0.0.1:8080", origin: "https://evil.test" }, "OPTIONS"),
    ];
    for (const { headers } of replies) {
      const names = [...headers.keys()].filter((name) => name.startsWith("access-control"));
      expect(names).toEqual([]);
      expect(headers.get("permissions-policy")).toContain("geolocation=()");
      const tls = options === shared ? "max-age=31536000" : null;
      expect(headers.get("strict-transport-security")).toBe(tls);
    }
  }
});

describe("by an origin that the operator has named", () => {
  const app = "app://obsidian.md";
  const named = { ...solo, origins: [app] };
  const ask = async (path: string, method = "POST", origin = app) => {
    const hono = new Hono();
    hono.use(admitFrom(named));
    hono.all("/v1/raw", () => new Response("in", { headers: { vary: "Accept-Encoding" } }));
    hono.all("*", (c) => c.text("in"));
    hono.onError((thrown, c) => c.json({}, CharlaError.from(thrown).status as 403));
    const headers = new Headers({ origin, host: "127.0.0.1:8080" });
    headers.set("access-control-request-headers", "authorization, content-type");
    const request = new Request(`http://unused${path}`, { method });
    Object.defineProperty(request, "headers", { value: headers });
    return hono.fetch(request);
  };

  const OPEN = ["/v1/chat/completions", "/v1/raw", "/charla.v1.Chat/Answer"];
  test.each(OPEN)("%s is open", async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe(app);
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    expect(response.headers.get("vary")).toMatch(/Origin$/);
    expect(response.headers.get("access-control-expose-headers")).toMatch(/^grpc-status,/);
    const first = await ask(path, "OPTIONS");
    expect(first.status).toBe(204);
    expect(first.headers.get("access-control-allow-headers")).toBe("authorization, content-type");
  });

  const CLOSED = [
    ...["/api/conversations", "/api/models/m/use", "/v1x", "/charla.v1/x", "/"],
    ...["/inference.GRPCInferenceService/ModelInfer", "/x/charla.v1.Chat/Answer"],
  ];
  test.each(CLOSED)("%s is not", async (path) => {
    expect((await ask(path)).status).toBe(403);
  });

  test("and asks for nobody whose cookie the browser sends along", async () => {
    const hono = new Hono();
    hono.use(admitFrom(named));
    hono.post("/v1/whose", (c) => {
      const { headers } = c.req.raw;
      return c.json([c.req.header("cookie"), headers.get("cookie"), headers.get("authorization")]);
    });
    const server = serve({ fetch: hono.fetch, port: 0, hostname: "127.0.0.1" });
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/whose`;
    const from = async (origin: string) => {
      const headers = { origin, cookie: "session=ana", authorization: "Bearer key" };
      return (await fetch(url, { method: "POST", headers })).json();
    };
    expect(await from(app)).toEqual([null, null, "Bearer key"]);
    expect(await from(new URL(url).origin)).toEqual(["session=ana", "session=ana", "Bearer key"]);
  });

  test("and nothing is to another origin", async () => {
    for (const path of ["/v1/models", "/charla.v1.Chat/Answer"]) {
      const response = await ask(path, "POST", "app://obsidian.md.evil.test");
      expect(response.status).toBe(403);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

test("what a route answers by itself carries the door's headers, too", async () => {
  const hono = new Hono();
  hono.use(admitFrom({ ...solo, publicUrl: "https://chat.example.org" }));
  hono.get("/raw", () => Response.json({}));
  const answer = await hono.request("/raw", { headers: { host: "localhost" } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("permissions-policy")).toContain("geolocation=()");
  expect(answer.headers.get("strict-transport-security")).toContain("max-age");
});
