/** Chats put in order: archived and brought back, folders, several at once, all deleted. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectClean, findings, open, openPanel, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const list = (page: Page) => page.getByRole("navigation", { name: "Chats" });
const link = (page: Page, name: string) => list(page).getByRole("link", { name, exact: true });
const gone = (page: Page, name: string) => link(page, name).waitFor({ state: "detached" });

async function choose(page: Page, title: string, item: string): Promise<void> {
  await link(page, title).hover();
  await page.getByRole("button", { name: `Options for “${title}”` }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

async function make(url: string, ...titles: string[]): Promise<void> {
  for (const title of titles) {
    const made = await fetch(`${url}/api/conversations`, { method: "POST", body: "{}" });
    const { id } = (await made.json()) as { id: string };
    const body = JSON.stringify({ title });
    await fetch(`${url}/api/conversations/${id}`, { method: "PATCH", body });
  }
}

test("archives, keeps in folders, and changes several and all at once", async () => {
  await using server = await serve();
  await make(server.url, "one", "two", "three", "four");
  const watched = await open(server.url);
  const { page } = watched;

  await choose(page, "one", "Archive");
  await page.getByText("Chat archived.").waitFor();
  await gone(page, "one");
  await openPanel(page, "Archived chats");
  expect(await findings(page)).toEqual([]);
  await page.getByRole("dialog").getByRole("button", { name: /^one/ }).click();
  await page.getByText("This chat is archived.").waitFor();
  await page.getByRole("button", { name: "Unarchive" }).click();
  await link(page, "one").waitFor();
  await page.getByText("This chat is archived.").waitFor({ state: "detached" });

  // Into a new folder, and out of it with the folder.
  await choose(page, "two", "Move to a folder…");
  await page.getByLabel("Name of the new folder").fill("Home");
  await page.getByRole("button", { name: "Create and move" }).click();
  await gone(page, "two");
  const folder = page.getByRole("button", { name: /^Home/ });
  await folder.click();
  await link(page, "two").waitFor();
  await choose(page, "three", "Move to a folder…");
  await page.getByRole("dialog").getByRole("button", { name: "Home" }).click();
  await page.getByText("Moved to “Home”.").waitFor();
  await page.reload();
  await link(page, "three").waitFor();
  expect(await page.getByRole("list", { name: "Home" }).getByRole("link").count()).toBe(2);
  expect(await findings(page)).toEqual([]);
  await page.getByRole("searchbox").fill("three");
  await list(page).getByText("Home", { exact: true }).waitFor();
  await page.getByRole("searchbox").fill("");

  // Several, by keyboard.
  await page.getByRole("button", { name: "More for your chats" }).click();
  await page.getByRole("menuitem", { name: "Select chats" }).click();
  const box = page.getByRole("checkbox");
  await box.first().waitFor();
  await expect.poll(() => page.evaluate("document.activeElement?.type")).toBe("checkbox");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.getByText("2 selected").waitFor();
  expect(await findings(page)).toEqual([]);
  const chosen = page.getByRole("toolbar", { name: "For the selected chats" });
  const saving = page.waitForEvent("download");
  await chosen.getByRole("button", { name: "Export as JSON" }).click();
  expect((await saving).suggestedFilename()).toBe("charla.json");
  await choose(page, "four", "Select");
  await page.getByRole("button", { name: "Select all" }).click();
  await page.getByText("4 selected").waitFor();
  await chosen.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Chats deleted: 4.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await link(page, "four").waitFor();

  await page.getByRole("button", { name: "Options for the folder “Home”" }).click();
  await page.getByRole("menuitem", { name: "Delete folder" }).click();
  await page.getByRole("button", { name: "Delete folder", exact: true }).click();
  await folder.waitFor({ state: "detached" });
  await link(page, "two").waitFor();

  await page.getByRole("button", { name: "More for your chats" }).click();
  await page.getByRole("menuitem", { name: "Delete all chats…" }).click();
  await page.getByRole("button", { name: "Delete all chats", exact: true }).click();
  await page.getByText("Your chats will appear here.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await link(page, "one").waitFor();
  expectClean(watched);
  await watched.close();
});
