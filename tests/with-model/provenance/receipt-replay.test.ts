/** The whole way: an answer of the starter's in a chat, its receipt, and the verdict of a replay. */
import { rmSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { temporary } from "../../fixtures/charla.ts";
import { starterModel } from "../model.ts";

test("an answer comes out again, and an edit or another question shows", async () => {
  const home = temporary();
  const env = { CHARLA_CONTEXT: "2048", CHARLA_SLOTS: "2" };
  const app = await startApp(readConfig({ home, port: 0, model: starterModel() }, env), () => {});
  onTestFinished(async () => {
    await app.stop();
    rmSync(home, { recursive: true, force: true });
  });
  // biome-ignore lint/suspicious/noExplicitAny: a reply of any route
  const json = async (path: string, body?: unknown): Promise<any> => {
    const sent = body !== undefined && { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(app.url + path, { ...sent });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text.startsWith("{") ? JSON.parse(text) : text;
  };
  const chat = await json("/api/conversations", {
    settings: { maxTokens: 200, temperature: 0.8, seed: 3 },
  });
  const path = `/api/conversations/${chat.id}`;
  const asked = { content: "Write about the sea and its fish.", parentId: null };
  const { answer } = await json(`${path}/turns`, asked);
  await json(`${path}/messages/${answer.id}/stream`);
  const { entry, text, prompt } = await json(`${path}/messages/${answer.id}/receipt`);
  const given = { receipt: entry.id, text, prompt };

  const same = await json("/api/provenance/replay", given);
  expect(same).toMatchObject({ verdict: "same", changed: { text: false, prompt: false } });
  expect(same.agree / same.tokens).toBeGreaterThan(0.9);

  const words = text.split(" ");
  words[Math.floor(words.length / 2)] = "umbrellas";
  const edited = await json("/api/provenance/replay", { ...given, text: words.join(" ") });
  expect(edited).toMatchObject({ verdict: "edited", changed: { text: true, prompt: false } });
  expect(edited.places.length).toBeGreaterThan(0);

  const other = [{ role: "user", content: "Tell me a joke about trains." }];
  const different = await json("/api/provenance/replay", { ...given, prompt: other });
  expect(different).toMatchObject({ verdict: "different", changed: { text: false, prompt: true } });
});
