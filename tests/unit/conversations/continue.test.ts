/** The rest of an answer that was cut: it stays one message, written by the model that began it. */
import { afterEach, describe, expect, it } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { granting } from "../../../src/core/extras.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { joined } from "../../../src/features/conversations/answer.ts";
import { serveTemporarily, until } from "./home.ts";
import type { TestServer } from "./server.ts";

let server: TestServer;
afterEach(() => server?.stop());

const WORDS = Array.from({ length: 200 }, (_, index) => `word${index}`).join(" ");
const turns = (id: string) => `/api/conversations/${id}/turns`;

/** An answer that is cut after so many tokens. */
async function cut(maxTokens: number, reply = "one two three four five six") {
  server = await serveTemporarily(scripted({ reply: () => reply }));
  const { id } = await server.create({ maxTokens, seed: 7 });
  const { question, answer } = await server.ask(id, "count");
  return { id, question, answer: await server.ended(id, answer.id) };
}

async function goOn(id: string, continues: string) {
  const { status, body } = await server.call("POST", turns(id), { continues });
  if (status !== 200) return body.error;
  expect(body.answer).toMatchObject({ id: continues, status: "running" });
  return server.ended(id, continues);
}

describe("an answer that was cut", () => {
  it("is gone on with where the limit has cut it, as often as need be", async () => {
    const { id, answer } = await cut(3);
    expect(answer).toMatchObject({ content: "one two three", details: { finishReason: "length" } });
    const again = await goOn(id, answer.id);
    expect(again).toMatchObject({ status: "done", content: "one two three four five six" });
    expect(again.details).toMatchObject({
      ...{ continued: 1, completionTokens: 6, finishReason: "stop" },
      firstTokenMs: answer.details?.firstTokenMs,
      // The same seed alone would not stop in the middle.
      reproducible: false,
    });
    expect(again.details.totalMs).toBeGreaterThanOrEqual(answer.details?.totalMs ?? 0);
    const { messages, currentId } = await server.read(id);
    expect([messages.length, messages[1], currentId]).toEqual([2, again, answer.id]);
  });

  it("counts each time", async () => {
    const { id, answer } = await cut(2);
    await goOn(id, answer.id);
    const { content, details } = await goOn(id, answer.id);
    expect(content).toBe("one two three four five six");
    expect(details).toMatchObject({ continued: 2, completionTokens: 6 });
  });

  it("is gone on with after it was stopped, and readers get the rest from their place", async () => {
    server = await serveTemporarily(scripted({ tokenMs: 5, reply: () => WORDS }));
    const { id } = await server.create();
    const { answer } = await server.ask(id, "hi");
    await until(async () => (await server.read(id)).messages[1]?.content || undefined);
    const path = `/api/conversations/${id}/messages/${answer.id}/stop`;
    const { body: stopped } = await server.call("POST", path);
    expect(stopped).toMatchObject({ status: "stopped" });
    expect(stopped.content.length).toBeLessThan(WORDS.length);
    await server.call("POST", turns(id), { continues: answer.id });
    let rest = "";
    for await (const event of server.events(id, answer.id, stopped.content.length)) {
      if (event.type === "text") rest += event.text;
      if (event.type === "end") expect(event.message).toMatchObject({ status: "done" });
    }
    expect(stopped.content + rest).toBe(WORDS);
  });

  it("is asked of the model as the beginning of its answer", async () => {
    const seen: string[] = [];
    const { id, answer } = await cut(3);
    await server.stop();
    server = await serveTemporarily(scripted(), [
      {
        steps: [
          (turn, next) => {
            seen.push(turn.messages.map(({ role, content }) => `${role}:${content}`).join("|"));
            seen.push(JSON.stringify([turn.extras, turn.model]));
            return next(turn);
          },
        ],
      },
    ]);
    const question = { ...answer, id: "q", parentId: null, role: "user", content: "count" };
    const { body } = await server.call("POST", "/api/conversations/import", {
      ...{ format: "charla.conversations", version: 1, exportedAt: new Date().toISOString() },
      conversations: [
        {
          ...{ id, title: "t", titleSource: "user", pinned: false, settings: { model: "another" } },
          ...{ createdAt: answer.createdAt, updatedAt: answer.createdAt, currentId: answer.id },
          messages: [question, { ...answer, parentId: "q" }],
        },
      ],
    });
    const [imported] = body.imported;
    const { currentId } = await server.read(imported.id);
    await goOn(imported.id, currentId ?? "");
    expect(seen.slice(0, 2)).toEqual([
      "user:count|assistant:one two three",
      '[{"prefill":true},"scripted"]',
    ]);
  });
});

describe("what is no beginning of an answer", () => {
  it("is refused: a whole answer, a question, one below which the chat goes on", async () => {
    const { id, question, answer } = await cut(3);
    expect(await goOn(id, question.id)).toMatchObject({ code: "invalid_parent" });
    expect(await goOn(id, "nothing")).toMatchObject({ code: "message_not_found" });
    const below = await server.ask(id, "and then?", answer.id);
    await server.ended(id, below.answer.id);
    expect(await goOn(id, answer.id)).toMatchObject({ code: "answer_whole" });
    const whole = await server.call("PATCH", `/api/conversations/${id}`, { settings: {} });
    expect(whole.status).toBe(200);
    const last = await server.ask(id, "all of it", below.answer.id);
    await server.ended(id, last.answer.id);
    expect(await goOn(id, last.answer.id)).toMatchObject({ code: "answer_whole" });
  });

  it("is not found in another chat", async () => {
    const { answer } = await cut(3);
    const other = await server.create();
    expect(await goOn(other.id, answer.id)).toMatchObject({ code: "message_not_found" });
  });

  it("stays as it was where the engine cannot go on", async () => {
    const { grants: _, ...plain } = scripted({ reply: () => "one two three four" });
    const { signal } = new AbortController();
    server = await serveTemporarily(await granting(only(plain)).get(undefined, signal));
    const { id } = await server.create({ maxTokens: 2 });
    const answer = await server.ended(id, (await server.ask(id, "count")).answer.id);
    expect(await goOn(id, answer.id)).toMatchObject({ code: "not_granted" });
    expect((await server.read(id)).messages[1]).toEqual(answer);
    // And the chat is free.
    await server.ended(id, (await server.ask(id, "next", answer.id)).answer.id);
  });
});

it("keeps what was withheld before it was gone on with", () => {
  const before = { guard: { withheld: { secret: 1 } }, completionTokens: 3 };
  expect(joined(before, { completionTokens: 2 })).toMatchObject({
    guard: { withheld: { secret: 1 } },
    completionTokens: 5,
  });
});
