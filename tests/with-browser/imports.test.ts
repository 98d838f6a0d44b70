/** Chats of another product come in by a file, are told of, and are marked as not written here. */
import { expect, test } from "vitest";
import { chatgpt, claude } from "../fixtures/exports.ts";
import { answers, expectClean, findings, importFile, open, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const file = (name: string, content: unknown) => ({
  name,
  mimeType: "application/json",
  buffer: Buffer.from(JSON.stringify(content)),
});

test("takes ChatGPT's export, says what could not be taken, and knows it again", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  const { page } = watched;
  const dialog = page.getByRole("dialog", { name: "Import chats" });
  await importFile(page, file("conversations.json", chatgpt));
  await dialog.getByText("From ChatGPT.").waitFor();
  await dialog.getByText(/\d+ things could not be taken along/).click();
  await dialog.getByText("Image: seta.jpg").first().waitFor();
  expect(await findings(page)).toEqual([]);
  await dialog.getByRole("link", { name: "Recetas con setas" }).first().click();
  await page.waitForURL(/\/c\//);
  await answers(page).first().getByText("Imported from ChatGPT").waitFor();
  await importFile(page, file("conversations.json", chatgpt));
  await dialog.getByText(/(was|were) here already\./).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expectClean(watched);
  await watched.close();
});

test("takes a file that is dropped on the list, in Spanish, and says what it takes when it is none", async () => {
  await using server = await serve();
  const watched = await open(server.url, { locale: "es-ES" });
  const { page } = watched;
  const drop = async (name: string, content: string) => {
    const given = JSON.stringify([[content], name]);
    const data = await page.evaluateHandle(
      `(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(...${given}));
        return transfer;
      })()`,
    );
    await page.dispatchEvent("aside", "drop", { dataTransfer: data });
  };
  await page.locator("aside").waitFor();
  await drop("conversations.json", JSON.stringify(claude));
  const dialog = page.getByRole("dialog", { name: "Importar chats" });
  await dialog.getByText("De Claude.").waitFor();
  await dialog.getByRole("button", { name: "Cerrar" }).last().click();
  await drop("nota.json", "[1, 2]");
  await dialog.getByRole("alert").waitFor();
  expect(await dialog.getByRole("alert").textContent()).toContain("ChatGPT");
  await watched.close();
});
