/**
 * The whole product with the real model: the states that the engine keeps of a chat tell nothing of
 * it, and after an erasure there are none, also when the engine has ended and written what it has.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { starterModel } from "./model.ts";

const SECRET = "The parcel of Hortensia Quintanilla lies under the seventh stone. ";

async function start(home: string) {
  const env = { CHARLA_CONTEXT: "2048", CHARLA_SLOTS: "1", CHARLA_CACHE_DISK: "500 MB" };
  const config = readConfig({ home, port: 0, model: starterModel() }, env);
  const app = await startApp(config, () => {});
  onTestFinished(() => app.stop());
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what is there
  const json = async (method: string, path: string, body?: unknown): Promise<any> => {
    const response = await fetch(app.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text.startsWith("{") ? JSON.parse(text) : text;
  };
  const ask = async (content: string) => {
    const settings = { maxTokens: 8, temperature: 0 };
    const chat = await json("POST", "/api/conversations", { settings });
    const path = `/api/conversations/${chat.id}`;
    const { answer } = await json("POST", `${path}/turns`, { content, parentId: null });
    await json("GET", `${path}/messages/${answer.id}/stream`);
  };
  return { app, json, ask };
}

const states = (home: string) =>
  readdirSync(join(home, "cache")).filter((name) => name.endsWith(".state"));

/** Files with a text, or with its tokens as the engine keeps them. */
function places(home: string, needles: readonly Buffer[]): string[] {
  const files = readdirSync(home, { recursive: true, withFileTypes: true });
  const paths = files.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return paths.filter((path) => {
    const bytes = readFileSync(path);
    return needles.some((needle) => bytes.includes(needle));
  });
}

test("the states of the model are erased with the chats", async () => {
  const home = mkdtempSync(join(tmpdir(), "charla-rights-model-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const first = await start(home);
  const { tokens } = await first.json("POST", "/v1/tokenize", { prompt: SECRET.repeat(4) });
  const ids = Buffer.from(Int32Array.from(tokens.slice(3, 12)).buffer);
  const needles = [ids, Buffer.from("Quintanilla")];
  await first.ask(SECRET.repeat(12));
  await first.ask("Tell me about the weather of the north. ".repeat(12));
  await first.app.stop();
  // What was said is in the states, but nobody can read it there.
  const before = states(home);
  expect(before.length).toBeGreaterThan(0);
  expect(places(home, needles)).toEqual([]);

  const second = await start(home);
  await second.ask(SECRET.repeat(12));
  const report = await second.json("POST", "/api/rights/erase", { confirm: "ERASE" });
  expect(report.erased).toContainEqual(
    expect.objectContaining({ what: "conversations", count: 3 }),
  );
  expect(states(home)).toEqual([]);
  await second.app.stop();
  expect(states(home).filter((name) => before.includes(name))).toEqual([]);
  expect(places(home, needles)).toEqual([]);
});
