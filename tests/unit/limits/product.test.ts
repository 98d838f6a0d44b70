/** The limits where they stand: around the product with accounts, over HTTP alone. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";

async function start(env: Record<string, string> = {}): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "charla-limits-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const own = { CHARLA_HOME: home, CHARLA_PORT: "0", CHARLA_ENGINE: "scripted" };
  const app = await startApp(readConfig({}, { ...own, CHARLA_ACCOUNTS: "on", ...env }), () => {});
  onTestFinished(() => app.stop());
  return app.url;
}

const post = (url: string, path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

test("guessing a password comes to an end, whatever address is written into headers", async () => {
  const url = await start();
  const guess = (n: number) =>
    post(
      url,
      "/api/auth/sign-in",
      { email: "ana@example.org", password: `guess ${n}` },
      { "x-forwarded-for": `203.0.113.${n}`, "x-real-ip": `203.0.113.${n}` },
    );
  const statuses: number[] = [];
  for (let n = 0; n < 9; n++) statuses.push((await guess(n)).status);
  expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
  expect(statuses).toContain(429);
  const refused = await guess(10);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ error: { code: "tries_limited" } });
});

test("guessing the token of the set-up comes to an end", async () => {
  const url = await start();
  const guess = (n: number) =>
    post(url, "/api/auth/set-up", {
      ...{ token: `guess ${n}`, name: "Eve", email: "eve@example.org" },
      password: "correct horse battery staple",
    });
  const statuses: number[] = [];
  for (let n = 0; n < 25; n++) statuses.push((await guess(n)).status);
  expect(statuses).toContain(429);
  expect(statuses).not.toContain(200);
});

test("nobody asks without an account, and what is left is told to nobody", async () => {
  const url = await start();
  expect((await fetch(`${url}/api/limits`)).status).toBe(401);
  expect((await fetch(`${url}/api/limits/people/ana`)).status).toBe(401);
});

test("without accounts nobody is limited", async () => {
  const url = await start({ CHARLA_ACCOUNTS: "off" });
  const reply = await fetch(`${url}/api/limits`);
  expect(await reply.json()).toEqual({ requests: null, tokens: null, budget: null });
  expect(reply.headers.has("x-ratelimit-limit-requests")).toBe(false);
});
