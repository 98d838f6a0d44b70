/** Training in the page, with a scripted worker: data, warnings, curves, stop, go on, verdict, use, remove. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { chatLines, judgedTraining, scriptedWorker } from "../unit/training/scripted.ts";
import {
  composer,
  expectClean,
  findings,
  open,
  openPanel,
  prefer,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

// What stands in for Python is a script that the system starts by its first line.
test.skipIf(process.platform === "win32")(
  "from files and chats to an adapter in a chat, with curves, a stop and a verdict",
  async () => {
    onTestFinished(judgedTraining());
    const home = mkdtempSync(join(tmpdir(), "charla-training-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const { go } = await scriptedWorker(home, { waitsAt: 7, steps: 24 });
    await using server = await serve({ home, library: { catalogue: [], model: "tiny" } });
    const watched = await open(server.url);
    const { page } = watched;
    await say(page, "What is a chat?");
    await settled(page);
    await openPanel(page, "Training");
    const room = page.getByRole("dialog");
    await room.getByText("Ready: PyTorch 2.13.0 on Python 3.11.2", { exact: false }).waitFor();
    await room.getByText("Nothing has been trained yet.").waitFor();
    expect(await findings(page)).toEqual([]);

    // A teacher answers questions, which are learned from as any other file.
    await room.getByRole("button", { name: "Have a teacher write" }).click();
    await room.getByLabel("What it is about").waitFor();
    expect(await findings(page)).toEqual([]);
    await room.getByLabel("Answers to the questions of files").check();
    const rows = Array.from({ length: 40 }, (_, n) => `{"question": "What comes after ${n}?"}`);
    await room.getByLabel("Files with questions").setInputFiles({
      ...{ name: "questions.jsonl", mimeType: "application/jsonl" },
      buffer: Buffer.from(rows.join("\n")),
    });
    expect(await findings(page)).toEqual([]);
    await room.getByRole("button", { name: "Write", exact: true }).click();
    await room.getByText("40 of 40 answered", { exact: false }).waitFor();
    expect(await findings(page)).toEqual([]);
    await room.getByRole("button", { name: "Learn from it" }).click();
    await room.getByRole("button", { name: "Look at the data" }).click();
    await room.getByText("40 answers were written by a teacher: tiny", { exact: false }).waitFor();
    await room.getByRole("button", { name: "Back" }).click();

    // Own chats are too few, which the look says; files are enough.
    await room.getByRole("button", { name: "New training" }).click();
    await room.getByLabel("My own chats").check();
    await room.getByRole("group", { name: "Chats" }).getByRole("checkbox").waitFor();
    expect(await findings(page)).toEqual([]);
    await room.getByRole("button", { name: "Look at the data" }).click();
    await room.getByText("Only 1 chats can be learned from", { exact: false }).waitFor();
    await room.getByLabel("Files", { exact: true }).check();
    const buffer = Buffer.from(chatLines(40));
    await room
      .getByLabel("Drop files here, or choose them")
      .setInputFiles({ name: "numbers.jsonl", mimeType: "application/jsonl", buffer });
    // One that is dropped stands beside it, until it is taken out.
    await page.evaluate(`{
      const data = new DataTransfer();
      data.items.add(new File(["{}"], "other.jsonl"));
      const about = { dataTransfer: data, bubbles: true, cancelable: true };
      document.querySelector(".training-drop").dispatchEvent(new DragEvent("drop", about));
    }`);
    await room.getByRole("button", { name: "Leave other.jsonl out" }).click();
    await room.getByRole("button", { name: "Look at the data" }).click();
    await room.getByText("40 chats found", { exact: false }).waitFor();
    await room.getByText("Fewer than 200 chats", { exact: false }).waitFor();
    await room.getByLabel("Name of the adapter").fill("Numbers");
    await room.getByLabel("Whose chats they are").selectOption("public");
    await room.getByText("More settings").click();
    await room.getByLabel("Rank", { exact: true }).fill("4");
    await room.getByLabel("Learn from careless questions, too").check();
    await room.getByRole("group", { name: "Families of slips that it learns" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await room.getByRole("button", { name: "Train", exact: true }).click();

    await room.getByText("6 of 24 steps", { exact: false }).waitFor();
    const validation = room.getByRole("img", { name: /^Validation perplexity\. / });
    await validation.waitFor();
    await room.getByText("less than a minute left", { exact: false }).waitFor();
    expect(await findings(page)).toEqual([]);
    await room.getByRole("button", { name: "Stop" }).click();
    await room.getByText("Stopped", { exact: false }).waitFor();
    go();
    await room.getByRole("button", { name: "Go on" }).click();
    await room.getByText(/^Better: on the \d+ test chats/).waitFor();
    await room
      .getByRole("cell", { name: /of 24|tokens$/ })
      .first()
      .waitFor();
    await room.getByText("The same, questions changed by other families").waitFor();
    await expect.poll(() => validation.getAttribute("aria-label")).toContain("at step 24");
    expect(await findings(page)).toEqual([]);

    await room.getByLabel("Type", { exact: true }).selectOption("F16");
    await room.getByRole("button", { name: "Merge" }).click();
    await room.getByText("tiny-numbers.F16.gguf: F16", { exact: false }).waitFor();
    expect(await findings(page)).toEqual([]);
    const merged = join(home, "models/tiny-numbers.F16.gguf");
    expect(existsSync(merged)).toBe(true);

    await room.getByRole("button", { name: "Compare blind" }).click();
    await room.getByText("Numbers: with and without").waitFor();
    await page.keyboard.press("Escape");
    // The badge of the merging is read now and then.
    await page.locator(".job-badge").waitFor({ state: "detached" });
    await openPanel(page, "Training");
    await room.getByRole("button", { name: "Use it in a chat" }).click();
    await room.waitFor({ state: "detached" });
    await composer(page).waitFor();
    await page.getByRole("button", { name: /tiny/i }).first().click();
    const adapter = page.getByRole("menuitemradio", { name: "Scripted" });
    expect(await adapter.getAttribute("aria-checked")).toBe("true");
    await page.keyboard.press("Escape");

    await prefer(page, "Language", "es");
    await openPanel(page, "Entrenamiento");
    const entry = room.getByRole("listitem").filter({ hasText: "Numbers" });
    await entry.getByText("Mejor", { exact: false }).waitFor();
    await entry.getByRole("button", { name: "Eliminar" }).click();
    await entry.getByRole("button", { name: "Eliminarlo con su adaptador" }).click();
    await entry.waitFor({ state: "detached" });
    expect(existsSync(merged)).toBe(false);
    expectClean(watched);
    await watched.close();
  },
);
