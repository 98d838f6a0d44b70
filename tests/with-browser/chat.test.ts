/** The flows of a chat, in a real browser against a real server. */
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

const WORDS = Array.from({ length: 60 }, (_, index) => `word${index}`).join(" ");

test("asks, streams the answer and shows how it came to be", async () => {
  await using server = await serve({ script: { reply: () => "It is **so**.", tokenMs: 5 } });
  const watched = await open(server.url);
  const { page } = watched;
  await page.getByText("You are talking to an AI").first().waitFor();
  await say(page, "Is it so?");
  await questions(page).getByText("Is it so?").waitFor();
  await answers(page).locator("strong", { hasText: "so" }).waitFor();
  await settled(page);
  expect(new URL(page.url()).pathname).toMatch(/^\/c\/.+/);
  await answers(page).getByRole("button", { name: "Details of the answer" }).click();
  const details = page.getByRole("dialog", { name: "Details of the answer" });
  await details.getByText("Scripted engine").first().waitFor();
  await details.getByText("More", { exact: true }).click();
  await details.locator("div", { hasText: /^Seedrandom$/ }).waitFor();
  await details.getByText(/tokens\/s/).waitFor();
  expectClean(watched);
  await watched.close();
});

test("picks a running answer up after a reload, without loss or repetition", async () => {
  await using server = await serve({ script: { reply: () => WORDS, tokenMs: 25 } });
  const { page, close } = await open(server.url);
  await say(page, "Count.");
  await answers(page).getByText("word5").waitFor();
  await page.reload();
  await answers(page).getByText("word59").waitFor();
  expect(await answers(page).locator(".prose").textContent()).toBe(WORDS);
  await close();
});

test("goes on when the connection breaks in the middle of an answer", async () => {
  await using server = await serve({ script: { reply: () => WORDS, tokenMs: 25 } });
  const { page, close } = await open(server.url);
  await say(page, "Count.");
  for (const word of ["word5", "word20"]) {
    await answers(page).getByText(word).waitFor();
    server.cut();
  }
  await answers(page).getByText("word59").waitFor();
  await settled(page);
  expect(await answers(page).locator(".prose").textContent()).toBe(WORDS);
  await close();
});

test("stops by button and by Escape, and keeps what was written", async () => {
  await using server = await serve({ script: { reply: () => WORDS, tokenMs: 25 } });
  const { page, close } = await open(server.url);
  for (const stop of [
    () => page.getByRole("button", { name: "Stop the answer" }).click(),
    () => page.keyboard.press("Escape"),
  ]) {
    await page.goto(server.url);
    await say(page, "Count.");
    await answers(page).getByText("word5").waitFor();
    await stop();
    await page.getByText("Stopped by you.").waitFor();
    const text = await answers(page).textContent();
    expect(text).toContain("word5");
    expect(text).not.toContain("word59");
    await page.reload();
    await page.getByText("Stopped by you.").waitFor();
  }
  await close();
});

test("edits a question into a branch, regenerates, and walks between them", async () => {
  let n = 0;
  const reply = () => `answer number ${++n}`;
  await using server = await serve({ script: { reply } });
  const { page, close } = await open(server.url);
  await say(page, "first");
  await answers(page).getByText("answer number").waitFor();
  await settled(page);
  await questions(page).hover();
  await questions(page).getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Edit your message").fill("second");
  await page.getByLabel("Edit your message").press("Enter");
  await questions(page).getByText("second").waitFor();
  await settled(page);
  await page.getByText("Version 2 of 2").first().waitFor();
  await questions(page).hover();
  await questions(page).getByRole("button", { name: "Previous version" }).click();
  await questions(page).getByText("first").waitFor();
  await answers(page).getByRole("button", { name: "Another answer" }).click();
  await answers(page).getByText("Version 2 of 2").waitFor();
  await settled(page);
  // The branch that was looked at last is the one that a reload shows.
  await page.reload();
  await questions(page).getByText("first").waitFor();
  await answers(page).getByText("Version 2 of 2").waitFor();
  await close();
});

test("keeps a question that is too long in the composer, with the counts", async () => {
  await using server = await serve({ script: { contextWindow: 64 } });
  const { page, close } = await open(server.url, { locale: "es-ES" });
  const long = "palabra ".repeat(200).trim();
  await say(page, long);
  await page.getByRole("alert").getByText(/204/).waitFor();
  expect(await composer(page).inputValue()).toBe(long);
  expect(await questions(page).count()).toBe(0);
  await page.reload();
  expect(await composer(page).inputValue()).toBe(long);
  await close();
});

test("marks where the model's memory begins", async () => {
  await using server = await serve({
    script: { contextWindow: 80, reply: () => "yes ".repeat(12) },
  });
  const { page, close } = await open(server.url);
  for (const question of ["one", "two", "three", "four"]) {
    await say(page, `${question} ${"more ".repeat(8)}`);
    await questions(page).getByText(question).waitFor();
    await settled(page);
  }
  await page.getByText("The model's memory begins here").waitFor();
  await close();
});

test("keeps a draft for each chat", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url);
  await say(page, "hello");
  await settled(page);
  await composer(page).fill("half a thought");
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  expect(await composer(page).inputValue()).toBe("");
  await page.goBack();
  await questions(page).getByText("hello").waitFor();
  expect(await composer(page).inputValue()).toBe("half a thought");
  await close();
});

test("says that an answer was interrupted, and tries again", async () => {
  const first = await serve({ script: { reply: () => WORDS, tokenMs: 25 } });
  const { page, close } = await open(first.url);
  await say(page, "Count.");
  await answers(page).getByText("word5").waitFor();
  await first.stop();
  // Where the end of the answer still comes through, the page asks for the server 15 s later.
  const away = page.getByRole("alert").getByText("Cannot reach Charla.");
  await away.waitFor({ timeout: 30_000 });
  const { home, port } = first;
  await using _second = await serve({ home, port, script: { reply: () => "Done." } });
  await page.getByText("The server stopped while this was being written").waitFor();
  expect(await answers(page).textContent()).toContain("word5");
  await page.getByRole("button", { name: "Try again" }).click();
  await answers(page).getByText("Done.").waitFor();
  await close();
});

test("follows the end until the reader scrolls up, and jumps back", async () => {
  const paragraphs = Array.from({ length: 80 }, (_, index) => `Paragraph ${index}.`).join("\n\n");
  await using server = await serve({ script: { reply: () => paragraphs, tokenMs: 8 } });
  const { page, close } = await open(server.url);
  const fromEnd = () =>
    page.evaluate(`(() => {
      const box = document.querySelector(".scroller");
      return box.scrollHeight - box.scrollTop - box.clientHeight;
    })()`) as Promise<number>;
  await say(page, "Write a lot.");
  await answers(page).getByText("Paragraph 25.").waitFor();
  expect(await fromEnd()).toBeLessThan(60);
  await page.locator(".scroller").hover();
  await page.mouse.wheel(0, -400);
  await page.getByRole("button", { name: "Jump to the latest" }).waitFor();
  await answers(page).getByText("Paragraph 60.").waitFor();
  expect(await fromEnd()).toBeGreaterThan(300);
  await page.getByRole("button", { name: "Jump to the latest" }).click();
  await answers(page).getByText("Paragraph 79.").waitFor();
  expect(await fromEnd()).toBeLessThan(60);
  await close();
});

test("saves the settings of a chat and uses them", async () => {
  const reply = (messages: readonly { role: string; content: string }[]) =>
    `I was told: ${messages.find(({ role }) => role === "system")?.content ?? "nothing"}`;
  await using server = await serve({ script: { reply } });
  const { page, close } = await open(server.url);
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  await page.getByLabel("Instructions").fill("Be brief.");
  await page.getByLabel("Seed").fill("7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await say(page, "hello");
  await answers(page).getByText("I was told: Be brief.").waitFor();
  await settled(page);
  await page.reload();
  await answers(page).getByRole("button", { name: "Details of the answer" }).click();
  await page.getByRole("dialog").getByText("More", { exact: true }).click();
  const seed = page.getByRole("dialog").locator("div", { hasText: /^Seed7$/ });
  await seed.first().waitFor();
  await close();
});
