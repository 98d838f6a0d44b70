/**
 * One member sends everything that is cheap to send and dear to serve, at once; somebody polite is
 * served in between, and before any of it is done where it is long.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";

const home = mkdtempSync(join(tmpdir(), "charla-hostile-"));
let app: App;
beforeAll(async () => {
  app = await startApp(readConfig({ engine: "scripted", port: 0, home }, {}), () => {});
});
afterAll(async () => {
  await app.stop();
  rmSync(home, { recursive: true });
});

const DATE = "2026-01-02T03:04:05.678Z";
const MIB = 2 ** 20;
const turn = (...messages: object[]) => JSON.stringify({ messages });
const user = (content: string) => ({ role: "user", content });
const keys = (many: number) =>
  Array.from({ length: many }, (_, i) => `sk-${i}${"x".repeat(50)}`).join(" ");

function chats(many: number, messages: number): string {
  const message = (index: number) => ({
    ...{
      id: `m${index}`,
      parentId: index === 0 ? null : `m${index - 1}`,
      content: `text ${index}`,
    },
    ...{ role: index % 2 ? "assistant" : "user", createdAt: DATE, status: "done" },
    ...{ details: null, error: null },
  });
  const chat = {
    ...{
      id: "c",
      title: "t",
      titleSource: "user",
      pinned: false,
      createdAt: DATE,
      updatedAt: DATE,
    },
    ...{
      settings: {},
      currentId: null,
      messages: Array.from({ length: messages }, (_, i) => message(i)),
    },
  };
  const file = { format: "charla.conversations", version: 1, exportedAt: DATE };
  return JSON.stringify({ ...file, conversations: Array(many).fill(chat) });
}

const CHAT = "/v1/chat/completions";
const IMPORT = "/api/conversations/import";
/** What it is, where it goes, the answers that it may get; and how many others come in between. */
const DEAR: readonly (readonly [string, string, () => string, readonly number[], number])[] = [
  [
    "keys in a system prompt",
    CHAT,
    () => turn({ role: "system", content: keys(15_000) }, user("x")),
    [400],
    1,
  ],
  [
    "a system prompt for every turn",
    CHAT,
    () => turn({ role: "system", content: keys(240) }, user("x")),
    [200],
    1,
  ],
  ["brackets", "/api/conversations", () => `{"settings":${"[".repeat(MIB - 100)}`, [400], 1],
  [
    "names",
    "/api/conversations",
    () => `{${Array.from({ length: 90_000 }, (_, i) => `"k${i}":1`)}}`,
    [400],
    1,
  ],
  // A body with images may be as large; a text may not.
  ["ten megabytes of text", CHAT, () => turn(user("x".repeat(10 * MIB))), [400], 1],
  ["thirty megabytes", CHAT, () => turn(user("x".repeat(30 * MIB))), [413], 1],
  [
    "marks on a letter",
    CHAT,
    () => turn(user(`e${"\u0301\u0316".repeat(240_000)}`)),
    [200, 400],
    1,
  ],
  ["what hides", CHAT, () => turn(user("a\u200b".repeat(200_000))), [200, 400], 1],
  [
    "numbers in lines",
    "/api/personal-data/check",
    () => JSON.stringify({ text: "1\n".repeat(100_000) }),
    [200],
    1,
  ],
  ["an import of brackets", IMPORT, () => "[".repeat(20 * MIB), [400], 1],
  ["an import of small chats", IMPORT, () => chats(1000, 1), [200], 3],
  ["an import of a long chat", IMPORT, () => chats(1, 5001), [413], 1],
  ["an import of a chat that is full", IMPORT, () => chats(1, 5000), [200], 3],
];

test.each(DEAR)("others are served beside %s", async (_what, path, body, statuses, least) => {
  let done = false;
  const dear = fetch(app.url + path, { method: "POST", body: body() }).then(async (reply) => {
    await reply.arrayBuffer();
    done = true;
    return reply.status;
  });
  let served = 0;
  while (!done) {
    const polite = await fetch(`${app.url}/healthz`);
    expect(polite.status).toBe(200);
    await polite.arrayBuffer();
    served += 1;
  }
  expect(statuses).toContain(await dear);
  // In one piece it would keep all but one or two of them waiting.
  expect(served).toBeGreaterThanOrEqual(least);
});

test("a list, a chat and an answer come while the longest of it is computed", async () => {
  const order: string[] = [];
  const long = ["numbers in lines", "an import of a chat that is full", "an import of small chats"];
  const dear = DEAR.filter(([what]) => long.includes(what)).map(async ([what, path, body]) => {
    const reply = await fetch(app.url + path, { method: "POST", body: body() });
    await reply.arrayBuffer();
    order.push(what);
  });
  for (let n = 0; n < 3; n++) {
    const list = await fetch(`${app.url}/api/conversations?limit=5`);
    expect(list.status).toBe(200);
    await list.arrayBuffer();
    const reply = await fetch(app.url + CHAT, { method: "POST", body: turn(user("Hello")) });
    expect(await reply.text()).toContain("You said: Hello");
    order.push("polite");
  }
  await Promise.all(dear);
  // The text full of numbers alone is seconds of work.
  expect(order.indexOf("polite")).toBeLessThan(order.indexOf("numbers in lines"));
});
