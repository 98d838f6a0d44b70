/** Personal data on the page: placeholders in clear, the warning before it goes, the setting. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import {
  answers,
  composer,
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

const DNI = "12345678Z";
/** Repeats the question, and puts its placeholder where it could do harm. */
const echo = {
  reply(messages: readonly { content: string }[]) {
    const { content = "" } = messages.at(-1) ?? {};
    const [name] = /\[DNI_[18]\]/.exec(content) ?? ["nothing"];
    return `**So** ${content} [link](https://evil.test/?q=${name})\n\n~~~\nid = ${name}\n~~~`;
  },
};

async function served(policy = "") {
  const home = await mkdtemp(join(tmpdir(), "charla-personal-"));
  await writeFile(join(home, "policy.toml"), policy);
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const server = await serve({ script: echo, home });
  onTestFinished(() => server.stop());
  return server;
}

async function choose(page: Page, privacy: string): Promise<void> {
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  await page.getByLabel("Personal data").selectOption(privacy);
  await page.getByRole("button", { name: "Save" }).click();
}

const dialog = (page: Page) =>
  page.getByRole("dialog", { name: /Your message contains personal data/ });

test("what is masked is seen in clear, copied as seen, and shown as it is stored", async () => {
  const server = await served();
  const watched = await open(server.url, { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = watched;
  await choose(page, "mask");
  await say(page, `My DNI is ${DNI}, not [DNI_7].`);
  await settled(page);
  const question = questions(page).first();
  const answer = answers(page).first();
  await question.locator(".revealed").waitFor();
  expect(await question.locator(".plain").textContent()).toBe(`My DNI is ${DNI}, not [DNI_7].`);
  expect(await question.locator(".revealed").getAttribute("title")).toBe("[DNI_8]");
  await answer.locator(".revealed").first().waitFor();
  // Typed by hand, so it stands for itself; and no value ever goes into an address.
  expect(await answer.textContent()).toContain("[DNI_7]");
  expect(await answer.innerHTML()).not.toMatch(/href="[^"]*12345678/);
  await question.getByRole("button", { name: "Copy", exact: true }).click();
  const copied = () => page.evaluate("navigator.clipboard.readText()");
  expect(await copied()).toBe(`My DNI is ${DNI}, not [DNI_7].`);
  expect(await findings(page)).toEqual([]);

  await page.getByRole("button", { name: "Show placeholders" }).click();
  expect(await question.locator(".plain").textContent()).toBe("My DNI is [DNI_8], not [DNI_7].");
  expect(await answer.textContent()).not.toContain(DNI);
  await question.getByRole("button", { name: "Copy", exact: true }).click();
  expect(await copied()).toBe("My DNI is [DNI_8], not [DNI_7].");
  await page.getByRole("button", { name: "Show the real values" }).click();
  expect(await answer.textContent()).toContain(DNI);

  // Edited in clear, it gets the same placeholder again.
  await question.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByLabel("Edit your message").press("Enter");
  await settled(page);
  await questions(page).first().locator(".revealed").waitFor();
  expect(await questions(page).locator(".revealed").getAttribute("title")).toBe("[DNI_8]");
  expectClean(watched);
  await watched.close();
});

test("a code block shows it, too", async () => {
  const server = await served('[personal_data]\nfloor = "mask"');
  const { page, close } = await open(server.url);
  await say(page, `DNI ${DNI}`);
  await settled(page);
  await expect.poll(() => answers(page).locator("pre").textContent()).toContain(`id = ${DNI}`);
  await close();
});

test("a chat that warns asks before anything goes", async () => {
  const server = await served();
  const watched = await open(server.url);
  const { page } = watched;
  const sent: string[] = [];
  page.on("request", (request) => {
    if (/\/turns$/.test(request.url())) sent.push(request.postData() ?? "");
  });
  await choose(page, "warn");
  await say(page, "Nothing of the kind here");
  // The page looks at the text before it sends it, and until then the button says "Send".
  await expect.poll(() => sent.length).toBe(1);
  await settled(page);

  await say(page, `It is ${DNI}, call 612 345 678`);
  await dialog(page).waitFor();
  expect(await dialog(page).locator("mark").allTextContents()).toEqual([DNI, "612 345 678"]);
  expect(await findings(page)).toEqual([]);
  // Where one begins is neither the way out nor what cannot be taken back.
  await dialog(page).locator("button:focus", { hasText: "Edit" }).waitFor();
  await dialog(page).getByRole("button", { name: "Edit" }).click();
  expect(await composer(page).inputValue()).toBe(`It is ${DNI}, call 612 345 678`);
  expect(sent).toHaveLength(1);

  await composer(page).press("Enter");
  await dialog(page).getByRole("button", { name: "Send as it is" }).click();
  await expect.poll(() => sent.length).toBe(2);
  await settled(page);
  await expect.poll(() => questions(page).last().locator(".plain").textContent()).toContain(DNI);

  await say(page, `And 87654321X`);
  await dialog(page).getByRole("button", { name: "Mask and send" }).click();
  await questions(page).last().locator(".revealed").waitFor();
  expect(await questions(page).last().locator(".revealed").textContent()).toBe("87654321X");
  expectClean(watched);
  await watched.close();
});

test("the organisation's floor is said, in Spanish, and nothing less can be chosen", async () => {
  const server = await served('[personal_data]\nfloor = "warn"');
  const { page, close } = await open(server.url, { locale: "es-ES" });
  await page.getByRole("button", { name: "Ajustes de este chat" }).click();
  await page.getByText("Tu organización exige al menos un aviso en todos los chats").waitFor();
  const field = page.getByLabel("Datos personales");
  expect(await field.locator("option:disabled").allTextContents()).toEqual([
    "Desactivado: se envía y se guarda como lo escribes",
  ]);
  await page.keyboard.press("Escape");
  await say(page, `Mi DNI es ${DNI}`);
  await page.getByRole("dialog", { name: "Tu mensaje tiene datos personales" }).waitFor();
  await close();
});
