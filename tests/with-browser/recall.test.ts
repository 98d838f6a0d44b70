/** What no longer fits the window, in the page: what was looked up, where it stands, and how to do without. */
import { expect, test } from "vitest";
import { answers, expectClean, findings, open, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const FACT = "Remember: the key of the cellar hangs behind the blue clock.";
const FILLER = "The gardeners water the roses every morning before the visitors come in. ".repeat(
  4,
);

async function longChat(url: string): Promise<string> {
  const now = new Date().toISOString();
  const said = [FACT, "Noted.", ...Array.from({ length: 120 }, (_, at) => `Day ${at}: ${FILLER}`)];
  const messages = said.map((content, at) => ({
    ...{ id: `m${at}`, parentId: at === 0 ? null : `m${at - 1}`, content, createdAt: now },
    ...{ role: at % 2 ? "assistant" : "user", status: "done", details: null, error: null },
  }));
  const chat = {
    ...{ id: "long", title: "Long", titleSource: "user", pinned: false, settings: {}, messages },
    ...{ createdAt: now, updatedAt: now, currentId: `m${said.length - 1}` },
  };
  const file = { format: "charla.conversations", version: 1, exportedAt: now };
  const body = JSON.stringify({ ...file, conversations: [chat] });
  const reply = await fetch(`${url}/api/conversations/import`, { method: "POST", body });
  const { imported } = (await reply.json()) as { imported: { id: string }[] };
  return imported[0]?.id ?? "";
}

test("an answer shows what was looked up for it, and leads there; a chat can do without", async () => {
  await using server = await serve({ script: { contextWindow: 900, reply: () => "It is there." } });
  const watched = await open(`${server.url}/c/${await longChat(server.url)}`);
  const { page } = watched;
  await page.getByText("Day 119:").waitFor();
  await say(page, "Where is the key of the cellar?");
  await settled(page);
  const answer = answers(page).last();
  const found = answer.getByText(/^Looked up a passage from earlier \(messages left out: \d+\)/);
  await found.click();
  await answer.getByText("behind the blue clock").waitFor();
  expect(await findings(page)).toEqual([]);
  await answer.getByRole("button", { name: "Go to it" }).click();
  const fact = page.locator(".message.user", { hasText: FACT });
  await expect.poll(async () => Math.abs((await fact.boundingBox())?.y ?? 9999)).toBeLessThan(800);

  // What the model remembers: nothing is summarised here, and nobody may before the trial.
  await page.getByRole("button", { name: "What the model remembers" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("There are no notes on this chat.").waitFor();
  expect(await findings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Try a model" }).click();
  await page.getByText("The trial begins as soon as nobody chats.").waitFor();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Settings of this chat" }).click();
  const label = "What no longer fits the model's memory";
  await page.getByRole("dialog").getByLabel(label).selectOption("off");
  await page.getByRole("button", { name: "Save" }).click();
  await say(page, "And where is the key of the cellar now?");
  await settled(page);
  await answers(page).last().getByText("It is there.").waitFor();
  expect(
    await answers(page)
      .last()
      .getByText(/^Looked up/)
      .count(),
  ).toBe(0);
  expectClean(watched);
  await watched.close();
});
