/** Was this written here: the page for it, an answer's proof, and the file that needs no server. */
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { anchoring, anchorNow } from "../fixtures/anvil.ts";
import { answers, expectClean, findings, open, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const FILE = fileURLToPath(new URL("../../dist/web/verifier.html", import.meta.url));
const SAID = "The lighthouse keeps its promise.";

async function moreOf(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More for this message" }).last().click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** The receipt of the answer that is shown, as it is downloaded. */
async function receiptOf(page: Page): Promise<string> {
  const download = page.waitForEvent("download");
  await moreOf(page, "Download the receipt");
  return readFileSync(await (await download).path(), "utf8");
}

test("an answer is proved on the page, and a changed one is not", async () => {
  await using server = await serve({ script: { reply: () => SAID } });
  const own = await open(server.url);
  const { page } = own;
  await say(page, "Say something.");
  await settled(page);
  const receipt = await receiptOf(page);
  expect(JSON.parse(receipt)).toMatchObject({ format: "charla.receipt", text: SAID });

  const opened = page.context().waitForEvent("page");
  await moreOf(page, "Check the proof");
  const proof = await opened;
  await proof.getByRole("heading", { name: "Proved: the answer is unchanged." }).waitFor();
  await proof.getByText(/^Key: .* is known to be this log's\.$/).waitFor();
  expect(await findings(proof)).toEqual([]);

  const box = proof.getByRole("textbox", { name: "Text, receipt or export" });
  await box.fill(receipt.replace("promise", "secret"));
  await proof.getByRole("button", { name: "Check", exact: true }).click();
  await proof.getByRole("heading", { name: "Not proved: something was changed." }).waitFor();
  await proof.getByText("Text: it is not the one that was written.").waitFor();
  // The scripted engine has no tokens, without which there is no mark to look for.
  await box.fill(SAID);
  await proof.getByRole("button", { name: "Check", exact: true }).click();
  await proof.getByText(/does not give its tokens/).waitFor();
  expectClean(own);
});

test("an answer is copied with a signed label, which is told and removed when it is pasted", async () => {
  await using server = await serve({ script: { reply: () => SAID } });
  const own = await open(server.url);
  const { page } = own;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await say(page, "Say something.");
  await settled(page);
  await page.getByRole("button", { name: "Other ways to copy" }).last().click();
  await page.getByRole("menuitem", { name: "Copy with signed AI label" }).click();
  await page
    .getByText(/^Copied with a signed label\. The certificate is this server's own/)
    .waitFor();
  const copied = await page.evaluate<string>("navigator.clipboard.readText()");
  expect(copied.startsWith(`${SAID}\n\n— Written by AI: `)).toBe(true);

  const verifying = await page.context().newPage();
  await verifying.goto(`${server.url}/verify`);
  const pasted = verifying.getByRole("textbox", { name: "Text, receipt or export" });
  for (const [text, said] of [
    [copied, /signed label \(C2PA\): written by AI, signed by this server/],
    [copied.replace("lighthouse", "lightbulb"), /but for another text/],
  ] as const) {
    await pasted.fill(text);
    await verifying.getByRole("button", { name: "Check", exact: true }).click();
    await verifying.getByText(said).waitFor();
  }
  expect(await findings(verifying)).toEqual([]);
  await verifying.close();

  const composer = page.getByRole("textbox", { name: "Message" });
  await composer.fill(copied);
  await page
    .getByText(/written by AI, signed by this server\. The model does not see it/)
    .waitFor();
  expect(await findings(page)).toEqual([]);
  await composer.fill(copied.replace("lighthouse", "lightbulb"));
  await page.getByText(/but for another text/).waitFor();
  await composer.press("Enter");
  await settled(page);
  await page.getByText(/signed label/).waitFor({ state: "detached" });
  const shown = await page.getByRole("log").or(page.locator("main")).first().textContent();
  expect(shown).toContain("lightbulb");
  expect(shown).not.toMatch(/[\u{E0100}-\u{E01EF}]/u);
  expectClean(own);
});

test("the file checks a receipt from the disk, with no network", async () => {
  await using server = await serve({ script: { reply: () => SAID } });
  const { page } = await open(server.url);
  await say(page, "Say something.");
  await settled(page);
  const receipt = await receiptOf(page);
  const { outside, faults, ...other } = await open(pathToFileURL(FILE).href, { offline: true });
  const file = other.page;
  await file.getByLabel("Receipt or export").fill(receipt);
  await file.getByRole("button", { name: "Check" }).click();
  await file.getByRole("heading", { name: "Proved: the answer is unchanged." }).waitFor();
  await file.getByText("Compare with a text").click();
  await file.getByLabel("The text that you hold").fill(SAID.replace("its", "every"));
  await file.getByRole("button", { name: "Check" }).click();
  await file.getByText("the receipt has “its”, your text has “every”").waitFor();
  expect(await findings(file)).toEqual([]);
  await file.getByRole("button", { name: "Español" }).click();
  await file.getByRole("heading", { name: "No demostrado: algo se ha cambiado." }).waitFor();
  const name = "receipt.json";
  const buffer = Buffer.from(receipt);
  await file.getByLabel("El texto que tienes").fill("");
  await file
    .getByLabel("Elegir un archivo")
    .setInputFiles({ name, mimeType: "text/plain", buffer });
  await file.getByRole("heading", { name: "Demostrado: la respuesta no ha cambiado." }).waitFor();
  expect([...outside.filter((one) => !one.startsWith("file:")), ...faults]).toEqual([]);
});

test("an answer's details say where it is anchored, and that a local chain proves nothing", async () => {
  const { home, env } = await anchoring();
  await using server = await serve({ home, env, script: { reply: () => SAID } });
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const own = await open(server.url, { ...phone, colorScheme: "dark" });
  const { page } = own;
  await say(page, "Say something.");
  await settled(page);
  const details = page.getByRole("dialog", { name: "Details of the answer" });
  const openDetails = async () => {
    await answers(page).getByRole("button", { name: "Details of the answer" }).click();
    await details.getByText("More", { exact: true }).click();
  };
  const bare = /^written by .* in the log since; the receipt proves it$/;
  await openDetails();
  await details.getByText(bare).waitFor();
  await page.keyboard.press("Escape");
  await details.waitFor({ state: "detached" });

  expect(await anchorNow(server.url)).toMatchObject({ state: "done" });
  await openDetails();
  await details
    .getByText(
      /; anchored on a development chain \(31337\) on .+ \d{4}, which proves nothing to others$/,
    )
    .waitFor();
  expect(await findings(page)).toEqual([]);
  expectClean(own);
});
