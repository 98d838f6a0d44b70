/** What people do with a message: continue, edit and delete it, begin a chat with it. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answers, expectClean, open, questions, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const WORDS = Array.from({ length: 60 }, (_, index) => `word${index}`).join(" ");

test("goes on with an answer that was stopped, as the same answer", async () => {
  await using server = await serve({ script: { reply: () => WORDS, tokenMs: 25 } });
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, "Count.");
  await answers(page).getByText("word5").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Stopped by you.").waitFor();
  expect(await answers(page).textContent()).not.toContain("word59");
  await answers(page).getByRole("button", { name: "Continue" }).click();
  await answers(page).getByText("word59").waitFor();
  await settled(page);
  expect(await answers(page).locator(".prose").textContent()).toBe(WORDS);
  await page.getByText("Stopped by you.").waitFor({ state: "detached" });
  expect(await answers(page).getByRole("button", { name: "Continue" }).count()).toBe(0);
  await answers(page).getByRole("button", { name: "Details of the answer" }).click();
  const details = page.getByRole("dialog", { name: "Details of the answer" });
  await details.locator("div", { hasText: /^Times continued1$/ }).waitFor();
  expectClean(watched);
  await watched.close();
});

test("offers no rest of an answer that the chat has gone on from", async () => {
  await using server = await serve({ script: { reply: () => WORDS, tokenMs: 25 } });
  const { page, close } = await open(server.url);
  await say(page, "Count.");
  await answers(page).getByText("word5").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Continue" }).waitFor();
  await say(page, "And now?");
  await answers(page).nth(1).getByText("word5").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Stopped by you.").nth(1).waitFor();
  expect(await page.getByRole("button", { name: "Continue" }).count()).toBe(1);
  await close();
});

/** Chooses in the menu under a message. */
async function choose(page: Page, message: ReturnType<typeof answers>, name: string) {
  await message.getByRole("button", { name: "More for this message" }).click();
  await page.getByRole("menuitem", { name, exact: true }).click();
}

test("keeps what the reader makes of an answer beside it, and says whose it is", async () => {
  await using server = await serve({ script: { reply: () => "Water boils at *90* degrees." } });
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, "When does water boil?");
  await answers(page).getByText("degrees").waitFor();
  await settled(page);
  await choose(page, answers(page), "Edit this answer");
  const editor = page.getByRole("textbox", { name: "Edit this answer" });
  expect(await editor.inputValue()).toBe("Water boils at *90* degrees.");
  await editor.fill("Water boils at 100 degrees.\n");
  await editor.press("Enter");
  await editor.press("Control+Enter");
  await answers(page).getByText("at 100 degrees").waitFor();
  await answers(page).getByText("Edited by you").waitFor();
  expect(await answers(page).getByText("Scripted engine").count()).toBe(0);
  await answers(page).getByText("Version 2 of 2").waitFor();
  await page.reload();
  await answers(page).getByText("Edited by you").waitFor();
  await answers(page).getByRole("button", { name: "Previous version" }).click();
  await answers(page).getByText("Scripted engine").waitFor();
  expectClean(watched);
  await watched.close();
});

test("deletes from a message on, and takes it back", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  const { page } = watched;
  for (const text of ["one", "two"]) {
    await say(page, text);
    await answers(page).getByText(`You said: ${text}`).waitFor();
    await settled(page);
  }
  await choose(page, answers(page).nth(1), "Delete with its question");
  await page.getByText("Messages deleted: 2.").waitFor();
  await questions(page).getByText("two").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await answers(page).getByText("You said: two").waitFor();
  await choose(page, questions(page).nth(1), "Delete from here on");
  await questions(page).getByText("two").waitFor({ state: "detached" });
  // The chat goes on from what is left.
  await say(page, "three");
  await answers(page).getByText("You said: three").waitFor();
  await settled(page);
  expect(await answers(page).count()).toBe(2);
  expectClean(watched);
  await watched.close();
});

test("begins a new chat with all that led to an answer", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  const { page } = watched;
  for (const text of ["one", "two"]) {
    await say(page, text);
    await answers(page).getByText(`You said: ${text}`).waitFor();
    await settled(page);
  }
  const before = page.url();
  await choose(page, answers(page).first(), "New chat from here");
  await page.getByText("This is a new chat.").waitFor();
  await page.waitForURL((url) => url.href !== before);
  await answers(page).getByText("You said: one").waitFor();
  expect(await answers(page).count()).toBe(1);
  await page
    .getByRole("navigation")
    .getByText(/\(copy\)/)
    .waitFor();
  await say(page, "elsewhere");
  await answers(page).getByText("You said: elsewhere").waitFor();
  await page.goto(before);
  await answers(page).getByText("You said: two").waitFor();
  expectClean(watched);
  await watched.close();
});

test("does all of it in a chat that is stored nowhere, and keeps that when asked to", async () => {
  await using server = await serve({ script: { reply: () => WORDS, tokenMs: 25 } });
  const watched = await open(server.url);
  const { page } = watched;
  await page.getByRole("button", { name: "Temporary chat" }).click();
  await say(page, "Count.");
  await answers(page).getByText("word5").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Stopped by you.").waitFor();
  await answers(page).getByRole("button", { name: "Continue" }).click();
  await answers(page).getByText("word59").waitFor();
  await settled(page);
  expect(await answers(page).locator(".prose").textContent()).toBe(WORDS);

  await choose(page, answers(page), "Edit this answer");
  await page.getByRole("textbox", { name: "Edit this answer" }).fill("One, two, three.");
  await page.getByRole("button", { name: "Save" }).click();
  await answers(page).getByText("Edited by you").waitFor();
  await answers(page).getByText("Version 2 of 2").waitFor();
  await choose(page, answers(page), "Delete this version");
  await answers(page).getByText("word59").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await answers(page).getByText("One, two, three.").waitFor();
  const stored = async () => (await fetch(`${server.url}/api/conversations/export`)).text();
  expect(await stored()).not.toContain("three");

  await choose(page, answers(page), "Keep as a chat up to here");
  await page.getByText("Stored as a chat.").waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "Count." }).waitFor();
  await page.reload();
  await answers(page).getByText("Edited by you").waitFor();
  expect(await stored()).toContain("One, two, three.");
  expectClean(watched);
  await watched.close();
});
