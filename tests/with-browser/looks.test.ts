/** What readers' systems and languages ask of the page: few colours, more contrast, right to left, little room. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  answers,
  composer,
  expectClean,
  findings,
  open,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const styleOf = (page: Page, selector: string, name: string, of = "") =>
  page.evaluate(
    `getComputedStyle(document.querySelector('${selector}'), '${of}').getPropertyValue('${name}')`,
  ) as Promise<string>;

test("says by shapes what colours cannot, where the system paints in few of its own", async () => {
  await using server = await serve();
  const watched = await open(server.url, { forcedColors: "active" });
  const { page } = watched;
  await say(page, "hello");
  await answers(page).getByText("You said: hello").waitFor();
  await settled(page);
  await composer(page).fill("more");
  expect(await styleOf(page, ".send", "border-top-style")).toBe("solid");
  // The arrow is a mask over a colour, which the system would take away.
  const arrow = await styleOf(page, ".send", "background-color", "::before");
  expect(arrow).not.toBe(await styleOf(page, ".send", "background-color"));
  expect(await styleOf(page, '.chat-item [aria-current="page"]', "border-top-style")).toBe("solid");
  expect(await styleOf(page, ".message.user .plain", "border-top-style")).toBe("solid");
  expectClean(watched);
  await watched.close();
});

test("has stronger colours for who asks for more contrast", async () => {
  await using server = await serve();
  const usual = await open(server.url);
  const more = await open(server.url, { contrast: "more" });
  const line = ({ page }: typeof usual) => styleOf(page, ".app > aside", "border-inline-end-color");
  await more.page.locator(".app > aside").waitFor();
  await usual.page.locator(".app > aside").waitFor();
  expect(await line(more)).not.toBe(await line(usual));
  expect(await findings(more.page)).toEqual([]);
  await usual.close();
  await more.close();
});

const ARABIC = `الخطوات:

1. افتح الملف
2. احفظه

| الاسم | العمر |
|---|---|
| ليلى | ٣٠ |

> اقتباس قصير`;

test("puts lists, tables and quotations of a language on the side where it begins", async () => {
  await using server = await serve({ script: { reply: () => ARABIC } });
  const { page, close } = await open(server.url);
  await say(page, "مرحبا");
  await answers(page).locator("table").waitFor();
  for (const block of ["ol", "table", "blockquote"])
    expect(await styleOf(page, `.prose ${block}`, "direction"), block).toBe("rtl");
  const middle = async (text: string) => {
    const box = await answers(page).getByText(text, { exact: true }).boundingBox();
    return (box?.x ?? 0) + (box?.width ?? 0) / 2;
  };
  expect(await middle("الاسم")).toBeGreaterThan(await middle("العمر"));
  await close();
});

test("shows the host beside a link as it is read, whatever the text of the link turns round", async () => {
  const reply = () => "See [the bank\u202E](https://gro.elpmaxe.evil.com/) for more.";
  await using server = await serve({ script: { reply } });
  const { page, close } = await open(server.url);
  await say(page, "Where?");
  await answers(page).locator(".host").waitFor();
  const [first, last] = (await page.evaluate(`(() => {
    const text = document.querySelector(".host").firstChild;
    const at = (index) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return range.getBoundingClientRect().x;
    };
    return [at(0), at(text.length - 1)];
  })()`)) as [number, number];
  expect(first).toBeLessThan(last);
  await close();
});

test("shows tables and code whole on a phone: a wide table scrolls, and its cells can be read", async () => {
  const cell = "A sentence of a few words that need some room.";
  const row = `| ${Array.from({ length: 4 }, () => cell).join(" | ")} |`;
  const reply = () => `| a | b | c | d |\n|---|---|---|---|\n${row}\n\n\`\`\`\ncode\n\`\`\``;
  await using server = await serve({ script: { reply } });
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, close } = await open(server.url, phone);
  await say(page, "A table, please.");
  const cells = answers(page).locator("td");
  await cells.first().waitFor();
  for (const one of await cells.all()) {
    const box = await one.boundingBox();
    expect(box?.width).toBeGreaterThanOrEqual(140);
    expect(box?.height).toBeLessThan(200);
  }
  // What is off the screen is not drawn, and what juts out of a message would be cut off with it.
  const message = await answers(page).first().boundingBox();
  for (const one of await answers(page).locator(".code, .tabular").all()) {
    const box = await one.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(message?.x ?? Number.POSITIVE_INFINITY);
  }
  const [page_, screen] = (await page.evaluate(
    "[document.documentElement.scrollWidth, innerWidth]",
  )) as [number, number];
  expect(page_).toBeLessThanOrEqual(screen);
  await close();
});
