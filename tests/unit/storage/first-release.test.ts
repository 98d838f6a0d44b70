/**
 * What the first release wrote can be read by every later one, on both databases.
 * `tests/fixtures/first-release.sql` was written by version 0.1.0 with the scripted engine, which was
 * killed while it answered.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { upkeep } from "../../../src/app/upkeep.ts";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { temporary, urlOf } from "../../fixtures/databases.ts";
import type { Json } from "../core/serve.ts";

const DUMP = readFileSync(new URL("../../fixtures/first-release.sql", import.meta.url), "utf8");

/** The whole product of today, started on what the first release left. */
async function start() {
  const home = await temporary();
  const file = new DatabaseSync(join(home, "charla.db"), { enableForeignKeyConstraints: false });
  file.exec(DUMP);
  file.close();
  const databaseUrl = await urlOf(home);
  const config = readConfig({ home, databaseUrl, engine: "scripted", port: 0 }, {});
  const log: string[] = [];
  const toLog = (line: string, error?: unknown) => log.push(`${line} ${String(error ?? "")}`);
  const watch = { signal: new AbortController().signal, onProgress() {} };
  if (databaseUrl) await upkeep.move({ ...config, databaseUrl }, watch);
  let app = await startApp(config, toLog);
  onTestFinished(() => app.stop());
  const get = async (path: string) => {
    const reply = await fetch(`${app.url}/api/conversations${path}`);
    expect(reply.status).toBe(200);
    return (await reply.json()) as Json;
  };
  const search = async (q: string) => {
    const headers = { "content-type": "application/json" };
    const sent = { method: "POST", headers, body: JSON.stringify({ q }) };
    return (await (await fetch(`${app.url}/api/conversations/search`, sent)).json()) as Json;
  };
  const restart = async () => {
    await app.stop();
    app = await startApp(config, toLog);
  };
  return { log, get, search, restart };
}

describe("chats of the first release", () => {
  let server: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    server = await start();
  });

  it("are all there, with their trees, titles, settings and details", async () => {
    const { items } = await server.get("");
    expect(items.map(({ title }: { title: string }) => title)).toEqual([
      "Música y canción",
      "word word word word word word word word word…",
      "A chat with first words as its title",
    ]);
    expect(items[0]).toMatchObject({ pinned: true, titleSource: "user" });
    const chat = await server.get(`/${items[0].id}`);
    expect(chat.settings).toEqual({
      systemPrompt: 'Be brief: "yes" o no.',
      temperature: 0.2,
      seed: 7,
    });
    const [question, answer, second, , edited, , again] = chat.messages;
    expect(question).toMatchObject({ content: "¿Qué es una canción? 😀", parentId: null });
    expect(answer).toMatchObject({ parentId: question.id, status: "done", error: null });
    expect(answer.details).toMatchObject({ model: "scripted", seed: 7, completionTokens: 7 });
    expect(second.parentId).toBe(answer.id);
    expect(edited).toMatchObject({
      content: "An edited question\nwith 'two' lines",
      parentId: null,
    });
    expect(again.parentId).toBe(question.id);
    expect(chat.currentId).toBe(again.id);
  });

  it("are found by search, and an answer that a crash cut says so", async () => {
    const { items } = await server.search("cancion");
    expect(items.map(({ title }: { title: string }) => title)).toEqual(["Música y canción"]);
    const { items: words } = await server.search("word");
    const { messages } = await server.get(`/${words[0].id}`);
    expect(messages[1]).toMatchObject({ status: "interrupted" });
    expect(messages[1].content).toMatch(/^You said: word/);
    expect(server.log.filter((line) => !line.startsWith("sealed"))).toEqual([]);
  });

  it("are as they were after the second start", async () => {
    const { items } = await server.get("");
    const before = await server.get(`/${items[0].id}`);
    await server.restart();
    expect(await server.get("")).toMatchObject({ items });
    expect(await server.get(`/${items[0].id}`)).toEqual(before);
  });
});
