/** A chat that is stored nowhere. */
import { expect, test } from "vitest";
import {
  answers,
  composer,
  expectClean,
  open,
  questions,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

test("is answered with all that was said, and leaves nothing behind", async () => {
  const reply = (messages: readonly { content: string }[]) =>
    messages.map(({ content }) => content).join(" / ");
  await using server = await serve({ script: { reply } });
  const watched = await open(server.url);
  const { page } = watched;
  await page.getByRole("button", { name: "Temporary chat" }).click();
  await page.getByText("nothing is stored").waitFor();
  await composer(page).fill("half a secret");
  const kept = "JSON.stringify({ ...localStorage, ...sessionStorage })";
  expect(await page.evaluate(kept)).not.toContain("secret");

  await say(page, "one secret");
  await answers(page).getByText("one secret").waitFor();
  await settled(page);
  await say(page, "two");
  await answers(page).nth(1).getByText("one secret / one secret / two").waitFor();
  await settled(page);
  await page.getByRole("button", { name: "Another answer" }).nth(1).click();
  await page.getByText("Version 2 of 2").waitFor({ state: "attached" });
  await settled(page);
  await page.getByRole("button", { name: "Edit" }).first().click();
  await page.getByLabel("Edit your message").fill("three");
  await page.keyboard.press("Enter");
  await answers(page).getByText("three", { exact: true }).waitFor();
  await settled(page);

  const stored = async () => {
    const reply = await fetch(`${server.url}/api/conversations`);
    return ((await reply.json()) as { items: unknown[] }).items;
  };
  expect(await stored()).toEqual([]);
  expect(new URL(page.url()).pathname).toBe("/");
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await expect.poll(() => questions(page).count()).toBe(0);
  await say(page, "to be kept");
  await answers(page).getByText("to be kept", { exact: true }).waitFor();
  expect(await stored()).toHaveLength(1);
  expect(await page.evaluate(kept)).not.toContain("secret");
  expectClean(watched);
  await watched.close();
});

test("stops what is being written, and goes with the page", async () => {
  await using server = await serve({ script: { reply: () => "word ".repeat(2000), tokenMs: 20 } });
  const { page, close } = await open(server.url);
  await page.getByRole("button", { name: "Temporary chat" }).click();
  await say(page, "long");
  await answers(page).getByText("word").waitFor();
  await page.getByRole("button", { name: "Stop the answer" }).click();
  await page.getByText("Stopped by you.").waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "What shall we talk about?" }).waitFor();
  expect(await page.getByText("nothing is stored").count()).toBe(0);
  await close();
});
