/** Single messages: a person's own version of an answer, deleting and its undo, a fork. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import type { Opened } from "../../../src/core/feature.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import type { ChatMessage } from "../../../src/features/conversations/api.ts";
import { Store } from "../../../src/features/conversations/store.ts";
import { serveTemporarily, temporaryHome } from "./home.ts";
import { serve, type TestServer } from "./server.ts";

let server: TestServer;
afterEach(() => server?.stop());

const at = (id: string, message: string, what = "") =>
  `/api/conversations/${id}/messages/${message}${what}`;

/** Asks and waits for the answer. */
async function turn(id: string, content: string, parentId: string | null = null) {
  const { question, answer } = await server.ask(id, content, parentId);
  return { question, answer: await server.ended(id, answer.id) };
}

/** Two questions with their answers; the first has a second answer, where the chat is not. */
async function chat() {
  server = await serveTemporarily();
  const { id } = await server.create({ systemPrompt: "Sé breve" });
  const first = await turn(id, "one");
  const { body } = await server.call("POST", `/api/conversations/${id}/turns`, {
    answerTo: first.question.id,
  });
  const other = await server.ended(id, body.answer.id);
  const second = await turn(id, "two", first.answer.id);
  return { id, first, other, second };
}

const idsOf = (messages: readonly ChatMessage[]) => messages.map(({ id }) => id);

describe("an answer that a person edits", () => {
  it("is a version beside the model's own, and says of itself that it is a person's", async () => {
    const { id, first, other } = await chat();
    const { body } = await server.call("POST", at(id, first.answer.id, "/edit"), {
      content: "My words",
    });
    expect(body).toMatchObject({
      ...{ parentId: first.question.id, role: "assistant", content: "My words", status: "done" },
      details: { edited: { modelName: "Scripted engine" } },
    });
    expect(Object.keys(body.details)).toEqual(["edited"]);
    const { messages, currentId } = await server.read(id);
    expect(currentId).toBe(body.id);
    const siblings = messages.filter(({ parentId }) => parentId === first.question.id);
    expect(siblings).toEqual([first.answer, other, body]);
    const again = await server.call("POST", at(id, body.id, "/edit"), { content: "More" });
    expect(again.body.details).toEqual(body.details);
  });

  it("is what the model is told to have said, and shown to others as edited", async () => {
    const seen: string[] = [];
    const watching: Opened = {
      steps: [
        (asked, next) => {
          seen.push(asked.messages.map(({ content }) => content).join("|"));
          return next(asked);
        },
      ],
    };
    server = await serve(await temporaryHome(), scripted(), [watching], { enabled: true });
    const { id } = await server.create();
    const { answer } = await turn(id, "one");
    const { body } = await server.call("POST", at(id, answer.id, "/edit"), { content: "My words" });
    const { body: shared } = await server.call("POST", `/api/conversations/${id}/shares`, {
      days: 1,
    });
    const { body: shown } = await server.call("POST", "/api/shared", { token: shared.token });
    expect(shown.messages[1]).toMatchObject({ model: "Scripted engine", edited: true });
    const markdown = await server.call("GET", `/api/conversations/${id}/export?format=markdown`);
    expect(markdown.body).toContain("## Edited by a person\n\nMy words");
    expect(markdown.body).toContain("models: []\nanswers-edited-by-a-person: 1\n");
    await turn(id, "two", body.id);
    expect(seen).toContain("one|My words|two");
  });

  it("is no question, no answer that is being written, and not nothing", async () => {
    server = await serveTemporarily(scripted({ tokenMs: 5, reply: () => "on ".repeat(10_000) }));
    const { id } = await server.create();
    const { question, answer } = await server.ask(id, "one");
    const edit = async (message: string, content: string) =>
      (await server.call("POST", at(id, message, "/edit"), { content })).body.error?.code;
    expect(await edit(question.id, "x")).toBe("invalid_parent");
    expect(await edit(answer.id, "x")).toBe("conversation_busy");
    expect(await edit("nothing", "x")).toBe("message_not_found");
    expect(await edit(answer.id, "")).toBe("invalid_value");
    await server.call("POST", at(id, answer.id, "/stop"));
  });
});

describe("a message that is deleted", () => {
  it("goes with all below it, and comes back with it", async () => {
    const { id, first, other, second } = await chat();
    const before = await server.read(id);
    const { body } = await server.call("DELETE", at(id, first.answer.id));
    expect(body).toEqual({ id: first.answer.id, count: 3 });
    const after = await server.read(id);
    expect(idsOf(after.messages)).toEqual([first.question.id, other.id]);
    expect(after.currentId).toBe(other.id);
    expect(await server.search("two")).toEqual([]);
    const stream = await server.call("GET", at(id, second.answer.id, "/stream"));
    expect(stream.body.error.code).toBe("message_not_found");
    expect((await server.call("POST", at(id, first.answer.id, "/restore"))).status).toBe(200);
    expect(await server.read(id)).toEqual(before);
  });

  it("takes the question with it where it is its only answer", async () => {
    const { id, first, second } = await chat();
    const { body } = await server.call("DELETE", at(id, second.answer.id));
    expect(body).toEqual({ id: second.question.id, count: 2 });
    expect((await server.read(id)).currentId).toBe(first.answer.id);
    // The chat goes on from there.
    await turn(id, "three", first.answer.id);
  });

  it("leaves an empty chat where it was all of it", async () => {
    const { id, first } = await chat();
    await server.call("DELETE", at(id, first.question.id));
    expect(await server.read(id)).toMatchObject({ messages: [], currentId: null });
    await turn(id, "anew");
  });

  it("ends what is written below it", async () => {
    server = await serveTemporarily(scripted({ tokenMs: 5, reply: () => "on ".repeat(10_000) }));
    const { id } = await server.create();
    const { question, answer } = await server.ask(id, "one");
    await server.call("DELETE", at(id, question.id));
    await server.call("POST", at(id, question.id, "/restore"));
    const { messages } = await server.read(id);
    expect(messages.find((one) => one.id === answer.id)?.status).toBe("stopped");
  });

  it("is followed by nothing, and hangs under nothing that is deleted", async () => {
    const { id, first, second } = await chat();
    await server.call("DELETE", at(id, second.question.id));
    await server.call("DELETE", at(id, first.question.id));
    const code = async (method: string, path: string, body?: object) =>
      (await server.call(method, path, body)).body.error?.code;
    expect(await code("POST", at(id, second.question.id, "/restore"))).toBe("message_not_found");
    expect(await code("DELETE", at(id, second.question.id))).toBe("message_not_found");
    const turns = `/api/conversations/${id}/turns`;
    const parentId = first.answer.id;
    expect(await code("POST", turns, { content: "x", parentId })).toBe("message_not_found");
    expect(await code("POST", at(id, first.answer.id, "/fork"), {})).toBe("message_not_found");
  });

  it("is part of what a person has asked for, and gone for good once its time is over", async () => {
    const { id, first } = await chat();
    await server.call("DELETE", at(id, first.question.id));
    const files = await Array.fromAsync(server.feature.rights?.collect(SOLO.id, "en") ?? []);
    expect(files.map(({ content }) => String(content)).join()).toContain("You said: two");
    const store = new Store(server.db, server.vault);
    const count = () => server.db.selectFrom("message").select("id").execute();
    await store.purge(async () => {});
    expect(await count()).toHaveLength(5);
    store.undoMs = -1;
    await store.purge(async () => {});
    expect(await count()).toEqual([]);
    expect((await server.list()).map((one) => one.id)).toEqual([id]);
  });

  it("leaves a tree, and undo restores it, whatever is deleted", async () => {
    server = await serveTemporarily();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.nat()), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        async (turns, which) => {
          const { id } = await server.create();
          const answers: (string | null)[] = [null];
          for (const [branches, at] of turns) {
            const below = branches ? answers[at % answers.length] : answers.at(-1);
            answers.push((await turn(id, "q", below ?? null)).answer.id);
          }
          const before = await server.read(id);
          const named = before.messages[which % before.messages.length] as ChatMessage;
          const { body } = await server.call("DELETE", at(id, named.id));
          const after = await server.read(id);
          expect(after.messages.length).toBe(before.messages.length - body.count);
          const left = new Set<string | null>([null, ...idsOf(after.messages)]);
          expect(after.messages.every(({ parentId }) => left.has(parentId))).toBe(true);
          const leaf = after.messages.find((one) => one.id === after.currentId);
          if (after.messages.length > 0) expect(leaf?.role).toBe("assistant");
          await server.call("POST", at(id, body.id, "/restore"));
          expect((await server.read(id)).messages).toEqual(before.messages);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe("a fork", () => {
  it("is a new chat with all that led to an answer, by its own ids", async () => {
    const { id, first } = await chat();
    await server.call("PATCH", `/api/conversations/${id}`, { pinned: true });
    const before = await server.read(id);
    const { body } = await server.call("POST", at(id, first.answer.id, "/fork"), {
      title: "one (copy)",
    });
    expect(body).toMatchObject({ title: "one (copy)", titleSource: "user", pinned: false });
    const fork = await server.read(body.id);
    expect(fork.settings).toEqual(before.settings);
    expect(fork.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      "user: one",
      "assistant: You said: one",
    ]);
    expect(fork.messages[1]?.details).toEqual(first.answer.details);
    expect(fork.currentId).toBe(fork.messages[1]?.id);
    expect(idsOf(before.messages)).not.toContain(fork.currentId);
    expect(await server.read(id)).toEqual(before);
    await turn(body.id, "elsewhere", fork.currentId);
    expect((await server.read(id)).messages).toHaveLength(before.messages.length);
  });

  it("keeps the title where it is given none, and begins at no question", async () => {
    const { id, first, second } = await chat();
    const { body } = await server.call("POST", at(id, second.answer.id, "/fork"), {});
    expect(body.title).toBe((await server.read(id)).title);
    expect((await server.read(body.id)).messages).toHaveLength(4);
    const none = await server.call("POST", at(id, first.question.id, "/fork"), {});
    expect(none.body.error.code).toBe("invalid_parent");
  });

  it("takes along what others keep of the chat, or does not come about", async () => {
    const copies: object[] = [];
    const forgotten: string[] = [];
    let fails = false;
    server = await serveTemporarily(scripted(), [
      {
        async copyConversation(copy) {
          copies.push(copy);
          if (fails) throw new Error("no");
        },
        forgetConversations: async (ids) => void forgotten.push(...ids),
      },
    ]);
    const { id } = await server.create();
    const { answer } = await turn(id, "one");
    const { body } = await server.call("POST", at(id, answer.id, "/fork"), {});
    expect(copies).toEqual([{ owner: SOLO.id, from: id, to: body.id }]);
    fails = true;
    expect((await server.call("POST", at(id, answer.id, "/fork"), {})).status).toBe(500);
    expect(await server.list()).toHaveLength(2);
    expect(forgotten).toHaveLength(1);
  });
});
