/** A chat of hundreds of messages: opened at its end, read upwards, searched, and read from its beginning. */
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

const MESSAGES = 600;
/** The second question has two answers; the one that is not shown has been gone on with. */
const told = (at: number) => ({
  ...{ id: `m${at}`, parentId: at === 0 ? null : `m${at - 1}` },
  role: at % 2 === 0 ? "user" : "assistant",
  content: at === 3 ? "The answer in a needle" : `Message number ${at}.\n\n- and\n- a list`,
});
const other = [
  { id: "o3", parentId: "m2", role: "assistant", content: "Another answer" },
  { id: "o4", parentId: "o3", role: "user", content: "It was gone on with" },
];

async function longChat(url: string): Promise<string> {
  const now = new Date().toISOString();
  const messages = [...Array.from({ length: 4 }, (_, at) => told(at)), ...other];
  for (let at = 4; at < MESSAGES; at++) messages.push(told(at));
  const rest = { createdAt: now, status: "done", details: null, error: null };
  const chat = {
    ...{ id: "long", title: "Long", titleSource: "user", pinned: false, settings: {} },
    ...{ createdAt: now, updatedAt: now, currentId: `m${MESSAGES - 1}` },
    messages: messages.map((message) => ({ ...message, ...rest })),
  };
  const file = { format: "charla.conversations", version: 1, exportedAt: now };
  const body = JSON.stringify({ ...file, conversations: [chat] });
  const reply = await fetch(`${url}/api/conversations/import`, { method: "POST", body });
  const { imported } = (await reply.json()) as { imported: { id: string }[] };
  return imported[0]?.id ?? "";
}

const inPage = (page: Page) => page.locator("article.message").count();
const earlier = (page: Page) => page.getByText(/^Earlier messages: /);

test("a long chat is opened at its end, and read upwards as far as somebody likes", async () => {
  await using server = await serve({});
  const id = await longChat(server.url);
  const watched = await open(`${server.url}/c/${id}`);
  const { page } = watched;
  await page.getByText("Message number 599.").waitFor();
  await earlier(page).waitFor();
  expect(await inPage(page)).toBeLessThan(100);
  const newest = page.getByText("Message number 599.");
  await expect.poll(async () => (await newest.boundingBox())?.y ?? 9999).toBeLessThan(800);

  // What is read stays where it is while more comes above it, also at the very top.
  await page.evaluate('document.querySelector(".scroller").scrollTop = 0');
  await page.getByText("Earlier messages: 420").waitFor();
  const oldest = page.getByText("Message number 541.");
  await expect
    .poll(async () => Math.abs((await oldest.boundingBox())?.y ?? 9999))
    .toBeLessThan(800);
  await page.locator(".scroller").focus();
  const upTo = async () => {
    await page.keyboard.press("PageUp");
    return page.getByText(/Message number 4\d\d\./).count();
  };
  await expect.poll(upTo, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(await inPage(page)).toBeLessThan(200);

  // And a question is asked at the end, from wherever one is.
  await say(page, "and now?");
  await settled(page);
  const last = page.locator("article.message").last();
  await expect.poll(async () => (await last.boundingBox())?.y ?? 9999).toBeLessThan(800);
  expect(await findings(page)).toEqual([]);
  expectClean(watched);
  await watched.close();
});

test("its beginning and what a search finds in it are a click away", async () => {
  await using server = await serve({});
  const id = await longChat(server.url);
  const { page, close } = await open(`${server.url}/c/${id}`);
  await page.getByText("Message number 599.").waitFor();
  const button = page.getByRole("button", { name: "Go to the beginning" });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByText("Message number 0.").waitFor();
  await expect.poll(() => earlier(page).count()).toBe(0);
  await expect
    .poll(async () => (await page.getByText("Message number 0.").boundingBox())?.y ?? -1)
    .toBeGreaterThan(0);
  const focused = "document.activeElement === document.querySelector('.scroller')";
  await expect.poll(() => page.evaluate(focused)).toBe(true);
  expect(await inPage(page)).toBeLessThan(200);

  // Afresh, straight to what was found.
  await page.goto(server.url);
  await page.getByRole("searchbox").fill("needle");
  const list = page.getByRole("navigation", { name: "Chats" });
  await list.locator("mark", { hasText: "needle" }).first().waitFor();
  await list.getByRole("link", { name: "Long" }).click();
  const found = answers(page).getByText("The answer in a needle");
  await found.waitFor();
  await expect.poll(async () => Math.abs((await found.boundingBox())?.y ?? 9999)).toBeLessThan(800);

  // Its other version, of which the page knew nothing, with what follows that.
  await found.hover();
  await page
    .locator("article", { has: page.getByText("The answer in a needle") })
    .getByRole("button", { name: "Next version" })
    .click();
  await page.getByText("It was gone on with").waitFor();
  expect(await composer(page).isVisible()).toBe(true);
  await close();
});
