/** What happens while the model has not taken a question yet, and when it does not take it. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { CharlaError } from "../../src/core/errors.ts";
import { answers, composer, open, questions, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const editor = (page: Page) => page.getByLabel("Edit your message");
const newChat = (page: Page) => page.getByRole("button", { name: "New chat", exact: true }).click();
const stopButton = (page: Page) => page.getByRole("button", { name: "Stop the answer" });
const list = (page: Page) => page.getByRole("navigation", { name: "Chats" });

/** A model that takes no question until `open()`, or refuses what waits by `refuse()`. */
function gate() {
  let waiting = Promise.withResolvers<void>();
  let closed = false;
  return {
    close() {
      closed = true;
      waiting = Promise.withResolvers();
      waiting.promise.catch(() => {});
    },
    open() {
      closed = false;
      waiting.resolve();
    },
    refuse() {
      closed = false;
      const hint = "Choose another one.";
      waiting.reject(new CharlaError("test_refused", { status: 503, message: "It broke.", hint }));
    },
    async loading(signal: AbortSignal) {
      if (!closed) return;
      const left = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => left.reject(signal.reason));
      await Promise.race([waiting.promise, left.promise]);
    },
  };
}

/** An echo that is no good for titles, so that chats keep their first words. */
const script = {
  reply: (messages: readonly { content: string }[]) => {
    const said = messages.at(-1)?.content ?? "";
    return said.startsWith("Write a title") ? "" : `You said: ${said}`;
  },
};

/** Asks in a chat of its own and waits for the answer. */
async function chat(page: Page, text: string): Promise<void> {
  await newChat(page);
  await say(page, text);
  await answers(page).getByText(`You said: ${text}`).waitFor();
  await settled(page);
  await list(page).getByRole("link", { name: text }).waitFor();
}

async function edit(page: Page, text: string): Promise<void> {
  await questions(page).last().hover();
  await questions(page).last().getByRole("button", { name: "Edit" }).click();
  await editor(page).fill(text);
  await editor(page).press("Enter");
}

test("an edit that fails keeps its text in the editor", async () => {
  const model = gate();
  await using server = await serve({
    loading: model.loading,
    script: { ...script, contextWindow: 64 },
  });
  const { page, close } = await open(server.url);
  await chat(page, "short");
  const long = "word ".repeat(100).trim();
  await edit(page, long);
  await page.getByRole("alert").waitFor();
  expect(await editor(page).inputValue()).toBe(long);

  model.close();
  await editor(page).fill("a better question");
  await editor(page).press("Enter");
  await questions(page).getByText("a better question").waitFor();
  model.refuse();
  await page.getByRole("alert").getByText("It broke.").waitFor();
  expect(await editor(page).inputValue()).toBe("a better question");
  await editor(page).press("Enter");
  await answers(page).getByText("You said: a better question").waitFor();
  expect(await editor(page).count()).toBe(0);
  await close();
});

test("an edit in a chat that is busy elsewhere keeps its text", async () => {
  const reply = (messages: readonly { content: string }[]) =>
    messages.at(-1)?.content === "long" ? "word ".repeat(400) : "ok";
  await using server = await serve({ script: { reply, tokenMs: 10 } });
  const { page, close } = await open(server.url);
  await say(page, "first");
  await answers(page).getByText("ok").waitFor();
  await settled(page);
  const { page: other, close: closeOther } = await open(page.url());
  await answers(other).getByText("ok").waitFor();
  await say(page, "long");
  await answers(page).getByText("word").waitFor();
  await edit(other, "changed meanwhile");
  await other.getByRole("alert").waitFor();
  expect(await editor(other).inputValue()).toBe("changed meanwhile");
  await closeOther();
  await close();
});

test("a question is seen at once, and its answer comes where the wait for it was told", async () => {
  const model = gate();
  await using server = await serve({ loading: model.loading, script });
  const { page, close } = await open(server.url);
  const made = Promise.withResolvers<void>();
  await page.route("**/api/conversations", async (route) => {
    if (route.request().method() === "POST") await made.promise;
    await route.continue();
  });
  model.close();
  await say(page, "hello");
  await questions(page).getByText("hello").waitFor();
  expect(new URL(page.url()).pathname).toBe("/");
  const top = async (selector: string) => (await page.locator(selector).boundingBox())?.y ?? 0;
  const place = await top(".waiting");
  const asked = await questions(page).locator(".plain").boundingBox();
  expect(place).toBeGreaterThanOrEqual((asked?.y ?? 0) + (asked?.height ?? 0));
  made.resolve();
  await page.waitForURL("**/c/*");
  expect(await top(".waiting")).toBe(place);
  model.open();
  await answers(page).locator(".prose", { hasText: "You said: hello" }).waitFor();
  await settled(page);
  expect(await top(".message.assistant .prose > p")).toBe(place);
  await close();
});

test("a chat that waits for its model leaves the others alone", async () => {
  const model = gate();
  await using server = await serve({ loading: model.loading, script });
  const { page, close } = await open(server.url);
  await chat(page, "other");
  await newChat(page);
  model.close();
  await say(page, "slow question");
  await questions(page).getByText("slow question").waitFor();
  await stopButton(page).waitFor();
  // The question is seen before its chat has an address.
  await page.waitForURL("**/c/*");
  const slow = new URL(page.url()).pathname;

  await list(page).getByRole("link", { name: "other" }).click();
  await questions(page).getByText("other").waitFor();
  await composer(page).fill("unsent");
  await settled(page);
  await page.goBack();
  await questions(page).getByText("slow question").waitFor();
  await stopButton(page).waitFor();
  await page.goForward();
  await questions(page).getByText("other").waitFor();

  const refused = page.waitForResponse(`**/api/conversations/${slow.slice(3)}/turns`);
  model.refuse();
  await (await refused).finished();
  expect(await composer(page).inputValue()).toBe("unsent");
  expect(await page.getByRole("alert").count()).toBe(0);
  await page.goBack();
  await page.getByRole("alert").getByText("It broke.").waitFor();
  expect(await composer(page).inputValue()).toBe("slow question");
  await composer(page).press("Enter");
  await answers(page).getByText("You said: slow question").waitFor();
  await close();
});

test("Stop takes back the question of its own chat and no other", async () => {
  const model = gate();
  await using server = await serve({ loading: model.loading, script });
  const { page, close } = await open(server.url);
  model.close();
  await say(page, "one");
  await questions(page).getByText("one").waitFor();
  await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/c\//);
  await newChat(page);
  await say(page, "two");
  await questions(page).getByText("two").waitFor();
  await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/c\//);
  await stopButton(page).click();
  await settled(page);
  expect(await composer(page).inputValue()).toBe("two");
  expect(await page.getByRole("alert").count()).toBe(0);
  model.open();
  await page.goBack();
  await page.goBack();
  await answers(page).getByText("You said: one").waitFor();
  await close();
});

test("what changes in a chat while its model is awaited stays", async () => {
  const model = gate();
  await using server = await serve({ loading: model.loading, script });
  const { page, close } = await open(server.url);
  await chat(page, "first");
  model.close();
  await say(page, "second");
  await questions(page).getByText("second").waitFor();
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  await page.getByLabel("Instructions").fill("Be brief.");
  await page.getByRole("button", { name: "Save" }).click();
  await list(page).getByRole("link", { name: "first" }).dblclick();
  await page.getByLabel("Rename").fill("A new name");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "A new name" }).waitFor();
  model.open();
  await answers(page).getByText("You said: second").waitFor();
  await settled(page);
  await page.getByRole("heading", { name: "A new name" }).waitFor();
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  expect(await page.getByLabel("Instructions").inputValue()).toBe("Be brief.");
  await close();
});

test("a question that is sent while its chat still loads goes to that chat", async () => {
  await using server = await serve({ script });
  const { page, close } = await open(server.url);
  await chat(page, "first");
  const address = page.url();
  const held = Promise.withResolvers<void>();
  await page.route(/\/api\/conversations\/[^/?]+$/, async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.reload();
  await say(page, "second");
  await stopButton(page).waitFor();
  held.resolve();
  await answers(page).getByText("You said: second").waitFor();
  await questions(page).getByText("first").waitFor();
  expect(page.url()).toBe(address);
  await close();
});

test("a question that the server has no room for waits, and goes by itself", async () => {
  let refusals = 1;
  const full = (retryAfter: number) =>
    new CharlaError("test_full", { status: 503, message: "Full.", hint: "Wait.", retryAfter });
  const loading = async () => {
    if (refusals-- > 0) throw full(refusals > 0 ? 500 : 1);
  };
  await using server = await serve({ loading, script });
  const { page, close } = await open(server.url);
  await say(page, "patient");
  await answers(page).getByText("The model is busy. Your question waits").waitFor();
  await answers(page).getByText("You said: patient").waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);

  await settled(page);
  refusals = 9;
  await say(page, "cancelled");
  await answers(page).getByText("in about 9 min").waitFor();
  await stopButton(page).click();
  await settled(page);
  expect(await composer(page).inputValue()).toBe("cancelled");
  await close();
});

test("an answer that the engine refuses for now counts down and comes, and can be stopped", async () => {
  let refusals = 1;
  const reply = () => {
    const hint = "Wait.";
    if (refusals-- <= 0) return "Here it is.";
    const retryAfter = refusals > 0 ? 45 : 1;
    throw new CharlaError("queue_full", { status: 503, message: "Full.", hint, retryAfter });
  };
  await using server = await serve({ script: { reply } });
  const { page, close } = await open(server.url, { locale: "es-ES" });
  await say(page, "una");
  await answers(page).getByText("El modelo está ocupado.").waitFor();
  await answers(page).getByText("Here it is.").waitFor();
  refusals = 9;
  await page.getByRole("button", { name: "Enviar" }).waitFor();
  await say(page, "dos");
  await answers(page).getByText("en unos 45 s").waitFor();
  await page.getByRole("button", { name: "Detener la respuesta" }).click();
  await answers(page).getByText("La has detenido.").waitFor();
  await close();
});

test("a question that is sent without a connection is kept, and sent once", async () => {
  await using server = await serve({ script });
  const { page, close } = await open(server.url);
  await chat(page, "before");
  let lost = 0;
  await page.route("**/turns", async (route) => {
    // The second reply is lost on the way, after the server has taken the question.
    if (lost++ === 1) await route.fetch();
    if (lost <= 2) await route.abort("internetdisconnected");
    else await route.continue();
  });
  await say(page, "kept");
  await answers(page).getByText("No connection to Charla.").waitFor();
  const online = () => page.evaluate("dispatchEvent(new Event('online'))");
  await online();
  await expect.poll(() => lost).toBe(2);
  await answers(page).getByText("No connection to Charla.").waitFor();
  await online();
  await answers(page).getByText("You said: kept").waitFor();
  await settled(page);
  expect(await questions(page).count()).toBe(2);
  expect(await page.getByText("2/2").count()).toBe(0);
  await close();
});

test("the core alone gives a question back above what was written since", async () => {
  const model = gate();
  await using server = await serve({ loading: model.loading, document: "minimal.html" });
  const { page, close } = await open(server.url);
  await expect.poll(() => page.evaluate("document.activeElement?.tagName")).toBe("TEXTAREA");
  model.close();
  await say(page, "first thought");
  await questions(page).getByText("first thought").waitFor();
  await page.getByRole("status").getByText("Thinking of an answer…").waitFor();
  await composer(page).fill("second thought");
  model.refuse();
  await page.getByRole("status").getByText("It broke.").waitFor();
  expect(await composer(page).inputValue()).toBe("first thought\nsecond thought");
  await close();
});
