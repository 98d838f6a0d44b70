/** Files in chats: what a model is given of them, and what its answer keeps. */
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { type Engines, only } from "../../../src/core/engine.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import type { KnownFile } from "../../../src/features/knowledge/api.ts";
import { temporary } from "../../fixtures/databases.ts";
import { asking } from "./opened.ts";

/** The whole product, since a chat is more than this feature. */
async function product(engines: Engines) {
  const config = readConfig({ home: await temporary(), port: 0, engine: "scripted" }, {});
  const app = await startApp(config, () => {}, { engines });
  onTestFinished(() => app.stop());
  return asking(app.url);
}

/** An engine that writes what it is told to, and what it was asked. */
function listening(answer: string) {
  const asked: (readonly Message[])[] = [];
  const engine = scripted();
  const generate: typeof engine.generate = (request) => {
    asked.push(request.messages);
    return engine.generate({ ...request, messages: [{ role: "user", content: answer }] });
  };
  return { engines: only({ ...engine, generate }), asked };
}

const partOf = ({ name, digest, media, bytes }: KnownFile) => ({
  ...{ type: "file", name, digest, media, bytes },
});

/** A handbook of many pages, in which one holds the answer. */
const FILLER = "The gardeners water the roses every morning before the visitors come in. ";
const HANDBOOK = [
  "# House rules",
  ...Array.from({ length: 80 }, (_, n) => `## Chapter ${n}\n\n${FILLER.repeat(8)}`),
  "## Holidays\n\nEverybody has twenty-seven days of paid leave a year. Ask Marta by May.",
].join("\n\n");

test("a question to a long file gets the passages that answer it, and keeps them", async () => {
  const { engines, asked } = listening("You have 27 days [1].");
  const { call, read } = await product(engines);
  const file = await read("handbook.md", HANDBOOK);
  expect(file).toMatchObject({ state: "ready", error: null, cut: false });
  const { body: chat } = await call("POST", "/api/conversations", {});
  const ask = async (content: string, parentId: string | null, parts?: object[]) => {
    const turn = { content, parentId, ...(parts && { parts }) };
    const { status, body } = await call("POST", `/api/conversations/${chat.id}/turns`, turn);
    expect(status, JSON.stringify(body)).toBe(200);
    const path = `/api/conversations/${chat.id}/messages/${body.answer.id}/stream`;
    const events = (await call("GET", path)).text.split("\n\n").filter(Boolean);
    return { question: body.question, ...JSON.parse(events.at(-1)?.slice(6) ?? "") };
  };
  const { question, message } = await ask("How many days of paid leave?", null, [partOf(file)]);
  expect(question.parts).toEqual([partOf(file)]);
  const [found, first] = message.parts;
  expect(found).toMatchObject({ type: "retrieval", state: "passages", files: 1, missing: 0 });
  expect(first).toMatchObject({
    ...{ type: "citation", n: 1, file: file.id },
    place: { headings: ["House rules", "Holidays"] },
    source: "handbook.md, House rules › Holidays",
  });
  expect(first.quote).toContain("twenty-seven days");
  const promptTo = (words: string) =>
    asked
      .findLast((messages) => messages.at(-1)?.content.includes(words))
      ?.map(({ content }) => content)
      .join("\n");
  // A text from outside: marked by the guard, and named in the details.
  const prompt = asked[0]?.map(({ content }) => content).join("\n") ?? "";
  expect(prompt).toContain("twenty-seven days");
  expect(prompt).toMatch(/\^[0-9a-f]{10} begin of document handbook\.md/);
  expect(prompt).not.toContain(FILLER.repeat(8).repeat(3));
  expect(message.details.guard.sources).toEqual([{ kind: "document", name: "handbook.md" }]);
  // The file stays with the chat, and a follow-up goes on from the question before.
  const next = await ask("And until when?", message.id);
  expect(next.message.parts[0]).toMatchObject({ type: "retrieval", state: "passages" });
  expect(promptTo("And until when?")).toContain("Ask Marta by May");
  // Nothing in it has to do with this, and the answer says so.
  const nothing = await ask("Quantum chromodynamics?", next.message.id);
  expect(nothing.message.parts).toMatchObject([{ type: "retrieval", state: "nothing", given: 0 }]);
  expect(promptTo("chromodynamics")).toContain("no passage in them has to do with it");
  const about = await ask("What is this document about?", nothing.message.id);
  expect(about.message.parts[0]).toMatchObject({ type: "retrieval", state: "beginning" });
});

test("a short file goes whole into the prompt, and one that was deleted is missed", async () => {
  const { engines, asked } = listening("Blue [1].");
  const { call, read } = await product(engines);
  const file = await read("colour.txt", "The boat is painted in azul marino, as ever.");
  const { body: chat } = await call("POST", "/api/conversations", {});
  const turn = { content: "Say hello", parentId: null, parts: [partOf(file)] };
  const { body } = await call("POST", `/api/conversations/${chat.id}/turns`, turn);
  await call("GET", `/api/conversations/${chat.id}/messages/${body.answer.id}/stream`);
  const one = (await call("GET", `/api/conversations/${chat.id}`)).body;
  expect(one.messages[1].parts).toMatchObject([
    { type: "retrieval", state: "whole", given: 1, left: 0 },
    { type: "citation", n: 1, source: "colour.txt" },
  ]);
  expect(asked[0]?.map(({ content }) => content).join()).toContain("azul marino");
  expect((await call("GET", `/api/files/${file.id}`)).body.chats).toBe(1);
  expect((await call("DELETE", `/api/files/${file.id}`)).status).toBe(204);
  const again = { answerTo: body.question.id };
  const { body: second } = await call("POST", `/api/conversations/${chat.id}/turns`, again);
  await call("GET", `/api/conversations/${chat.id}/messages/${second.answer.id}/stream`);
  const now = (await call("GET", `/api/conversations/${chat.id}`)).body;
  expect(now.messages[2].parts).toMatchObject([{ type: "retrieval", files: 0, missing: 1 }]);
});
