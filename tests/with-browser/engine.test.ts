/** The page while the engine works: its live panel, and the place in the queue of who waits. */
import { expect, test } from "vitest";
import { CharlaError } from "../../src/core/errors.ts";
import type { EngineLoad } from "../../src/core/extras.ts";
import {
  answers,
  expectClean,
  findings,
  open,
  openPanel,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

/** An engine in the middle of its work; the count of tokens grows with the clock, 100 a second. */
const busyEngine = (): EngineLoad => ({
  ...{ model: "qwen3-4b", name: "Qwen3 4B" },
  ...{ slots: 4, busy: 3, queued: 2, kvTokens: 32_768, kvUsedTokens: 11_540 },
  memoryBytes: 2.61e9,
  counters: {
    ...{ promptTokens: 100_000, cachedTokens: 61_000, restoredTokens: 4000 },
    completionTokens: Math.round(performance.now() / 10),
    ...{ requests: 311, refused: 3, cancelled: 12, restarts: 1 },
  },
  lastFailure: new CharlaError("engine_stopped", {
    status: 503,
    message: "The model process of {name} has ended.",
    hint: "Try again.",
    params: { name: "Qwen" },
  }),
});

test("the panel shows the engine at work, and stops asking when it is closed", async () => {
  await using server = await serve({
    loads: () => [busyEngine()],
    script: { reply: () => "la ".repeat(3000), tokenMs: 10 },
  });
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, "sing");
  await answers(page).getByText("la").first().waitFor();
  const asked = page.waitForRequest("**/api/engine");
  await openPanel(page, "Engine");
  const stream = await asked;
  const panel = page.getByRole("dialog", { name: "Engine" });
  await panel.getByText(/\d tokens\/s/).waitFor();
  await panel.getByRole("heading", { name: "Qwen3 4B", exact: true }).waitFor();
  await panel.getByText("3 of 4").waitFor();
  await panel.getByText("11,540 of 32,768 tokens").waitFor();
  await panel.getByText("61%").waitFor();
  await panel.getByText("Prompts served from disk").waitFor();
  await panel.getByText("2.6 GB").waitFor();
  await panel.getByText(/Restarted because: .*Qwen has ended/).waitFor();
  await panel.getByText("Answers in progress: 1").waitFor();
  const curve = panel.getByRole("img", { name: /Tokens a second over the last minute/ });
  await expect.poll(() => curve.locator("polyline").count()).toBe(1);
  expect(await findings(page)).toEqual([]);

  const ended = page.waitForEvent("requestfailed", (request) => request === stream);
  await page.keyboard.press("Escape");
  await ended;
  expect(await panel.count()).toBe(0);
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Settings");
  expectClean(watched);
  await watched.close();
});

test("the panel speaks Spanish, in the dark, on a phone, with the keyboard alone", async () => {
  await using server = await serve({ loads: () => [busyEngine()] });
  const watched = await open(server.url, {
    ...{ locale: "es-ES", colorScheme: "dark", hasTouch: true, isMobile: true },
    viewport: { width: 390, height: 844 },
  });
  const { page } = watched;
  await page.getByRole("button", { name: "Mostrar la lista" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Ajustes", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Motor" }).focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: "Motor" });
  await panel.getByText("En reposo").waitFor();
  await panel.getByText("3 de 4").waitFor();
  await panel.getByText(/61\s%/).waitFor();
  await panel.getByText("El proceso del modelo Qwen se ha detenido").waitFor();
  expect(await findings(page)).toEqual([]);
  const widths = "[document.documentElement.scrollWidth, innerWidth]";
  const [width, screen] = (await page.evaluate(widths)) as [number, number];
  expect(width).toBeLessThanOrEqual(screen);
  expectClean(watched);
  await watched.close();
});

test("a page that is hidden asks no more, until it is looked at again", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url);
  const show = (value: "hidden" | "visible") =>
    page.evaluate(`
      Object.defineProperty(document, "visibilityState", { value: "${value}", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));`);
  const asked = page.waitForRequest("**/api/engine");
  await openPanel(page, "Engine");
  const stream = await asked;
  const panel = page.getByRole("dialog", { name: "Engine" });
  await panel.getByText("Idle").waitFor();
  const ended = page.waitForEvent("requestfailed", (request) => request === stream);
  await show("hidden");
  await ended;
  const again = page.waitForRequest("**/api/engine");
  await show("visible");
  await again;
  await panel.getByText("Idle").waitFor();
  expect(await panel.getByRole("alert").count()).toBe(0);
  await close();
});

test("a server that goes away is told, and found again", async () => {
  const server = await serve();
  const { page, close } = await open(server.url);
  await openPanel(page, "Engine");
  const panel = page.getByRole("dialog", { name: "Engine" });
  await panel.getByText("Idle").waitFor();
  await server.stop();
  await panel.getByText("Cannot reach Charla.").waitFor();
  await using again = await serve({ home: server.home, port: server.port });
  await panel.getByText("Idle").waitFor();
  expect(again.url).toBe(server.url);
  await close();
});

test("who waits sees the place in the line, which moves on", async () => {
  const reply = (messages: readonly { content: string }[]) =>
    /^(one|two)$/.test(messages.at(-1)?.content ?? "") ? "la ".repeat(4000) : "My turn at last.";
  await using server = await serve({ script: { slots: 1, tokenMs: 20, reply } });
  const first = await open(server.url);
  await say(first.page, "one");
  await answers(first.page).getByText("la").first().waitFor();
  const second = await open(server.url, { locale: "es-ES" });
  await say(second.page, "two");
  await answers(second.page).getByText("1.º en la cola").waitFor();
  const third = await open(server.url);
  await say(third.page, "three");
  await answers(third.page).getByText("2nd in line").waitFor();
  expect(await findings(third.page)).toEqual([]);

  // A reload tells the place again.
  await third.page.reload();
  await answers(third.page).getByText("2nd in line").waitFor();
  await first.page.getByRole("button", { name: "Stop the answer" }).click();
  await answers(second.page).getByText("la").first().waitFor();
  // Now it is known how long an answer takes.
  await answers(third.page)
    .getByText(/1st in line, about \d+ s/)
    .waitFor();
  await second.page.getByRole("button", { name: "Detener la respuesta" }).click();
  await answers(third.page).getByText("My turn at last.").waitFor();
  await settled(third.page);
  expect(await answers(third.page).getByText("in line").count()).toBe(0);
  for (const watched of [first, second, third]) {
    expectClean(watched);
    await watched.close();
  }
});
