/** The list of chats: search, rename, pin, delete and undo, export and import. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  composer,
  expectClean,
  importFile,
  open,
  questions,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const list = (page: Page) => page.getByRole("navigation", { name: "Chats" });

async function chat(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await say(page, text);
  await questions(page).getByText(text).waitFor();
  await settled(page);
  await list(page).getByRole("link", { name: text }).waitFor();
}

async function choose(page: Page, title: string, item: string): Promise<void> {
  await page.getByRole("link", { name: title }).hover();
  await page.getByRole("button", { name: `Options for “${title}”` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** Titles are the first words here, because the engine only repeats. */
const reply = () => "";

test("finds, renames, pins, deletes and restores", async () => {
  await using server = await serve({ script: { reply } });
  const watched = await open(server.url);
  const { page } = watched;
  for (const text of ["canción de cuna", "tortilla", "lentejas"]) await chat(page, text);

  await page.getByRole("searchbox").fill("cancion");
  await list(page).locator("mark", { hasText: "canción" }).first().waitFor();
  await expect.poll(() => list(page).getByRole("link").count()).toBe(1);
  await page.getByRole("searchbox").fill("nothing like it");
  await page.getByText("No results.").waitFor();
  await page.getByRole("searchbox").fill("");

  await choose(page, "tortilla", "Rename");
  await page.getByLabel("Rename").fill("Tortilla de patatas");
  await page.keyboard.press("Enter");
  await list(page).getByRole("link", { name: "Tortilla de patatas" }).waitFor();

  await choose(page, "Tortilla de patatas", "Pin");
  await list(page).getByRole("heading", { name: "Pinned" }).waitFor();

  await choose(page, "lentejas", "Delete");
  await page.getByText("Chat deleted.").waitFor();
  expect(await list(page).getByRole("link", { name: "lentejas" }).count()).toBe(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await list(page).getByRole("link", { name: "lentejas" }).waitFor();
  await page.reload();
  await list(page).getByRole("link", { name: "lentejas" }).waitFor();
  expectClean(watched);
  await watched.close();
});

test("exports a chat and imports it again", async () => {
  await using server = await serve({ script: { reply } });
  const { page, close } = await open(server.url);
  await chat(page, "to be kept");
  const downloading = page.waitForEvent("download");
  await choose(page, "to be kept", "Export as JSON");
  const path = await (await downloading).path();
  expect(JSON.parse(await readFile(path, "utf8")).conversations).toHaveLength(1);

  await importFile(page, path);
  await page.getByText("1 chat imported.").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => list(page).getByRole("link", { name: "to be kept" }).count()).toBe(2);

  const notJson = { name: "note.json", mimeType: "application/json", buffer: Buffer.from("{") };
  await importFile(page, notJson);
  await page
    .getByRole("alert")
    .getByText("This file is not JSON, or it ends in the middle.")
    .waitFor();
  await close();
});

test("takes the address as the place of a chat, back and forth", async () => {
  await using server = await serve({ script: { reply } });
  const { page, close } = await open(server.url);
  await chat(page, "one");
  await chat(page, "two");
  await list(page).getByRole("link", { name: "one", exact: true }).click();
  await questions(page).getByText("one").waitFor();
  await page.goBack();
  await questions(page).getByText("two").waitFor();
  await page.goto(`${server.url}/c/no-such-chat`);
  await page.getByRole("alert").waitFor();
  await close();
});

test("deletes the empty chat that is open, without a complaint", async () => {
  await using server = await serve();
  const made = await fetch(`${server.url}/api/conversations`, { method: "POST", body: "{}" });
  const { id } = (await made.json()) as { id: string };
  const { page, close } = await open(`${server.url}/c/${id}`);
  await choose(page, "New chat", "Delete");
  await page.getByText("Chat deleted.").waitFor();
  await page.getByRole("heading", { name: "What shall we talk about?" }).waitFor();
  await page.waitForLoadState("networkidle");
  expect(await page.getByRole("alert").count()).toBe(0);
  await close();
});

test("a chat whose first question was refused is none, and the text is back", async () => {
  await using server = await serve({ script: { contextWindow: 64 } });
  const { page, close } = await open(server.url);
  const long = "word ".repeat(100);
  await say(page, long);
  await page.getByRole("alert").waitFor();
  await expect.poll(() => composer(page).inputValue()).toBe(long);
  await page.getByText("Your chats will appear here.").waitFor();
  expect(new URL(page.url()).pathname).toBe("/");
  await close();
});

test("a new chat ends the search, and stands in the list with its title", async () => {
  await using server = await serve({ script: { reply } });
  const { page, close } = await open(server.url);
  await chat(page, "tortilla");
  await page.getByRole("searchbox").fill("tort");
  await list(page).locator("mark").first().waitFor();
  await page.getByRole("button", { name: "New chat" }).click();
  await chat(page, "lentejas");
  expect(await page.getByRole("searchbox").inputValue()).toBe("");
  await page.getByRole("heading", { name: "lentejas", level: 1 }).waitFor();
  // Tab stops at one chat of all; the arrow keys go on from there.
  await list(page).getByRole("link", { name: "lentejas" }).focus();
  await page.keyboard.press("ArrowDown");
  const focused = "document.activeElement.textContent";
  expect(await page.evaluate(focused)).toContain("tortilla");
  expect(await list(page).locator('[tabindex="0"]').count()).toBe(2);
  await close();
});

test("a hit leads to its message, marked, in whatever branch it stands", async () => {
  await using server = await serve({ script: { reply } });
  const common = { createdAt: new Date(0), status: "done", details: null, error: null };
  const messages = Array.from({ length: 80 }, (_, at) => ({
    ...{ id: `m${at}`, parentId: at === 0 ? null : `m${at - 1}`, ...common },
    role: at % 2 ? "assistant" : "user",
    content: at === 5 ? "It is **Otoño**, the Autumn." : `${at} ${"word ".repeat(60)}`,
  }));
  const aside = { id: "aside", parentId: "m5", role: "user", content: "Winter?", ...common };
  const chats = [{ id: "c", messages: [...messages.slice(0, 6), aside, ...messages.slice(6)] }];
  const imported = await fetch(`${server.url}/api/conversations/import`, {
    method: "POST",
    body: JSON.stringify({
      ...{ format: "charla.conversations", version: 1, exportedAt: new Date() },
      conversations: chats.map((one) => ({
        ...{ ...one, title: "Seasons", titleSource: "user", pinned: false, settings: {} },
        ...{ createdAt: new Date(0), updatedAt: new Date(0), currentId: "m79" },
      })),
    }),
  });
  expect(imported.status).toBe(200);
  const watched = await open(server.url);
  const { page } = watched;
  await page.getByRole("searchbox").fill("autumn otono");
  await list(page).getByRole("heading", { name: "1 chat found" }).waitFor();
  expect(await list(page).locator("mark").allTextContents()).toEqual(["Otoño", "Autumn"]);
  await list(page).locator("time", { hasText: "1970" }).waitFor();
  await list(page).getByRole("link", { name: "Seasons" }).click();
  const marked = "[...(CSS.highlights.get('found') ?? [])].map(String)";
  await expect.poll(() => page.evaluate(marked)).toEqual(["Otoño", "Autumn"]);
  const seen = async (text: string) => {
    const at = await page.locator(".message", { hasText: text }).boundingBox();
    return at !== null && at.y > 0 && at.y < 800;
  };
  await expect.poll(() => seen("the Autumn")).toBe(true);

  await page.getByRole("searchbox").fill("winter");
  await list(page).locator("mark", { hasText: "Winter" }).first().waitFor();
  await list(page).getByRole("link", { name: "Seasons" }).click();
  await expect.poll(() => page.evaluate(marked)).toEqual(["Winter"]);
  await expect.poll(() => seen("Winter?")).toBe(true);
  await page.getByRole("button", { name: "New chat" }).click();
  await expect.poll(() => page.evaluate(marked)).toEqual([]);
  expectClean(watched);
  await watched.close();
});

test("keeps the older chats that were loaded, each of them once", async () => {
  await using server = await serve({ script: { reply } });
  const message = { parentId: null, role: "user", createdAt: new Date(0), status: "done" };
  const conversations = Array.from({ length: 120 }, (_, index) => ({
    ...{ id: `c${index}`, title: `chat ${index}`, titleSource: "user", pinned: false },
    ...{ createdAt: new Date(0), updatedAt: new Date(index * 1000), settings: {} },
    currentId: `m${index}`,
    messages: [{ ...message, id: `m${index}`, content: "hello", details: null, error: null }],
  }));
  const imported = await fetch(`${server.url}/api/conversations/import`, {
    method: "POST",
    body: JSON.stringify({
      format: "charla.conversations",
      version: 1,
      exportedAt: new Date(),
      conversations,
    }),
  });
  expect(imported.status).toBe(200);
  const { page, close } = await open(server.url);
  const links = list(page).getByRole("link");
  await expect.poll(() => links.count()).toBe(50);
  await page.getByRole("button", { name: "Older chats" }).dblclick();
  await expect.poll(() => links.count()).toBeGreaterThanOrEqual(100);
  const names = await links.allTextContents();
  expect(new Set(names).size).toBe(names.length);
  // One chat and its menu are stops of the Tab key, whatever the number of chats.
  expect(await list(page).locator('[tabindex="0"]').count()).toBe(2);
  // An answer reads the list again.
  await say(page, "one more");
  await settled(page);
  await list(page).getByRole("link", { name: "one more" }).waitFor();
  expect(await links.count()).toBeGreaterThanOrEqual(100);
  await close();
});
