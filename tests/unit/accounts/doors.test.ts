/**
 * Every route of the whole product, asked by a page of another site with the person's own cookies:
 * none answers, reads a body, or lets that page read anything. What is given out as a file is one.
 */
import { expect, test } from "vitest";
import { scriptedLibrary } from "../../fixtures/scripted-library.ts";
import { serve } from "../../fixtures/shared-mode.ts";
import { operations } from "./requests.ts";

const POLICY = "[limits]\nrequests_per_minute = { person = 0, key = 0, address = 0 }\n";

/** As browsers send them for a page of https://evil.example. */
const FOREIGN: Readonly<Record<string, Record<string, string | undefined>>> = {
  "a request of a script": { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  "a sandboxed frame": { origin: "null", "sec-fetch-site": "cross-site" },
  "a form without an origin": {
    ...{ origin: undefined, "sec-fetch-site": "cross-site" },
    ...{ "sec-fetch-mode": "no-cors", "sec-fetch-dest": "empty" },
  },
  "a page of a neighbouring host": {
    origin: "http://evil.localhost",
    "sec-fetch-site": "same-site",
  },
};

test("no page of another site gets in by any route, whatever it sends along", async () => {
  const place = await serve({ policy: POLICY, engines: scriptedLibrary });
  const ana = await place.administrator();
  const routes = operations(await ana.must("GET", "/openapi.json"));
  const before = await ana.must("GET", "/api/audit");
  const open: string[] = [];
  for (const { method, path, body } of routes) {
    for (const [who, headers] of Object.entries(FOREIGN)) {
      const reply = await ana.call(method, path, body && {}, headers);
      const refused =
        reply.status === 403 && /^forbidden_(origin|page)$/.test(reply.body.error?.code);
      const readable = [...reply.headers.keys()].some((name) => name.startsWith("access-control"));
      if (!refused || readable) open.push(`${method} ${path}: ${who} got ${reply.status}`);
    }
    const asked = { origin: "https://evil.example", "access-control-request-method": method };
    const reply = await ana.call("OPTIONS", path, undefined, asked);
    if (reply.status !== 403) open.push(`OPTIONS ${path}: ${reply.status}`);
  }
  expect(routes.length).toBeGreaterThan(50);
  expect(open).toEqual([]);
  expect(await ana.must("GET", "/api/audit")).toEqual(before);
});

test("what is given out as a file is saved and not shown, and its kind is not guessed", async () => {
  const place = await serve({ policy: POLICY });
  const ana = await place.administrator();
  const { id } = await ana.must("POST", "/api/conversations", {});
  await ana.must("PATCH", `/api/conversations/${id}`, { title: "<script>hit = 1</script>" });
  for (const [method, path, body] of [
    ["GET", "/api/conversations/export"],
    ["GET", `/api/conversations/${id}/export?format=markdown`],
    ["GET", `/api/conversations/${id}/export?format=json`],
    ["POST", "/api/rights/export", {}],
  ] as const) {
    const { status, headers } = await ana.call(method, path, body);
    expect(status, path).toBe(200);
    expect(headers.get("content-disposition"), path).toMatch(/^attachment; filename="[\w.-]+"$/);
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("content-security-policy"), path).toContain("default-src 'none'");
  }
});
