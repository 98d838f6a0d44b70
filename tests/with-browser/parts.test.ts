/** What stands beside an answer's text: thoughts and tools, folded, and what no room can show. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answers, expectClean, findings, open, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const WORDS = Array.from({ length: 3000 }, (_, index) => `thought-${index}`).join(" ");

const script = {
  tokenMs: 10,
  reply: (messages: readonly { content: string }[]) => {
    const said = messages.at(-1)?.content ?? "";
    if (said.startsWith("Write a title")) return "";
    return said === "Think long"
      ? `<think>${WORDS}</think>Late.`
      : "<think>They greet.\nSo do I.</think>Good **day**.";
  },
};

const thought = (page: Page) => answers(page).last().locator("details");

test("a thought is folded beside its answer, and goes on in a page that is loaded again", async () => {
  await using app = await serve({ script });
  const watched = await open(app.url, { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = watched;
  await say(page, "Hello");
  await settled(page);
  await answers(page).getByText("Good day.").waitFor();
  const folded = thought(page).getByText("Thought for a moment");
  expect(await answers(page).textContent()).not.toContain("They greet.");
  await folded.click();
  await page.getByText("They greet.\nSo do I.").waitFor();
  expect(await findings(page)).toEqual([]);
  await answers(page).getByRole("button", { name: "Copy", exact: true }).click();
  await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toBe("Good **day**.");

  await say(page, "Think long");
  await thought(page).getByText("Thinking…").click();
  await page.getByText("thought-9 ").waitFor();
  await page.reload();
  await thought(page).getByText("Thinking…").click();
  const read = () => thought(page).locator(".part-text").textContent();
  const before = ((await read()) ?? "").length;
  await expect.poll(async () => ((await read()) ?? "").length).toBeGreaterThan(before + 100);
  await page.getByRole("button", { name: "Stop the answer" }).click();
  await settled(page);
  await thought(page)
    .getByText(/^Thought for \d+ s$/)
    .waitFor();
  // Every word of it once, and in order.
  expect(WORDS.startsWith(((await read()) ?? "").trim())).toBe(true);
  expectClean(watched);
  await watched.close();
});

test("calls of tools and unknown parts of an import are shown", async () => {
  await using app = await serve({ script });
  const watched = await open(app.url, { locale: "es-ES" });
  const { page } = watched;
  const date = "2026-01-02T03:04:05.678Z";
  const common = { createdAt: date, status: "done", details: null, error: null };
  const parts = [
    { type: "reasoning", text: "¿Llueve?", ms: 8200 },
    { type: "call", id: "1", name: "tiempo", arguments: '{"lugar":"Lugo"}' },
    { type: "result", call: "1", text: '{"lluvia":true}' },
    { type: "map", at: [43, -7] },
  ];
  const messages = [
    { ...common, id: "q", parentId: null, role: "user", content: "¿Llueve en Lugo?" },
    { ...common, id: "a", parentId: "q", role: "assistant", content: "Sí.", parts },
  ];
  const chat = {
    ...{ id: "c", title: "Lluvia", titleSource: "user", pinned: false, createdAt: date },
    ...{ updatedAt: date, settings: {}, currentId: "a", messages },
  };
  const head = { format: "charla.conversations", version: 1, exportedAt: date };
  const body = { ...head, conversations: [chat] };
  const reply = await page.request.post(`${app.url}/api/conversations/import`, { data: body });
  const [{ id }] = (await reply.json()).imported;
  await page.goto(`${app.url}/c/${id}`);
  const answer = answers(page);
  await answer.getByText("Ha pensado 8 s").waitFor();
  await answer.getByText("Aquí hay algo (map) que esta página no puede mostrar.").waitFor();
  await answer.getByText("Usada: tiempo").click();
  await answer.getByText('"lugar": "Lugo"').waitFor();
  await answer.getByText('"lluvia": true').waitFor();
  expect(await findings(page)).toEqual([]);
  expectClean(watched);
  await watched.close();
});
