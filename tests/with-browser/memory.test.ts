/** Memory in the page: switched on, added to, told to the model, shown with the answer, edited and erased. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  answers,
  expectClean,
  findings,
  open,
  openPanel,
  questions,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

/** Says which facts stand in its prompt. */
const reply = (messages: readonly { content: string }[]) =>
  `Told: ${messages[0]?.content.match(/^- ".*"$/gm)?.join(" / ") ?? "nothing"}`;

const SHOTS = process.env.CHARLA_TEST_SHOTS;
const shot = async (page: Page, name: string) => {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
};

async function details(page: Page) {
  await answers(page).last().locator(".byline").click();
  await page
    .locator(".popover")
    .getByText(/^(More|Más)$/)
    .click();
  return page.locator(".told-facts");
}

test("a fact is added, told, shown with the answer, edited and erased", async () => {
  await using server = await serve({ script: { reply } });
  const watched = await open(server.url);
  const { page } = watched;
  await openPanel(page, "Memory");
  const dialog = page.getByRole("dialog");
  const field = dialog.getByLabel("A fact about you");
  await dialog.getByText("There is nothing in your memory.").waitFor();
  expect(await field.count()).toBe(0);
  await dialog.getByLabel("Tell these facts to the model in my chats").check();
  await field.fill("I am a nurse.");
  await dialog.getByRole("button", { name: "Add to memory" }).click();
  await dialog.getByRole("button", { name: "Edit “I am a nurse.”" }).waitFor();
  expect(await field.inputValue()).toBe("");
  expect(await findings(page)).toEqual([]);
  await shot(page, "memory-light");
  await page.keyboard.press("Escape");

  await say(page, "My garden faces the sea. What grows there?");
  await settled(page);
  await answers(page).getByText('Told: - "I am a nurse."').waitFor();
  const facts = await details(page);
  await facts.getByText("I am a nurse.", { exact: true }).waitFor();
  expect(await findings(page)).toEqual([]);
  await shot(page, "memory-details-light");
  await page.keyboard.press("Escape");

  // A message of one's own, as much of it as is chosen.
  await questions(page).hover();
  await questions(page).getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Remember this…" }).click();
  expect(await field.inputValue()).toBe("My garden faces the sea. What grows there?");
  await field.fill("My garden faces the sea.");
  await dialog.getByRole("button", { name: "Add to memory" }).click();
  await dialog.getByRole("button", { name: "Edit “I am a nurse.”" }).click();
  expect(await field.inputValue()).toBe("I am a nurse.");
  await field.fill("I am a doctor.");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("button", { name: "Delete “My garden faces the sea.”" }).click();
  await dialog
    .getByRole("button", { name: "Delete “My garden faces the sea.”" })
    .waitFor({ state: "detached" });
  await page.keyboard.press("Escape");

  await say(page, "And now?");
  await settled(page);
  await answers(page).last().getByText('Told: - "I am a doctor."', { exact: true }).waitFor();
  await openPanel(page, "Memory");
  await dialog.getByRole("button", { name: "Delete “I am a doctor.”" }).click();
  await dialog.getByText("There is nothing in your memory.").waitFor();
  await page.keyboard.press("Escape");
  // What was told is nowhere kept; that there was something is.
  await (await details(page)).getByText("Facts that you have deleted since: 1").waitFor();
  await page.keyboard.press("Escape");
  await say(page, "And at last?");
  await settled(page);
  await answers(page).last().getByText("Told: nothing").waitFor();
  expectClean(watched);
  await watched.close();
});

test("in Spanish, dark and on a phone, what a selection has chosen is remembered", async () => {
  await using server = await serve({ script: { reply } });
  await fetch(`${server.url}/api/memory`, { method: "PUT", body: '{"active":true}' });
  const watched = await open(server.url, {
    ...{ locale: "es-ES", colorScheme: "dark", viewport: { width: 390, height: 844 } },
    ...{ hasTouch: true, isMobile: true },
  });
  const { page } = watched;
  await say(page, "Tengo dos gatos. ¿Qué comen?");
  await settled(page);
  await page.evaluate(`{
    const text = document.querySelector(".message.user .plain").firstChild;
    getSelection().setBaseAndExtent(text, 0, text, 16);
  }`);
  await questions(page).getByRole("button", { name: "Más" }).click();
  await page.getByRole("menuitem", { name: "Recordar esto…" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByLabel("Un dato sobre ti").inputValue()).toBe("Tengo dos gatos.");
  await dialog.getByRole("button", { name: "Añadir a la memoria" }).click();
  await dialog.getByRole("button", { name: "Editar «Tengo dos gatos.»" }).waitFor();
  expect(await findings(page)).toEqual([]);
  await shot(page, "memory-phone-es-dark");
  await page.keyboard.press("Escape");
  await say(page, "¿Y ahora?");
  await settled(page);
  await (await details(page)).getByText("Tengo dos gatos.").waitFor();
  await shot(page, "memory-details-phone-es-dark");
  expectClean(watched);
  await watched.close();
});
