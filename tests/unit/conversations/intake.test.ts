/** Every text of a user passes the features' intake before it is stored or a model sees it. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Opened } from "../../../src/core/feature.ts";
import type { Incoming } from "../../../src/core/intake.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { temporaryHome } from "./home.ts";
import { serve, type TestServer } from "./server.ts";

const came: Incoming[] = [];
const forgotten: string[] = [];
/** What the engine was asked, titles included. */
const seen: (readonly Message[])[] = [];

const masking: Opened = {
  async intake(incoming) {
    came.push(incoming);
    if (incoming.text.includes("forbidden")) {
      throw new CharlaError("text_refused", { status: 400, message: "No.", hint: "Yes." });
    }
    return incoming.text.replaceAll("12345678Z", "[DNI_1]").replaceAll("\u200B", "");
  },
  async forgetConversations(ids) {
    forgotten.push(...ids);
  },
};

let server: TestServer;
beforeEach(async () => {
  for (const list of [came, forgotten, seen]) list.length = 0;
  const reply = (messages: readonly Message[]) => {
    seen.push(messages);
    return "An answer with 12345678Z";
  };
  server = await serve(await temporaryHome(), scripted({ tokenMs: 0, reply }), [masking]);
});
afterEach(() => server.stop());

const DNI = "I am 12345678Z";
const MASKED = "I am [DNI_1]";

it("masks questions, edits, titles, system prompts and imports, each for its chat", async () => {
  const settings = { systemPrompt: DNI, privacy: "mask" } as const;
  const { id } = await server.create(settings);
  const { question, answer } = await server.ask(id, DNI);
  expect(question.content).toBe(MASKED);
  await server.ended(id, answer.id);
  const edit = await server.ask(id, `${DNI}, again`);
  await server.ended(id, edit.answer.id);
  await server.call("PATCH", `/api/conversations/${id}`, { title: DNI });
  const warn = { systemPrompt: `${DNI}!`, privacy: "warn" };
  await server.call("PATCH", `/api/conversations/${id}`, { settings: warn });
  const stored = await server.read(id);
  expect(stored.title).toBe(MASKED);
  expect(stored.settings).toEqual({ systemPrompt: `${MASKED}!`, privacy: "warn" });
  const of = { owner: "solo", conversation: id };
  expect(came).toEqual([
    { ...of, privacy: "mask", kind: "system", text: DNI },
    { ...of, privacy: "mask", kind: "message", text: DNI },
    { ...of, privacy: "mask", kind: "message", text: `${DNI}, again` },
    { ...of, privacy: "mask", kind: "title", text: DNI },
    { ...of, privacy: "warn", kind: "system", text: `${DNI}!` },
  ]);
  expect(JSON.stringify(seen)).not.toContain(DNI);

  const { body: file } = await server.call("GET", `/api/conversations/${id}/export`);
  came.length = 0;
  const clear = JSON.parse(JSON.stringify(file).replaceAll("[DNI_1]", "12345678Z"));
  const reply = await server.call("POST", "/api/conversations/import", clear);
  const copy = await server.read(reply.body.imported[0].id);
  const [first, second] = copy.messages;
  expect([copy.title, first?.content, copy.settings.systemPrompt]).toEqual([
    MASKED,
    MASKED,
    `${MASKED}!`,
  ]);
  expect(second?.content).toBe("An answer with [DNI_1]");
  expect(new Set(came.map(({ conversation }) => conversation))).toEqual(new Set([copy.id]));
  expect(new Set(came.map(({ privacy }) => privacy))).toEqual(new Set(["warn"]));
});

it("refuses what nothing is left of, and what a feature refuses, and stores nothing", async () => {
  const { id } = await server.create();
  const post = (content: string) =>
    server.call("POST", `/api/conversations/${id}/turns`, { content, parentId: null });
  expect(await post("\u200B")).toMatchObject({
    status: 400,
    body: { error: { code: "message_empty" } },
  });
  expect(await post("forbidden")).toMatchObject({ body: { error: { code: "text_refused" } } });
  expect((await server.read(id)).messages).toEqual([]);
  // And the chat is free for the next question.
  expect((await post("hello")).status).toBe(200);
});

it("leaves nothing of an import that is refused half-way", async () => {
  const { id } = await server.create();
  const { answer } = await server.ask(id, "hello");
  await server.ended(id, answer.id);
  const { body: file } = await server.call("GET", `/api/conversations/${id}/export`);
  const [one] = file.conversations;
  const file2 = { ...file, conversations: [one, { ...one, title: "forbidden" }] };
  expect((await server.call("POST", "/api/conversations/import", file2)).status).toBe(400);
  expect(await server.list()).toHaveLength(1);
  const made = new Set(came.slice(1).map(({ conversation }) => conversation));
  expect(new Set(forgotten)).toEqual(made);
});

it("takes nothing in for a chat of somebody else", async () => {
  const { id } = await server.create();
  came.length = 0;
  for (const body of [{ title: "his" }, { settings: { systemPrompt: "his", privacy: "off" } }]) {
    const reply = await server.call("PATCH", `/api/conversations/${id}`, body, "leo");
    expect(reply.status).toBe(404);
  }
  const body = { content: "his", parentId: null };
  await server.call("POST", `/api/conversations/${id}/turns`, body, "leo");
  expect(came).toEqual([]);
});

it("tells the others which chats go for good", async () => {
  const { id } = await server.create();
  await server.feature.rights?.erase("solo");
  expect(forgotten).toEqual([id]);
});
