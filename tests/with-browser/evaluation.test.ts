/** Studies in the page: two models compared blind by two people, by mouse and by keys, and the outcome. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { composer, expectClean, findings, open, openPanel, say, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

test("two people compare two models blind, and see agreement and ranking", async () => {
  const reply = (messages: readonly { content: string }[]) =>
    messages[0]?.content === "Be long." ? "A long and *careful* answer. ".repeat(4) : "Short.";
  await using server = await serve({ script: { reply } });
  const watched = await open(server.url);
  const { page } = watched;
  await openPanel(page, "Studies");
  const room = page.getByRole("dialog");
  await room.getByText("There is no study yet.").waitFor();
  await room.getByRole("button", { name: "New study" }).click();
  await room.getByLabel("Name", { exact: true }).fill("Which is better?");
  await room.getByLabel("Questions", { exact: true }).fill("3");
  await room.getByLabel("System prompt").first().fill("Be long.");
  expect(await findings(page)).toEqual([]);
  await room.getByRole("button", { name: "Begin" }).click();

  for (const rater of ["Ana", "Eva"]) {
    await room.getByRole("button", { name: "Rate", exact: true }).click();
    await room.getByLabel("Who is rating?").fill(rater);
    await page.keyboard.press("Enter");
    for (let nth = 0; nth < 3; nth++) {
      await room.getByText(`${nth} of 3 rated`).waitFor();
      const first = await room.getByRole("region", { name: "A" }).textContent();
      expect(await room.textContent()).not.toContain("Be long.");
      if (nth === 0) expect(await findings(page)).toEqual([]);
      // One by the mouse, the others by keys.
      if (nth === 0) await room.getByRole("button", { name: "Equally good" }).click();
      else await page.keyboard.press(first?.includes("long") ? "1" : "2");
      const names = room.getByText(/A was .+“Be long.”|B was .+“Be long.”/);
      await names.waitFor();
      await page.keyboard.press("Enter");
      await names.waitFor({ state: "hidden" });
    }
    await room.getByText("That was all of them.", { exact: false }).waitFor();
    await room.getByRole("button", { name: "Back" }).click();
  }

  await room.getByRole("button", { name: "Results" }).click();
  await room.getByText("Raters: 2 · Ratings: 6").waitFor();
  await room.getByText("Not enough votes", { exact: false }).waitFor();
  await room.getByText("Krippendorff's alpha", { exact: false }).waitFor();
  await room.getByText("won 83% of the votes", { exact: false }).waitFor();
  expect(await findings(page)).toEqual([]);
  const saving = page.waitForEvent("download");
  await room.getByRole("button", { name: "Save as CSV" }).click();
  const table = await readFile(await (await saving).path(), "utf8");
  expect(table.trim().split("\r\n")).toHaveLength(7);
  expectClean(watched);
  await watched.close();
});

test("an answer in a chat gets a thumb, which is there again later and can be taken back", async () => {
  await using server = await serve();
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, "Hello");
  const up = page.getByRole("button", { name: "Good answer" });
  await up.click();
  await expect.poll(() => up.getAttribute("aria-pressed")).toBe("true");
  await page.reload();
  await composer(page).waitFor();
  await expect.poll(() => up.getAttribute("aria-pressed")).toBe("true");
  await up.click();
  await expect.poll(() => up.getAttribute("aria-pressed")).toBe("false");
  expectClean(watched);
  await watched.close();
});
