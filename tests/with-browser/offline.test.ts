/** The page where its server is away: it opens from what the browser has kept of it. */
import { expect, test } from "vitest";
import { answers, expectClean, open, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

test("opens without its server, says so, keeps no chat, and goes on when that is back", async () => {
  const server = await serve({ script: { reply: () => "A word that nobody keeps." } });
  const { home, port } = server;
  const watched = await open(server.url, { serviceWorkers: "allow" });
  const { page } = watched;
  await say(page, "hello");
  await answers(page).getByText("nobody keeps").waitFor();
  await settled(page);
  await page.evaluate("navigator.serviceWorker.ready.then(() => true)");

  await server.stop();
  await page.reload();
  await page.getByRole("alert").getByText("Cannot reach Charla.").waitFor();
  const kept = (await page.evaluate(`caches.open("charla-page").then(async (cache) => {
    const all = await cache.matchAll();
    return Promise.all(all.map(async (one) => [new URL(one.url).pathname, await one.text()]));
  })`)) as [string, string][];
  expect(kept.map(([path]) => path)).toContain("/");
  expect(kept.filter(([path]) => !/^\/(assets\/|[\w-]*\.?[\w]*$)/.test(path))).toEqual([]);
  expect(kept.filter(([, text]) => text.includes("nobody keeps"))).toEqual([]);

  await using again = await serve({ home, port });
  await answers(page).getByText("nobody keeps").waitFor({ timeout: 30_000 });
  await page.getByText("Cannot reach Charla.").waitFor({ state: "detached" });
  expect(again.url).toBe(server.url);
  expectClean(watched);
  await watched.close();
});

test("can be put on a screen as a program of its own", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url);
  const told = await page.request.get(`${server.url}/manifest.webmanifest`);
  expect(told.headers()["content-type"]).toMatch(/json/);
  const { icons, start_url, display } = await told.json();
  expect({ start_url, display }).toEqual({ start_url: "/", display: "standalone" });
  for (const { src, type } of icons) {
    const icon = await page.request.get(server.url + src);
    expect(icon.headers()["content-type"]).toContain(type);
  }
  expect(await page.locator('link[rel="manifest"]').getAttribute("href")).toBe(
    "/manifest.webmanifest",
  );
  await close();
});
