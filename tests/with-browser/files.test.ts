/** Files in the page: dropped and picked, asked about, cited, read, searched and deleted. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { docx, pdf } from "../unit/knowledge/made.ts";
import {
  answers,
  composer,
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

const LONG = "La casa tiene tres plantas y un patio con limoneros que dan sombra en verano. ";
const contract = () =>
  pdf([
    ...Array.from({ length: 30 }, (_, n) => [`Anexo ${n}`, ...Array(14).fill(LONG)]),
    ["Fianza", "La fianza es de dos mensualidades y se devuelve en treinta dias."],
  ]);

/** As if it were dropped on the chat. */
const drop = (page: Page, name: string, bytes: Uint8Array) =>
  page.evaluate(`{
    const data = new DataTransfer();
    const bytes = Uint8Array.from(${JSON.stringify([...bytes])});
    data.items.add(new File([bytes], ${JSON.stringify(name)}));
    const about = { dataTransfer: data, bubbles: true, cancelable: true };
    for (const type of ["dragover", "drop"])
      document.querySelector("main").dispatchEvent(new DragEvent(type, about));
  }`);

test("a file is dropped, asked about and cited, and its passage opens", async () => {
  const reply = (messages: readonly { content: string }[]) => {
    const prompt = messages.map(({ content }) => content).join("\n");
    const [, n = "9"] = /\[(\d+)\] \(page 31\)/.exec(prompt) ?? [];
    return `La fianza son dos mensualidades [${n}], y no [77].`;
  };
  await using server = await serve({ script: { reply } });
  const watched = await open(server.url);
  const { page } = watched;
  await composer(page).waitFor();
  const chips = page.getByRole("region", { name: "Files for your next question" });
  const dropped = async () => {
    // What takes it is loaded after the page.
    if ((await chips.count()) === 0) await drop(page, "contrato.pdf", contract());
    return chips.count();
  };
  await expect.poll(dropped, { timeout: 60_000 }).toBe(1);
  await chips.getByText("31 pages").waitFor({ timeout: 60_000 });
  expect(await findings(page)).toEqual([]);
  await say(page, "¿De cuánto es la fianza?");
  await settled(page);
  await chips.waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^contrato\.pdf / }).waitFor();
  const answer = answers(page).last();
  // Only a number that was given leads anywhere.
  expect(await answer.textContent()).toContain("[77]");
  expect(await page.getByRole("button", { name: /^\[77\]/ }).count()).toBe(0);
  const sources = page.getByRole("region", { name: "Sources" });
  await sources.getByText("contrato.pdf, page 31").first().waitFor();
  expect(await findings(page)).toEqual([]);
  await answer.getByRole("button", { name: /^\[\d+\] contrato\.pdf, page 31/ }).click();
  const reader = page.getByRole("dialog", { name: "contrato.pdf" });
  await reader.locator("mark", { hasText: "dos mensualidades" }).waitFor();
  expect(await findings(page)).toEqual([]);
  await reader.getByRole("button", { name: "Previous section" }).click();
  await reader.getByText("Section 30 of 31").waitFor();
  await reader.getByRole("button", { name: "Close" }).click();
  // A copy keeps the source.
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy", exact: true }).last().click();
  const copied = () => page.evaluate("navigator.clipboard.readText()");
  await expect.poll(copied).toMatch(/no \[77\]\.\n\n\[\d+\] contrato\.pdf, page 31$/);
  expectClean(watched);
  await watched.close();
});

test("files are picked, kept, searched and deleted, and what cannot be read says why", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  const { page } = watched;
  await composer(page).waitFor();
  await openPanel(page, "Files");
  const panel = page.getByRole("dialog", { name: "Files" });
  await panel.getByText("No files yet.").waitFor();
  const add = panel.getByRole("button", { name: "Add files" });
  const pick = async (...files: { name: string; mimeType: string; buffer: Buffer }[]) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), add.click()]);
    await chooser.setFiles(files);
  };
  const mimeType = "application/octet-stream";
  await pick(
    { name: "contrato.docx", mimeType, buffer: Buffer.from(docx()) },
    { name: "viejo.doc", mimeType, buffer: Buffer.from("d0cf11e0a1b11ae1", "hex") },
  );
  await panel.getByText(/from before 2007/).waitFor({ timeout: 60_000 });
  const search = panel.getByRole("searchbox", { name: "Search in your files" });
  await search.fill("¿Cuánto dura?");
  await search.press("Enter");
  await panel.getByText("1 passages found").waitFor();
  expect(await findings(page)).toEqual([]);
  await panel.getByText("contrato.docx, Contrato › Duración").click();
  const reader = page.getByRole("dialog", { name: "contrato.docx" });
  await reader.locator("mark", { hasText: "Dura dos años" }).waitFor();
  await reader.getByRole("button", { name: "Close" }).click();
  await openPanel(page, "Files");
  await panel.getByRole("button", { name: "Delete viejo.doc" }).click();
  await panel.getByRole("button", { name: "Delete", exact: true }).click();
  await panel.getByText("viejo.doc").waitFor({ state: "detached" });
  await panel.getByRole("button", { name: "Ask about it" }).click();
  await page.getByRole("region", { name: "Files for your next question" }).waitFor();
  await page.getByRole("button", { name: "Remove contrato.docx" }).click();
  expectClean(watched);
  await watched.close();
});
