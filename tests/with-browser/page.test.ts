/** What holds for the page as a whole: language, keyboard, phones, accessibility, the core alone. */
import { expect, test } from "vitest";
import {
  answers,
  composer,
  expectClean,
  findings,
  open,
  openPanel,
  prefer,
  questions,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const MARKDOWN = `# One

Text with [a link](https://example.org/), \`code\` and ![an image](https://example.org/a.png).

### Three

\`\`\`python
def f(x): return x + 1  # comment
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

- [x] done
- [ ] open

> quoted

$$x^2$$`;

for (const colorScheme of ["light", "dark"] as const) {
  test(`has nothing for axe to find, in every state (${colorScheme})`, async () => {
    const reply = () => MARKDOWN;
    await using server = await serve({ script: { reply, contextWindow: 300, tokenMs: 3 } });
    const options = { colorScheme, reducedMotion: "reduce" as const };
    const { page, close } = await open(server.url, options);
    const check = async (state: string) => {
      expect(await findings(page), state).toEqual([]);
    };
    await composer(page).waitFor();
    await check("empty");
    await say(page, "Show me everything.");
    await check("streaming");
    await settled(page);
    await page.locator(".katex").waitFor();
    await page.locator(".code-comment").waitFor();
    await check("answered");
    await answers(page).getByRole("button", { name: "Details of the answer" }).click();
    await page.getByRole("dialog", { name: "Details of the answer" }).waitFor();
    await check("details");
    await page.keyboard.press("Escape");
    await questions(page).getByRole("button", { name: "Edit" }).click();
    await check("editing");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Settings of this chat" }).click();
    await page.getByRole("dialog").waitFor();
    await check("settings");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Settings", exact: true }).click();
    await page.getByRole("group", { name: "Models and measurements" }).waitFor();
    await check("menu of the panels");
    await page.keyboard.press("Escape");
    await openPanel(page, "Keyboard shortcuts");
    await check("help");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More for your chats" }).click();
    await check("menu");
    await page.keyboard.press("Escape");
    await page.getByRole("searchbox").fill("everything");
    await page.locator("mark").first().waitFor();
    await check("search");
    await say(page, "too long ".repeat(400));
    await page.getByRole("alert").waitFor();
    await check("problem");
    await close();
  });
}

test("speaks the browser's language until the reader chooses another", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url, { locale: "es-MX" });
  await page.getByPlaceholder("Escribe tu mensaje").waitFor();
  expect(await page.title()).toBe("Charla");
  expect(await page.locator(".greeting").textContent()).toContain("¿De qué hablamos?");
  expect(await page.locator("html").getAttribute("lang")).toBe("es");
  await prefer(page, "Idioma", "en");
  await page.getByPlaceholder("Write your message").waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  await page.reload();
  await page.getByPlaceholder("Write your message").waitFor();
  await close();
});

test("has its typefaces from the server, and the letters of the first view alone", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  await composer(watched.page).waitFor();
  const loaded = "[...document.fonts].filter((face) => face.status === 'loaded')";
  const families = `document.fonts.ready.then(() => ${loaded}.map((face) => face.family).sort())`;
  expect(await watched.page.evaluate(families)).toEqual(["Inter", "Source Serif"]);
  expectClean(watched);
  await watched.close();
});

test("folds a long question, and offers ways to begin while there is none", async () => {
  await using server = await serve({ script: { reply: () => "Yes." } });
  const watched = await open(server.url);
  const { page } = watched;
  const samples = page.getByRole("list", { name: "Ideas to start with" });
  const sample = samples.getByRole("button").first();
  const words = (await sample.textContent()) ?? "";
  await sample.click();
  expect(await composer(page).inputValue()).toBe(words);
  await say(page, "a short one");
  await settled(page);
  expect(await samples.count()).toBe(0);
  await say(page, "line\n".repeat(40));
  await settled(page);
  expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(1);
  const height = async () => (await questions(page).last().boundingBox())?.height ?? 0;
  const folded = await height();
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByRole("button", { name: "Show less" }).waitFor();
  expect(await height()).toBeGreaterThan(folded * 2);
  expectClean(watched);
  await watched.close();
});

test("takes light, dark or the system's theme, and keeps the choice", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url, { colorScheme: "light" });
  const paper = () =>
    page.evaluate("getComputedStyle(document.documentElement).backgroundColor") as Promise<string>;
  const light = await paper();
  await prefer(page, "Theme", "dark");
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await paper()).toBe(dark);
  await prefer(page, "Theme", "system");
  expect(await paper()).toBe(light);
  await close();
});

test("works by keyboard alone", async () => {
  await using server = await serve({ script: { reply: () => "" } });
  const { page, close } = await open(server.url);
  const key = (name: string) => page.keyboard.press(name);
  await composer(page).waitFor();
  await page.keyboard.type("first line");
  await key("Shift+Enter");
  await page.keyboard.type("second line");
  await key("Enter");
  await questions(page).getByText("second line").waitFor();
  await settled(page);

  await key("ArrowUp");
  await page.getByLabel("Edit your message").waitFor();
  await page.keyboard.type(" more");
  await key("Enter");
  await questions(page).getByText("second line more").waitFor();
  await settled(page);

  await key("Control+Shift+F");
  await expect.poll(() => page.evaluate("document.activeElement.type")).toBe("search");
  await page.keyboard.type("first");
  // In the title, and in the text that was found.
  await expect.poll(() => page.locator("mark").count()).toBe(2);
  await key("Tab");
  await key("Tab");
  await key("Enter");
  await page.getByRole("menuitem", { name: "Pin" }).waitFor();
  await key("ArrowDown");
  await key("Enter");
  await page.getByLabel("Rename").waitFor();
  await page.keyboard.type("By keyboard");
  await key("Enter");
  await page.getByRole("link", { name: "By keyboard" }).waitFor();

  await page.locator(".scroller").focus();
  await key("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await help.waitFor();
  await key("Escape");
  await help.waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.className")).toBe("scroller");
  await key("/");
  await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("TEXTAREA");
  await key("Control+Shift+O");
  await page.getByRole("heading", { name: "What shall we talk about?" }).waitFor();
  await close();
});

test("copies the last answer by keys, and says so when the browser does not allow it", async () => {
  await using server = await serve({ script: { reply: () => "to be copied" } });
  const permissions = ["clipboard-read", "clipboard-write"];
  const watched = await open(server.url, { permissions });
  const { page } = watched;
  const clipboard = () => page.evaluate("navigator.clipboard.readText()");
  await composer(page).waitFor();
  await page.evaluate('navigator.clipboard.writeText("kept")');
  await page.keyboard.press("Control+Shift+Y");
  await say(page, "hello");
  expect(await clipboard()).toBe("kept");
  await answers(page).getByText("to be copied").waitFor();
  await settled(page);
  await page.keyboard.press("Control+Shift+Y");
  await expect.poll(clipboard).toBe("to be copied");

  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new DOMException())");
  await page.keyboard.press("Control+Shift+Y");
  await page.getByText("The browser did not allow copying.").waitFor();
  expectClean(watched);
  await watched.close();
});

test("an Enter that ends a composition in Safari sends nothing", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url);
  const enter = (label: string) =>
    page
      .getByLabel(label, { exact: true })
      .dispatchEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true });
  await composer(page).fill("かな");
  await enter("Message");
  expect(await composer(page).inputValue()).toBe("かな");
  await composer(page).press("Enter");
  await answers(page).getByText("You said: かな").waitFor();
  await settled(page);
  await composer(page).press("ArrowUp");
  await enter("Edit your message");
  await page.getByLabel("Edit your message").fill("仮名");
  await page.getByLabel("Edit your message").press("Enter");
  await answers(page).getByText("You said: 仮名").waitFor();
  await close();
});

test("announces the finished answer, once and not in pieces", async () => {
  await using server = await serve({ script: { reply: () => "one two three", tokenMs: 300 } });
  const { page, close } = await open(server.url);
  const status = page.locator(".dock [role=status]");
  await say(page, "Count.");
  await answers(page).getByText("one").waitFor();
  expect(await status.textContent()).toBe("");
  await settled(page);
  await expect.poll(() => status.textContent()).toBe("Charla says: one two three");
  await close();
});

test("marks the window whose answer has ended while nobody looked, until somebody does", async () => {
  await using server = await serve({ script: { reply: () => "one two three", tokenMs: 20 } });
  const { page, close } = await open(server.url);
  const show = (value: "hidden" | "visible") =>
    page.evaluate(`
      Object.defineProperty(document, "visibilityState", { value: "${value}", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));`);
  await say(page, "Count.");
  await settled(page);
  expect(await page.title()).not.toContain("✓");
  await show("hidden");
  await say(page, "Again.");
  await expect.poll(() => page.title(), { timeout: 30_000 }).toMatch(/^✓ .* · Charla$/);
  await show("visible");
  await expect.poll(() => page.title()).not.toContain("✓");
  await close();
});

test("fits a phone: a drawer, targets for fingers, no zoom, nothing cut off", async () => {
  await using server = await serve({ script: { reply: () => MARKDOWN } });
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, close } = await open(server.url, phone);
  // There is no Shift+Enter, so Enter makes a line.
  await composer(page).fill("hello");
  await composer(page).press("Enter");
  expect(await composer(page).inputValue()).toBe("hello\n");
  expect(await composer(page).getAttribute("enterkeyhint")).toBe("enter");
  await page.getByRole("button", { name: "Send" }).tap();
  await questions(page).getByText("hello").waitFor();
  await settled(page);
  await page.getByRole("button", { name: "Show the list" }).click();
  const drawer = page.getByRole("dialog", { name: "Chats" });
  await drawer.getByRole("link", { name: "hello" }).waitFor();
  const small = (await page.evaluate(`[...document.querySelectorAll("button, a, select, input")]
    .filter((e) => e.checkVisibility({ opacityProperty: true }) && !e.closest(".prose, .skip"))
    .filter((e) => !e.matches(".skip, .wordmark, [hidden]"))
    .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
    // A layout in fractions of a pixel may miss the size by a rounding error.
    .filter(([, r]) => Math.round(r.width) < 44 || Math.round(r.height) < 40)
    .map(([html, r]) => html + " " + r.width + "x" + r.height)`)) as string[];
  expect(small).toEqual([]);
  await drawer.getByRole("link", { name: "hello" }).click();
  await drawer.waitFor({ state: "detached" });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  // What stands in the bar of a wide page is in its menu, and leaves room for the model's name.
  expect(await page.getByRole("button", { name: "Settings of this chat" }).count()).toBe(0);
  await page.getByRole("button", { name: "Options for this chat" }).tap();
  await page.getByRole("menuitem", { name: "Rename" }).waitFor();
  await page.getByRole("menuitem", { name: "Settings of this chat" }).tap();
  await page.getByRole("dialog", { name: "Settings of this chat" }).waitFor();
  await page.keyboard.press("Escape");
  const size = await page.evaluate(
    'Number.parseFloat(getComputedStyle(document.querySelector("textarea")).fontSize)',
  );
  expect(size).toBeGreaterThanOrEqual(16);
  await close();
});

test("the core alone chats, stops, and says what went wrong", async () => {
  const reply = (messages: readonly { content: string }[]) =>
    messages.at(-1)?.content === "long" ? "word ".repeat(200) : `You have said ${messages.length}`;
  await using server = await serve({
    document: "minimal.html",
    script: { reply, tokenMs: 5, contextWindow: 400 },
  });
  const watched = await open(server.url, { locale: "es-ES" });
  const { page } = watched;
  await page.getByText("Hablas con una IA").waitFor();
  expect(await findings(page)).toEqual([]);
  await say(page, "hola");
  await answers(page).getByText("You have said 1").waitFor();
  await settled(page);
  await say(page, "otra vez");
  await answers(page).getByText("You have said 3").waitFor();
  await settled(page);
  await say(page, "long");
  await answers(page).getByText("word word").waitFor();
  await page.getByRole("button", { name: "Detener la respuesta" }).click();
  await settled(page);
  expect((await answers(page).last().textContent())?.split("word").length).toBeLessThan(200);
  await say(page, "palabra ".repeat(500));
  await page
    .getByRole("status")
    .getByText(/\d+ tokens/)
    .waitFor();
  expect(await composer(page).inputValue()).toBe("palabra ".repeat(500));
  expectClean(watched);
  await watched.close();
});
