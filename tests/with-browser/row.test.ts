/** The quiet row under a message: who wrote an answer, and what can be done with it. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  answers,
  expectClean,
  findings,
  open,
  questions,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const script = { reply: () => "Forty-two, as everybody knows.", tokenMs: 5 };

async function answered(page: Page): Promise<void> {
  await say(page, "The answer?");
  await answers(page).getByText("Forty-two").waitFor();
  await settled(page);
}

test("says at its end which model wrote the answer and how fast, and more when asked", async () => {
  await using server = await serve({ script });
  const watched = await open(server.url);
  const { page } = watched;
  await answered(page);
  const byline = answers(page).getByRole("button", {
    name: /^Scripted engine · [\d.,]+ tokens\/s\./,
  });
  await byline.click();
  const details = page.getByRole("dialog", { name: "Details of the answer" });
  expect(await details.locator("dt:visible").allTextContents()).toEqual([
    "Model",
    "Answer",
    "Whole answer",
  ]);
  await details.getByText("More", { exact: true }).click();
  await details.getByText("Context window").waitFor();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.locator(".byline:focus").waitFor();
  // Copy, other ways to copy, another answer, more, and the two thumbs.
  expect(await answers(page).locator(".actions .icon-button").count()).toBeLessThanOrEqual(6);
  expectClean(watched);
  await watched.close();
});

test("tells what an icon means by pointer, by keyboard, and under a resting finger", async () => {
  await using server = await serve({ script });
  const watched = await open(server.url);
  const { page, close } = watched;
  await answered(page);
  const tip = page.locator(".tip");
  const again = answers(page).getByRole("button", { name: "Another answer" });
  await again.hover();
  await tip.getByText("Another answer").waitFor();
  await page.mouse.move(0, 0);
  await tip.waitFor({ state: "hidden" });
  await answers(page).getByRole("button", { name: "Copy", exact: true }).focus();
  await page.keyboard.press("Tab");
  await tip.getByText("Other ways to copy").waitFor();
  await page.keyboard.press("Tab");
  await tip.getByText("Another answer").waitFor();
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "hidden" });
  // A menu that closes gives the focus back to its button, whose tip may only then be shown.
  await page.getByRole("button", { name: "Options for this chat" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Rename" }).waitFor();
  await page.keyboard.press("Escape");
  await tip.getByText("Options for this chat").waitFor();
  expectClean(watched);
  await close();

  const phone = await open(server.url, { hasTouch: true, viewport: { width: 390, height: 844 } });
  await answered(phone.page);
  const finger = { pointerType: "touch", bubbles: true };
  const held = answers(phone.page).getByRole("button", { name: "Another answer" });
  await held.dispatchEvent("pointerdown", finger);
  await phone.page.locator(".tip", { hasText: "Another answer" }).waitFor();
  await held.dispatchEvent("pointerup", finger);
  await held.dispatchEvent("click");
  await phone.page.locator(".tip").waitFor({ state: "hidden" });
  expect(await questions(phone.page).count()).toBe(1);
  expect(await phone.page.getByText("Version 2 of 2").count()).toBe(0);
  await phone.close();
});
