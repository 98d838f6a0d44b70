/** Settings that are kept under a name, and used to begin a chat. */
import { expect, test } from "vitest";
import { answers, expectClean, findings, open, openPanel, say, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

test("are saved from a chat, and a new chat begins with them", async () => {
  const reply = (messages: readonly { role: string; content: string }[]) =>
    `Told: ${messages.find(({ role }) => role === "system")?.content ?? "nothing"}`;
  await using server = await serve({ script: { reply } });
  const watched = await open(server.url);
  const { page } = watched;
  await openPanel(page, "Saved settings");
  const panel = page.getByRole("dialog", { name: "Saved settings" });
  await panel.getByText("This chat has no settings of its own yet").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  await page.getByLabel("Instructions", { exact: true }).fill("Answer as a pirate.");
  await page.getByRole("button", { name: "Save", exact: true }).click();

  await openPanel(page, "Saved settings");
  await panel.getByLabel("Name").fill("Pirate");
  await panel.getByRole("button", { name: "Save the settings of this chat" }).click();
  await panel.getByText("Pirate", { exact: true }).waitFor();
  expect(await findings(page)).toEqual([]);
  await page.reload();
  await say(page, "hello");
  await answers(page).getByText("Told: nothing").waitFor();

  await openPanel(page, "Saved settings");
  await panel.getByRole("button", { name: "New chat with these" }).click();
  await panel.waitFor({ state: "detached" });
  await answers(page).first().waitFor({ state: "detached" });
  await say(page, "hello");
  await answers(page).getByText("Told: Answer as a pirate.").waitFor();
  await openPanel(page, "Saved settings");
  await panel.getByRole("button", { name: "Delete", exact: true }).click();
  await panel.getByText("Pirate", { exact: true }).waitFor({ state: "detached" });
  expectClean(watched);
  await watched.close();
});
