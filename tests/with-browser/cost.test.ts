/** What a month has cost, as an administrator sees it in the page. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PASSWORD, serve } from "../fixtures/shared-mode.ts";
import { expectClean, findings, open, openPanel, say, settled, withBrowser } from "./browser.ts";

withBrowser();

test("shows an administrator the month by model and person, and gives it as CSV", async () => {
  const place = await serve({
    policy: '[cost]\ncurrency = "USD"\nmodels.scripted = { input = 0, output = 1000 }\n',
  });
  const watched = await open(`${place.origin}/account/set-up#${place.setUpToken()}`);
  const { page } = watched;
  await page.getByLabel("Name").fill("Eva");
  await page.getByLabel("E-mail address").fill("eva@example.org");
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Start" }).click();
  await say(page, "one two");
  await settled(page);
  await openPanel(page, "Cost");
  const dialog = page.getByRole("dialog", { name: "Cost" });
  await dialog.getByRole("rowheader", { name: "scripted" }).waitFor();
  await dialog.getByRole("rowheader", { name: "Eva" }).waitFor();
  // Each token of an answer costs a dollar, and a thousand a thousand.
  await dialog.getByRole("cell", { name: "$1,000.00" }).waitFor();
  expect(await findings(page)).toEqual([]);
  const downloading = page.waitForEvent("download");
  await dialog.getByRole("link", { name: "As CSV" }).click();
  const file = await (await downloading).path();
  expect(readFileSync(file, "utf8")).toContain('"scripted"');
  expectClean(watched);
  await watched.close();
});
