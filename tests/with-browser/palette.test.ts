/** The palette: chats, actions, models and settings by their names, by keyboard alone. */
import { expect, test } from "vitest";
import { answers, expectClean, findings, open, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

test("finds actions, settings and chats, and does what is chosen", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, "where is the lighthouse?");
  await answers(page).getByText("lighthouse").waitFor();
  await settled(page);
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  const chosen = palette.locator("[aria-selected=true]");
  const type = async (text: string) => {
    await page.keyboard.press("Control+K");
    await palette.waitFor();
    await page.keyboard.type(text);
  };
  await type("");
  await palette.getByRole("group", { name: "This chat" }).waitFor();
  expect(await findings(page)).toEqual([]);
  expect(await chosen.textContent()).toBe("New chat");
  await page.keyboard.press("ArrowUp");
  // The last of all: a chat.
  await expect.poll(() => chosen.textContent()).toContain("lighthouse");
  await page.keyboard.press("Escape");
  await palette.waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("TEXTAREA");

  await type("archive this");
  await page.keyboard.press("Enter");
  await page.getByText("This chat is archived.").waitFor();
  await type("idioma");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Language and theme" }).waitFor();
  await page.keyboard.press("Escape");
  await type("temporary");
  await page.keyboard.press("Enter");
  await page.getByText("nothing is stored").waitFor();
  await type("LIGHTHOUSE");
  await palette.getByRole("option").waitFor();
  await page.keyboard.press("Enter");
  await answers(page).getByText("lighthouse").waitFor();
  await page.getByText("nothing is stored").waitFor({ state: "detached" });
  await type("nothing like it");
  await palette.getByText("No results.").waitFor();
  expectClean(watched);
  await watched.close();
});
