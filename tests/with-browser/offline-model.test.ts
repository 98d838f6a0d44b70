/**
 * The page without a server, with the real engine and the starter model: taken along, asked while the
 * server is away, and what was written is at home once, however often it was sent.
 */
import { mkdir, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { CATALOGUE, STARTER } from "../../src/engines/library/catalogue.ts";
import { startLlama } from "../../src/engines/llama/index.ts";
import type { Conversation, Summary } from "../../src/features/conversations/api.ts";
import { HubServer } from "../unit/library/hub-server.ts";
import { answers, expectClean, findings, open, openPanel, withBrowser } from "./browser.ts";
import { type Served, serve } from "./server.ts";

withBrowser();

const model = process.env.CHARLA_TEST_MODEL;
const starter = CATALOGUE.filter(({ id }) => id === STARTER);

/** With the starter's file on its shelf, and an engine at home that is in no test's way. */
async function home() {
  const folder = await mkdtemp(join(tmpdir(), "charla-page-"));
  await mkdir(join(folder, "models"));
  for (const { hub } of starter) await symlink(model ?? "", join(folder, "models", hub.file));
  const hub = await HubServer.start(Buffer.alloc(1));
  const library = { catalogue: starter, hub: hub.hub() };
  const start = (port = 0): Promise<Served> => serve({ home: folder, port, library });
  return { start, [Symbol.asyncDispose]: () => hub.close() };
}

const send = async (page: Page, text: string) => {
  const before = await answers(page).count();
  await page.getByLabel("Message").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("no receipt and no watermark").nth(before).waitFor({ timeout: 120_000 });
};

/** Of the starter's file in the browser's storage: so many bytes, and what they are. */
const partial = (page: Page, bytes: number, right: boolean) =>
  page.evaluate(
    `(async () => {
      const { engine, models: [{ id, digest }] } = await (await fetch("/api/offline")).json();
      const part = await fetch("/api/offline/models/" + id);
      const whole = new Uint8Array(await part.arrayBuffer());
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle("charla-offline", { create: true });
      const file = await folder.getFileHandle(digest, { create: true });
      const out = await file.createWritable();
      await out.write(${right} ? whole.slice(0, ${bytes}) : new Uint8Array(${bytes}));
      await out.close();
    })()`,
  );

test.skipIf(!model)(
  "takes a model along, answers without a server, and brings the chat home once",
  async () => {
    await using place = await home();
    const { start } = place;
    const server = await start();
    const watched = await open(server.url, { serviceWorkers: "allow" });
    const { page } = watched;
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)");

    // What has arrived of something else is found out by its digest, and is gone.
    await partial(page, 1000, false);
    await openPanel(page, "Take along");
    const panel = page.getByRole("dialog", { name: "Take along" });
    await panel.getByText("98 MB").waitFor();
    expect(await findings(page)).toEqual([]);
    await panel.getByRole("button", { name: "Take along" }).click();
    await panel
      .getByRole("alert")
      .getByText(/did not arrive as it should be/)
      .waitFor();
    // What has arrived of the file itself is gone on with.
    await partial(page, 60_000_000, true);
    await panel.getByRole("button", { name: "Take along" }).click();
    await panel.getByText("In this browser").waitFor();
    await server.stop();

    await page.reload();
    await page.getByRole("link", { name: "Chat without the server" }).click();
    await page.getByRole("heading", { name: "What shall we talk about?" }).waitFor();
    expect(await findings(page)).toEqual([]);

    // It is written piece by piece, stopped, and deleted.
    await page.getByLabel("Message").fill("Tell me a long story about the sea.");
    await page.getByRole("button", { name: "Send" }).click();
    await answers(page).locator(".prose").getByText(/\w/).first().waitFor();
    await page.getByRole("button", { name: "Stop the answer" }).click();
    await page.getByText("Stopped by you.").waitFor();
    await page.getByRole("button", { name: "Chats that are kept here" }).click();
    await page.getByRole("menuitem", { name: "Delete this chat" }).click();
    const sure = page.getByRole("dialog", { name: "Delete this chat" });
    await sure.getByRole("button", { name: "Delete this chat" }).click();
    await page.getByRole("heading", { name: "What shall we talk about?" }).waitFor();

    await page.getByRole("button", { name: "Settings of this chat" }).click();
    await page.getByLabel("Temperature").fill("0");
    await page.getByLabel("Longest answer, in tokens").fill("12");
    await page.getByRole("button", { name: "Save" }).click();
    const question = "What is the capital of France?";
    await send(page, question);
    expect(await answers(page).first().locator(".prose").textContent()).toMatch(/\w{3}/);
    await send(page, "And of Spain?");
    expect(await findings(page)).toEqual([]);
    await page.getByText("1 chat waits for the server.").waitFor();

    // It is sealed under a key that no script gets hold of, and there again after a reload.
    const kept = (await page.evaluate(`new Promise((resolve) => {
      indexedDB.open("charla-offline").onsuccess = ({ target: { result } }) => {
        const stores = result.transaction(["chats", "keys"]);
        const [rows, keys] = ["chats", "keys"].map((name) => stores.objectStore(name).getAll());
        stores.oncomplete = async () => {
          const text = new TextDecoder().decode(rows.result[0].sealed);
          const raw = await crypto.subtle.exportKey("raw", keys.result[0]).catch(({ name }) => name);
          resolve({ rows: rows.result.length, inClear: text.includes("France"), raw });
        };
      };
    })`)) as object;
    expect(kept).toEqual({ rows: 1, inClear: false, raw: "InvalidAccessError" });
    await page.reload();
    await page.getByRole("button", { name: "Chats that are kept here" }).click();
    await page.getByRole("menuitemradio", { name: question }).click();
    expect(await answers(page).count()).toBe(2);

    // The first reply is lost on the way, after the server has taken the chat.
    let sent = 0;
    await page.route("**/api/conversations/imports?*", async (route) => {
      sent += 1;
      if (sent > 1) return route.continue();
      await route.fetch();
      await route.abort("connectionreset");
    });
    await using again = await start(server.port);
    await page.getByText("1 chat is there now.").waitFor({ timeout: 60_000 });
    expect(sent).toBe(2);
    const items = async () => {
      const reply = await fetch(`${again.url}/api/conversations`);
      return ((await reply.json()) as { items: Summary[] }).items;
    };
    expect((await items()).map(({ title }) => title)).toEqual([question]);

    // Gone on with here, it takes the place of what it was.
    await send(page, "Thank you.");
    await page.getByText("1 chat is there now.").waitFor({ timeout: 60_000 });
    await expect.poll(async () => (await items()).length).toBe(1);
    const [{ id } = { id: "" }] = await items();
    const read = async () =>
      (await (await fetch(`${again.url}/api/conversations/${id}`)).json()) as Conversation;
    expect((await read()).messages.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
      "assistant",
    ]);

    // By the template in the file, as on the server: to the token.
    const engine = await startLlama({ path: model ?? "", id: STARTER, name: "Starter" });
    const counted = await engine.countTokens([{ role: "user", content: question }]);
    await engine.close();
    const [, first] = (await read()).messages;
    expect(first?.details).toMatchObject({ promptTokens: counted, digest: starter[0]?.digest });
    expect(first?.details?.receipt).toBeUndefined();

    await page.getByRole("link", { name: "Open Charla" }).click();
    await page.getByRole("link", { name: question }).click();
    await answers(page).getByText("Imported from Charla, offline").first().waitFor();
    await openPanel(page, "Take along");
    await panel.getByRole("button", { name: /^Remove/ }).click();
    await panel.getByRole("button", { name: "Take along" }).waitFor();
    expectClean(watched);
    await watched.close();
  },
);
