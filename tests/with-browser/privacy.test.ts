/** The room of privacy: what is kept, all of it as an archive, all of it gone, and the audit log. */
import { readFile } from "node:fs/promises";
import { strFromU8, unzipSync } from "fflate";
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

test("the reader takes everything along, then erases it, and is told what stays", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, "Where does Hortensia live?");
  await settled(page);
  await openPanel(page, "Privacy");
  const panel = page.getByRole("dialog", { name: "Privacy" });
  await panel.getByText("until you delete them").waitFor();
  await panel.getByText("Nothing is sent elsewhere", { exact: false }).waitFor();
  expect(await findings(page)).toEqual([]);

  const coming = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Download my data" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^charla-\d{4}-\d\d-\d\d\.zip$/);
  const files = unzipSync(await readFile(await download.path()));
  expect(strFromU8(files["index.html"] as Uint8Array)).toContain("What is stored about you here");
  const chat = Object.keys(files).find((path) => path.endsWith(".md")) ?? "";
  expect(strFromU8(files[chat] as Uint8Array)).toContain("Where does Hortensia live?");
  await panel.getByText("The archive is in your downloads.").waitFor();

  await panel.getByRole("button", { name: "Erase everything…" }).click();
  const now = panel.getByRole("button", { name: "Erase everything now" });
  const word = panel.getByRole("textbox", { name: "Type ERASE to confirm" });
  expect(await now.isDisabled()).toBe(true);
  await word.fill("erase");
  expect(await now.isDisabled()).toBe(true);
  await word.fill("ERASE");
  expect(await findings(page)).toEqual([]);
  await now.click();
  await panel.getByText("Chats: 1").waitFor();
  await panel.getByText("Messages: 2").waitFor();
  await panel.getByText(/Backups\. Those made before today/).waitFor();
  expect(await findings(page)).toEqual([]);
  await panel.getByRole("button", { name: "Done" }).click();
  await page.getByText("You are talking to an AI.").waitFor();
  expect(await page.getByText("Hortensia").count()).toBe(0);
  expectClean(watched);
  await watched.close();
});

test("administrators see what was done, narrow it down, and see that it holds", async () => {
  await using server = await serve();
  await fetch(`${server.url}/api/rights/export`, { method: "POST", body: "{}" }).then((all) =>
    all.arrayBuffer(),
  );
  await fetch(`${server.url}/api/rights/erase`, {
    method: "POST",
    body: JSON.stringify({ confirm: "ERASE" }),
  });
  const watched = await open(server.url);
  const { page } = watched;
  await openPanel(page, "Privacy");
  const panel = page.getByRole("dialog", { name: "Privacy" });
  const log = panel.getByRole("list", { name: "Audit log" });
  await expect.poll(() => log.getByRole("listitem").count()).toBe(3);
  await log.getByRole("button", { name: "Data exported" }).click();
  await expect.poll(() => log.getByRole("listitem").count()).toBe(1);
  await panel.getByRole("button", { name: /Show all/ }).click();
  await expect.poll(() => log.getByRole("listitem").count()).toBe(3);
  await panel.getByRole("button", { name: "Check the log" }).click();
  await panel.getByText("The log is intact: 3 entries, none altered.").waitFor();
  expect(await findings(page)).toEqual([]);
  expectClean(watched);
  await watched.close();
});

test("in Spanish, in the dark, on a phone, with the keyboard alone", async () => {
  await using server = await serve();
  const watched = await open(server.url, {
    ...{ locale: "es-ES", colorScheme: "dark", hasTouch: true, isMobile: true },
    viewport: { width: 390, height: 844 },
  });
  const { page } = watched;
  await page.getByRole("button", { name: "Mostrar la lista" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Ajustes", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Privacidad" }).focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: "Privacidad" });
  await panel.getByText("hasta que los elimines").waitFor();
  await panel.getByRole("button", { name: "Eliminarlo todo…" }).focus();
  await page.keyboard.press("Enter");
  // The box is where one writes at once.
  await page.keyboard.type("ELIMINAR");
  expect(await findings(page)).toEqual([]);
  const widths = "[document.documentElement.scrollWidth, innerWidth]";
  const [width, screen] = (await page.evaluate(widths)) as [number, number];
  expect(width).toBeLessThanOrEqual(screen);
  await page.keyboard.press("Enter");
  await panel.getByText("No había nada.").waitFor();
  await panel.getByText(/Copias de seguridad\. .*[Ll]as anteriores a hoy/).waitFor();
  expectClean(watched);
  await watched.close();
});

test("an answer is copied with a line that says that an AI wrote it, in the page's language", async () => {
  await using server = await serve({ script: { reply: () => "Forty-two." } });
  for (const [locale, button, line] of [
    ["en-GB", "Copy with AI label", /^Forty-two\.\n\n— Written by AI: Scripted engine, .*\d{4}\.$/],
    [
      "es-ES",
      "Copiar con etiqueta de IA",
      /\n— Escrito por una IA: Scripted engine, .* de \d{4}\.$/,
    ],
  ] as const) {
    const watched = await open(server.url, {
      locale,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const { page } = watched;
    await say(page, "The answer?");
    await settled(page);
    await answers(page).hover();
    await page
      .getByRole("button", { name: /^(Other ways to copy|Otras formas)/ })
      .last()
      .click();
    await page.getByRole("menuitem", { name: button, exact: true }).click();
    await page
      .getByRole("status")
      .getByText(/^Cop(ied|iado)$/)
      .waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toMatch(line);
    expectClean(watched);
    await watched.close();
  }
});
