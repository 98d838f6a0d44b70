/**
 * Does the page stay quick in a chat of thousands of messages? Opens one in the real page in Chromium,
 * scrolls up through it, types, asks, and goes to its beginning, and reports the long tasks of each.
 *
 * Run after a build: `node web/bench/long.ts [messages]`, by default 4,990 (a chat holds 5,000). The target is no task over
 * 50 ms while scrolling and typing.
 */
import { chromium, type Page } from "playwright-core";
import { serve } from "../../tests/with-browser/server.ts";
import { PROBE } from "./probe.ts";

const messages = Number(process.argv[2] ?? 4990);

/** About 60 words with what answers have in them: emphasis, lists, code. */
const answer = (
  n: number,
) => `The **${n}th** answer says what it was asked for, in a paragraph that wraps over
two or three lines of the page, with \`code\` and [a link](https://example.org/${n}) in it.

- a first point about ${n}
- a second one, *longer* than the first

${n % 5 === 0 ? `\`\`\`python\ndef part_${n}(value):\n    return value * ${n}  # a comment\n\`\`\`` : ""}`;

const chat = {
  title: "A long chat",
  messages: Array.from({ length: messages }, (_, at) => ({
    id: `m${at}`,
    parentId: at === 0 ? null : `m${at - 1}`,
    role: at % 2 === 0 ? "user" : "assistant",
    content: at % 2 === 0 ? `Question number ${at} about something` : answer(at),
    createdAt: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
  })),
};

await using server = await serve({ script: { reply: () => answer(1), tokenMs: 5 } });
const now = new Date().toISOString();
const file = {
  ...{ format: "charla.conversations", version: 1, exportedAt: now },
  conversations: [
    {
      ...{ ...chat, id: "long", titleSource: "user", pinned: false, settings: {} },
      ...{ createdAt: now, updatedAt: now, currentId: `m${messages - 1}` },
      messages: chat.messages.map((one) => ({
        ...one,
        ...{ status: "done", details: null, error: null },
      })),
    },
  ],
};
const imported = await fetch(`${server.url}/api/conversations/import`, {
  method: "POST",
  body: JSON.stringify(file),
});
const [{ id }] = ((await imported.json()) as { imported: [{ id: string }] }).imported;

const executablePath = process.env.CHARLA_CHROME ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.addInitScript(PROBE);

const rows: string[][] = [];
async function measured(name: string, work: (page: Page) => Promise<unknown>): Promise<void> {
  await page.evaluate("globalThis.restart?.()");
  const began = performance.now();
  await work(page);
  const ms = Math.round(performance.now() - began);
  const { longTasks, frames } = (await page.evaluate("report()")) as {
    longTasks: number[];
    frames: number[];
  };
  const sorted = frames.toSorted((a, b) => a - b);
  const at95 = Math.round(sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 0);
  const over = longTasks.filter((task) => task > 50);
  const longest = over.length === 0 ? "-" : `${Math.round(Math.max(...over))} ms`;
  rows.push([name, `${ms} ms`, String(over.length), longest, `${at95} ms`]);
}

const composer = page.getByRole("textbox", { name: /Message|Mensaje/ });
await measured("opening", async () => {
  await page.goto(`${server.url}/c/${id}`);
  await page.locator(".message.assistant .prose").last().waitFor();
});
await page.waitForTimeout(1000);
await page.mouse.move(700, 400);
await measured("scrolling up", async () => {
  for (let turn = 0; turn < 150; turn++) {
    await page.mouse.wheel(0, -600);
    await page.waitForTimeout(30);
  }
});
await measured("typing", () =>
  composer.pressSequentially("A question that somebody types in the middle of it", { delay: 40 }),
);
await measured("an answer", async () => {
  await composer.press("Enter");
  await page.locator(".send.stop").waitFor();
  await page.locator(".send:not(.stop)").waitFor({ timeout: 0 });
});
await measured("to the beginning", async () => {
  await page.evaluate("document.querySelector('.scroller').scrollTo({ top: 0 })");
  await page.getByRole("button", { name: /beginning|principio/ }).click();
  await page.getByText("Question number 0 about something", { exact: true }).waitFor();
});
await page.waitForTimeout(1000);
await measured("typing, all loaded", () =>
  composer.pressSequentially("And another one, at the beginning", { delay: 40 }),
);
await measured("scrolling, all loaded", async () => {
  for (let turn = 0; turn < 100; turn++) {
    await page.mouse.wheel(0, 1500);
    await page.waitForTimeout(30);
  }
});
await measured("an answer, all loaded", async () => {
  await composer.press("Enter");
  await page.locator(".send.stop").waitFor();
  await page.locator(".send:not(.stop)").waitFor({ timeout: 0 });
});
const nodes = await page.evaluate("document.querySelectorAll('*').length");
await browser.close();

const head = ["", "took", "over 50 ms", "longest", "frame, 95 %"];
for (const row of [head, ...rows])
  console.log(row.map((cell, at) => cell.padEnd(at === 0 ? 24 : 13)).join(""));
console.log(`elements at the end: ${nodes}`);
