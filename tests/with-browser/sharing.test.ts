/** A chat that is shared by a link: made, opened by somebody else, revoked. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  answers,
  composer,
  expectClean,
  findings,
  open,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const reply = () =>
  "**Yes**, a [link](https://example.org) and ![an image](https://example.org/x.png)";

async function serveSharing() {
  const home = await mkdtemp(join(tmpdir(), "charla-page-"));
  await writeFile(join(home, "policy.toml"), "[sharing]\nenabled = true\nmax_days = 7\n");
  return serve({ home, script: { reply } });
}

test("is read by whoever has the link, until that is revoked", async () => {
  await using server = await serveSharing();
  const own = await open(server.url);
  const { page } = own;
  const share = page.getByRole("button", { name: "Share this chat" });
  await composer(page).waitFor();
  expect(await share.count()).toBe(0);
  await say(page, "Is this shared?");
  await settled(page);
  await share.click();
  const dialog = page.getByRole("dialog", { name: "Share this chat" });
  await dialog.getByRole("button", { name: "Create a link" }).waitFor();
  // Alone at this machine there is no support to let in.
  expect(await dialog.getByText("Help from administrators").count()).toBe(0);
  expect(await dialog.getByLabel("It works for").locator("option").allTextContents()).toEqual([
    "1 day",
    "7 days",
  ]);
  await dialog.getByRole("button", { name: "Create a link" }).click();
  const field = dialog.getByRole("textbox", { name: "Link" });
  const link = await field.inputValue();
  expect(link).toMatch(/\/shared#[\w-]{43}$/);
  await dialog.getByRole("button", { name: "Copy the link" }).waitFor();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  // What comes later is not in it.
  await say(page, "And this?");
  await settled(page);

  const other = await open(link, { colorScheme: "dark", viewport: { width: 390, height: 844 } });
  await other.page.getByText("Is this shared?").waitFor();
  await answers(other.page).locator("strong", { hasText: "Yes" }).waitFor();
  await other.page.getByText("Written by an AI (Scripted engine)").waitFor();
  await other.page.getByText(/^Someone shared this chat with an AI/).waitFor();
  expect(await other.page.getByText("And this?").count()).toBe(0);
  expect(await other.page.locator("textarea").count()).toBe(0);
  expect(await other.page.locator("meta[name=robots]").getAttribute("content")).toBe("noindex");
  expect(await findings(other.page)).toEqual([]);
  expectClean(other);

  await share.click();
  await dialog.getByText("Link of", { exact: false }).waitFor();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByText("Link of", { exact: false }).waitFor({ state: "detached" });
  await other.page.reload();
  await other.page.getByText("This link does not exist, or no longer does.").waitFor();
  expect(await other.page.getByText("Is this shared?").count()).toBe(0);
  expectClean(own);
  await other.close();
  await own.close();
});

test("is not offered where the policy does not want it", async () => {
  await using server = await serve({ script: { reply } });
  const { page, close } = await open(server.url);
  await say(page, "Hello");
  await settled(page);
  expect(await page.getByRole("button", { name: "Share this chat" }).count()).toBe(0);
  await page.goto(`${server.url}/shared#${"A".repeat(43)}`);
  await page.getByText("This link does not exist, or no longer does.").waitFor();
  await close();
});
