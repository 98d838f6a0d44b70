/** What the page bears: text made to break it, storage that fails, tabs that die, many of them. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  answers,
  composer,
  expectClean,
  open,
  prefer,
  questions,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const WORDS = Array.from({ length: 600 }, (_, index) => `word${index}`).join(" ");
const newChat = (page: Page) => page.getByRole("button", { name: "New chat", exact: true }).click();

const levels = (count: number) =>
  Array.from({ length: count }, (_, level) => `${"  ".repeat(level)}- needle`).join("\n");

/** Imports a chat with one answer. @returns its address */
async function imported(url: string, answer: object): Promise<string> {
  const createdAt = new Date().toISOString();
  const common = { createdAt, details: null, error: null, status: "done", content: "Go." };
  const messages = [
    { ...common, id: "1", parentId: null, role: "user" },
    { ...common, id: "2", parentId: "1", role: "assistant", ...answer },
  ];
  const dates = { createdAt, updatedAt: createdAt };
  const chat = { id: "0", title: "Imported", titleSource: "user", pinned: false, ...dates };
  const conversations = [{ ...chat, settings: {}, currentId: "2", messages }];
  const file = { format: "charla.conversations", version: 1, exportedAt: createdAt, conversations };
  const response = await fetch(`${url}/api/conversations/import`, {
    method: "POST",
    body: JSON.stringify(file),
  });
  const { imported } = (await response.json()) as { imported: [{ id: string }] };
  return `${url}/c/${imported[0].id}`;
}

test.each([
  ["quotes", `${"> ".repeat(2000)}needle`],
  ["narrow quotes", `${">".repeat(2000)}needle`],
  ["elements within a line", `${"<b>".repeat(5000)}needle`],
  ["elements", `${"<div>".repeat(20_000)}needle`],
  ["fewer elements", `${"<div>".repeat(700)}needle`],
  ["a list", levels(1500)],
  ["a list in one line", `${"- ".repeat(3000)}needle`],
  ["emphasis", `${"**a *b ".repeat(1500)}needle`],
  ["brackets", `${"[".repeat(20_000)}needle`],
  [
    "a table's width",
    `needle\n\n|${"a|".repeat(2000)}\n|${"-|".repeat(2000)}\n${"|a\n".repeat(500)}`,
  ],
  ["formulas that never end", `${"\\[ \\( ".repeat(20_000)}needle`],
])("bears a hostile depth or length of %s", async (_name, content) => {
  await using server = await serve();
  const { page, close } = await open(await imported(server.url, { status: "done", content }));
  await answers(page).getByText("needle").first().waitFor();
  // The renderer is there as well, and the page still answers.
  await page.waitForLoadState("networkidle");
  await composer(page).fill("still here");
  await answers(page).getByText("needle").first().waitFor();
  await close();
});

test("says so when the page breaks, in the reader's language, with a way on", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url, { locale: "es-ES" });
  await composer(page).waitFor();
  const path = /\/api\/conversations\?/;
  await page.route(path, (route) => route.fulfill({ json: { items: [null], nextCursor: null } }));
  await page.reload();
  await page.getByRole("alert").getByText("Algo ha fallado en la página").waitFor();
  await page.unroute(path);
  await page.getByRole("button", { name: "Recargar la página" }).click();
  await composer(page).waitFor();
  await close();
});

test("explains an error whose code is the name of a method", async () => {
  await using server = await serve();
  const [message, hint] = ["It has {constructor}.", ""];
  const error = { message, hint, type: "", code: "toString", param: null, retryable: false };
  const answer = { status: "failed", content: "", error: { ...error, params: {} } };
  const { page, close } = await open(await imported(server.url, answer), { locale: "es-ES" });
  await page.getByRole("alert").getByText(message).waitFor();
  await close();
});

test("works where the browser denies storage", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  const { page } = watched;
  await page.addInitScript(`Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
  })`);
  await page.reload();
  await composer(page).fill("half a thought");
  await prefer(page, "Theme", "dark");
  await prefer(page, "Language", "es");
  await page.getByPlaceholder("Escribe tu mensaje").press("Enter");
  await answers(page).getByText("You said: half a thought").waitFor();
  expectClean(watched);
  await watched.close();
});

test("works where the browser's storage is full", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  const { page } = watched;
  await page.evaluate(`for (let size = 2 ** 23; size >= 1; size /= 2) {
    try { for (;;) localStorage.setItem("full" + Math.random(), "x".repeat(size)); } catch {}
  }`);
  await composer(page).pressSequentially("hello");
  expect(await composer(page).inputValue()).toBe("hello");
  await prefer(page, "Theme", "dark");
  await prefer(page, "Language", "es");
  await page.getByPlaceholder("Escribe tu mensaje").press("Enter");
  await answers(page).getByText("You said: hello").waitFor();
  expectClean(watched);
  await watched.close();
});

/** Ends a tab without a last word, and opens another one at its address. */
async function die(page: Page): Promise<Page> {
  const context = page.context();
  const address = page.url();
  const debug = await context.newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  void debug.send("Page.crash").catch(() => {});
  await crashed;
  const next = await context.newPage();
  await next.goto(address);
  return next;
}

test("gives a question back when its tab dies before the model has taken it", async () => {
  const never = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  await using server = await serve({ loading: never });
  const { page: first, close } = await open(server.url);
  const turn = first.waitForRequest(/\/turns$/);
  await say(first, "a long question");
  await turn;
  expect(await composer(first).inputValue()).toBe("");
  const second = await die(first);
  expect(await composer(second).inputValue()).toBe("a long question");
  // What is written meanwhile stays too.
  await composer(second).press("Enter");
  await questions(second).getByText("a long question").waitFor();
  await composer(second).fill("and another");
  const third = await die(second);
  expect(await composer(third).inputValue()).toBe("a long question\nand another");
  await newChat(third);
  expect(await composer(third).inputValue()).toBe("");
  await close();
});

test("keeps no draft of what was answered", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url);
  await say(page, "hello");
  await answers(page).getByText("You said: hello").waitFor();
  await settled(page);
  await page.reload();
  await answers(page).getByText("You said: hello").waitFor();
  expect(await composer(page).inputValue()).toBe("");
  expect(await page.evaluate("Object.keys(localStorage)")).toEqual([]);
  await close();
});

test("two tabs with a new chat each keep their own words", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url);
  const other = await page.context().newPage();
  await other.goto(server.url);
  await composer(page).fill("the first tab");
  await composer(other).fill("the second tab");
  // Another language renders the first tab again.
  await prefer(page, "Language", "es");
  expect(await composer(page).inputValue()).toBe("the first tab");
  await close();
});

/** A headless browser thinks that each of its pages is seen. */
async function setVisible(page: Page, visible: boolean): Promise<void> {
  const value = visible ? "visible" : "hidden";
  await page.evaluate(`
    Object.defineProperty(document, "visibilityState", { value: "${value}", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));`);
}

test("leaves the connections to the tab that is looked at", async () => {
  await using server = await serve({ script: { reply: () => WORDS, tokenMs: 50 } });
  const { page: first, close } = await open(server.url);
  const context = first.context();
  // Browsers open six connections to a server at most.
  for (let tab = 0; tab < 6; tab++) {
    const page = tab === 0 ? first : await context.newPage();
    await page.goto(server.url);
    await say(page, "Count.");
    await answers(page).getByText("word0 word1").waitFor();
    await setVisible(page, false);
  }
  const seventh = await context.newPage();
  await seventh.goto(server.url);
  await say(seventh, "Count.");
  await answers(seventh).getByText("word0 word1").waitFor();
  await seventh.getByRole("button", { name: "Stop the answer" }).click();
  await seventh.getByText("Stopped by you.").waitFor();

  await setVisible(first, true);
  await answers(first).getByText("word100").waitFor();
  await first.getByRole("button", { name: "Stop the answer" }).click();
  await first.getByText("Stopped by you.").waitFor();
  expect(WORDS).toContain(await answers(first).locator(".prose").textContent());
  await close();
});
