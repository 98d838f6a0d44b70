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
  await room.getByLabel("Open to everybody here").check();
  expect(await findings(page)).toEqual([]);
  await room.getByRole("button", { name: "Begin" }).click();

  for (const rater of ["Ana", "Eva"]) {
    await room.getByRole("button", { name: "Rate", exact: true }).click();
    const asked = room.getByLabel("Who is rating?");
    // The browser remembers the last one, and another may sit down.
    expect(await asked.inputValue()).toBe(rater === "Ana" ? "" : "Ana");
    await asked.fill(rater);
    await page.keyboard.press("Enter");
    await room.getByText(`Rating as ${rater}`).waitFor();
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

  // Somebody else comes by the link, and is asked at once.
  const list = await (await fetch(`${server.url}/api/studies`)).json();
  const [{ id }] = (list as { items: [{ id: string }] }).items;
  await room.getByRole("button", { name: /^Copy the link for raters/ }).waitFor();
  const guest = await page.context().newPage();
  await guest.goto(`${server.url}/#study=${id}`);
  await guest.getByRole("dialog").getByLabel("Who is rating?").waitFor();
  expect(guest.url()).not.toContain("#");
  await guest.close();

  const results = async (totals: string) => {
    await room.getByRole("button", { name: "Results" }).click();
    await room.getByText(totals).waitFor();
  };
  await results("Raters: 2 · Ratings: 6");
  await room.getByText("Not enough votes", { exact: false }).waitFor();
  await room.getByText("Krippendorff's alpha", { exact: false }).waitFor();
  await room.getByText("won 83% of the votes", { exact: false }).waitFor();
  expect(await findings(page)).toEqual([]);
  const saving = page.waitForEvent("download");
  await room.getByRole("button", { name: "Save as CSV" }).click();
  const table = await readFile(await (await saving).path(), "utf8");
  expect(table.trim().split("\r\n")).toHaveLength(7);

  // One of them takes back what was rated under that name, and nothing of the other's.
  await room.getByRole("button", { name: "Back" }).click();
  await room.getByRole("button", { name: "Rate", exact: true }).click();
  await page.keyboard.press("Enter");
  await room.getByRole("button", { name: "Delete my ratings" }).click();
  await room.getByRole("button", { name: "Delete all of Eva's, in every study" }).click();
  await room.getByLabel("Who is rating?").waitFor();
  await room.getByRole("button", { name: "Back" }).click();
  await results("Raters: 1 · Ratings: 3");
  expectClean(watched);
  await watched.close();
});

test("models are measured, shown with intervals and a picture, compared as a table and saved", async () => {
  const reply = (messages: readonly { content: string }[]) =>
    (messages.at(-1)?.content ?? "").includes("Canada") ? "It is Ottawa." : "I do not know.";
  await using server = await serve({ script: { reply } });
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, "What is the capital of Canada?");
  await openPanel(page, "Evaluations");
  const room = page.getByRole("dialog");
  await room.getByText("There is no evaluation yet.").waitFor();
  const begin = async (set: string, more: () => Promise<unknown>) => {
    await room.getByRole("button", { name: "New evaluation" }).click();
    // Speed and perplexity are nothing that this engine could tell.
    for (const name of ["Perplexity", "Speed"]) await room.getByLabel(name).uncheck();
    await room.getByLabel("Questions from").selectOption({ label: set });
    await more();
    await room.getByRole("button", { name: "Measure" }).click();
  };
  await begin("My own chats", async () => {
    const chats = room.getByRole("group", { name: "Chats whose questions are asked" });
    await chats.getByRole("checkbox").check();
    await room.getByLabel("Compare with the answers").check();
    expect(await findings(page)).toEqual([]);
  });
  const own = room.getByRole("listitem").filter({ hasText: "own-chats.jsonl" });
  await own.getByText("Done").waitFor();
  const content = "question,answer\nWhat is the capital of Canada?,Ottawa\nAnd of Peru?,Lima\n";
  await begin("A file of your own (CSV or JSONL)", () =>
    room
      .getByLabel("A file of your own (CSV or JSONL)")
      .setInputFiles({ name: "two.csv", mimeType: "text/csv", buffer: Buffer.from(content) }),
  );
  const two = room.getByRole("listitem").filter({ hasText: "two.csv" });
  await two.getByText("Done").waitFor();
  await two.getByRole("button", { name: "Show" }).click();
  await room.getByRole("cell", { name: /50.0 % \[9.5, 90.5\]/ }).waitFor();
  await room.getByRole("img", { name: /^Right answers\. .*50.0 %/ }).waitFor();
  expect(await findings(page)).toEqual([]);
  await room.getByRole("button", { name: "Back" }).click();
  for (const one of [own, two]) await one.getByRole("checkbox", { name: /^Compare/ }).check();
  await room.getByRole("button", { name: "Show 2 as one table" }).click();
  const saving = page.waitForEvent("download");
  await room.getByRole("button", { name: "Save as CSV" }).click();
  expect(await readFile(await (await saving).path(), "utf8")).toMatch(/^Model,/);
  await room.getByRole("button", { name: "Back" }).click();

  // Of Charla itself, which asks no model.
  await room.getByRole("button", { name: "New evaluation" }).click();
  for (const name of ["Perplexity", "Questions", "Speed"])
    await room.getByRole("checkbox", { name: new RegExp(`^${name}`) }).uncheck();
  await room.getByRole("checkbox", { name: /^Personal data/ }).check();
  expect(await findings(page)).toEqual([]);
  await room.getByRole("button", { name: "Measure" }).click();
  const itself = room.getByRole("listitem").filter({ hasText: "Charla itself: Personal data" });
  await itself.getByText("Done").waitFor();
  await itself.getByRole("button", { name: "Show" }).click();
  await room.getByRole("region", { name: /^Written by hand/ }).waitFor();
  await room
    .getByRole("cell", { name: /^79\/79: 100.0 % \[95.4, 100.0\]$/ })
    .first()
    .waitFor();
  expect(await findings(page)).toEqual([]);
  await room.getByRole("button", { name: "Back" }).click();
  await two.getByRole("button", { name: "Delete" }).click();
  await two.getByRole("button", { name: "Delete it with all" }).click();
  await two.waitFor({ state: "detached" });
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
