/** SIGTERM drains: nothing new is taken, what runs may end, and what takes too long is ended. */
import { expect, it } from "vitest";
import { ended, printed, serve, temporary } from "../../fixtures/charla.ts";

/** The scripted engine says it again, a word every 20 ms. */
function ask(url: string, words: number): Promise<Response> {
  return fetch(`${url}/api/chat`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      sampling: { maxTokens: 10_000 },
      messages: [{ role: "user", content: "word ".repeat(words) }],
    }),
  });
}

async function charlaServe(drainSeconds: string) {
  const env = { CHARLA_HOME: temporary(), CHARLA_DRAIN_SECONDS: drainSeconds };
  return serve(["--port", "0"], { env });
}

it("lets a running answer end, and refuses a new one with a time", async () => {
  const { child, url } = await charlaServe("30");
  const running = await ask(url, 100);
  child.kill("SIGTERM");
  await printed(child, /Stopping/);
  const refused = await ask(url, 1);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("5");
  expect(await refused.json()).toMatchObject({ error: { code: "server_stopping" } });
  const exit = ended(child);
  const text = await running.text();
  expect(text.match(/word/g)).toHaveLength(100);
  expect(text).toMatch(/"reason":"stop".*\n\n$/);
  expect((await exit).code).toBe(0);
});

it("ends an answer that takes longer than it is given, in good order", async () => {
  const { child, url } = await charlaServe("0");
  const running = await ask(url, 3000);
  child.kill("SIGTERM");
  const exit = ended(child);
  const text = await running.text();
  expect(text.match(/word/g)?.length ?? 0).toBeLessThan(3000);
  expect(text).toMatch(/"reason":"cancelled".*\n\n$/);
  expect((await exit).code).toBe(0);
});

it("ends at once at a second signal", async () => {
  const { child, url } = await charlaServe("3000");
  await ask(url, 3000);
  child.kill("SIGTERM");
  await printed(child, /Stopping/);
  const exit = ended(child);
  child.kill("SIGTERM");
  expect((await exit).code).toBe(130);
});
