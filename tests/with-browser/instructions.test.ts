/** Instructions for all chats: written once, said in each, also in one that is stored nowhere. */
import { expect, test } from "vitest";
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

test("are said in every chat while they are in use", async () => {
  const reply = (messages: readonly { content: string }[]) =>
    messages.map(({ content }) => content).join(" / ");
  await using server = await serve({ script: { reply } });
  const watched = await open(server.url);
  const { page } = watched;
  const text = page.getByLabel("Your instructions");
  await openPanel(page, "Instructions for all chats");
  await text.fill("I am Ana.");
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Instructions saved.").waitFor();
  await say(page, "one");
  await answers(page).getByText("I am Ana. / one", { exact: true }).waitFor();
  await settled(page);
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await page.getByRole("button", { name: "Temporary chat" }).click();
  await say(page, "two");
  await answers(page).getByText("I am Ana. / two", { exact: true }).waitFor();
  await settled(page);

  await openPanel(page, "Instructions for all chats");
  expect(await text.inputValue()).toBe("I am Ana.");
  await page.getByLabel("Use them in my chats").uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await say(page, "three");
  await answers(page).getByText("three", { exact: true }).waitFor();
  expectClean(watched);
  await watched.close();
});
