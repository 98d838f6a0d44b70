/** Questions, answers, and readers that come and go. */
import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import type { Engine } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import type { ChatMessage, StreamEvent } from "../../../src/features/conversations/api.ts";
import { openContent } from "../../../src/features/conversations/rows.ts";
import { Run } from "../../../src/features/conversations/run.ts";
import type { MessageRow } from "../../../src/features/conversations/tables.ts";
import { toPrompt } from "../../../src/features/conversations/tree.ts";
import { pauseAfter } from "../../../src/features/conversations/turns.ts";
import { onPostgres } from "../../fixtures/databases.ts";
import { mountDisk, NO_DISK } from "../storage/disk.ts";
import { serveTemporarily, temporaryHome, until } from "./home.ts";
import { serve, type TestServer } from "./server.ts";

let server: TestServer;
afterEach(() => server?.stop());

const LONG = Array.from({ length: 300 }, (_, index) => `word${index}`).join(" ");
const slow = () => scripted({ tokenMs: 5, reply: () => LONG });
/** Never ends by itself. */
const endless = () => scripted({ tokenMs: 5, reply: () => "on ".repeat(100_000) });

/** Says what it is given, piece by piece; an error is thrown. */
function saying(...pieces: (string | Error)[]): Engine {
  return {
    ...scripted(),
    async *generate() {
      for (const piece of pieces) {
        if (piece instanceof Error) throw piece;
        yield piece;
      }
      yield { reason: "stop", promptTokens: 1, cachedTokens: 0, completionTokens: pieces.length };
    },
  };
}

async function textOf(events: AsyncIterable<StreamEvent>): Promise<string> {
  let text = "";
  for await (const event of events) if (event.type === "text") text += event.text;
  return text;
}

describe("a turn", () => {
  it("stores question and answer, with how the answer came to be", async () => {
    server = await serveTemporarily();
    const { id } = await server.create({ seed: 7, temperature: 0 });
    const { question, answer } = await server.ask(id, "hola");
    expect(question).toMatchObject({ role: "user", content: "hola", status: "done" });
    expect(answer).toMatchObject({ parentId: question.id, role: "assistant", status: "running" });
    const ended = await server.ended(id, answer.id);
    expect(ended).toMatchObject({ content: "You said: hola", status: "done", error: null });
    expect(ended.details).toMatchObject({
      model: "scripted",
      modelName: "Scripted engine",
      seed: 7,
      completionTokens: 3,
      droppedMessages: 0,
      memoryBegins: null,
      finishReason: "stop",
    });
    const stored = await server.read(id);
    expect(stored.messages).toEqual([question, ended]);
    expect(stored.currentId).toBe(answer.id);
  });

  it("gives the model the system prompt and the path, not the other branches", async () => {
    const seen: string[] = [];
    const reply: NonNullable<Parameters<typeof scripted>[0]>["reply"] = (messages) => {
      seen.push(messages.map(({ role, content }) => `${role}:${content}`).join("|"));
      return "ok";
    };
    server = await serveTemporarily(scripted({ reply }));
    const { id } = await server.create({ systemPrompt: "Sé breve" });
    const first = await server.ask(id, "one");
    await server.ended(id, first.answer.id);
    const edited = await server.ask(id, "two");
    await server.ended(id, edited.answer.id);
    const next = await server.ask(id, "three", edited.answer.id);
    await server.ended(id, next.answer.id);
    expect(seen).toContain("system:Sé breve|user:two|assistant:ok|user:three");
  });

  it("regenerates as a sibling and keeps both", async () => {
    server = await serveTemporarily();
    const { id } = await server.create();
    const first = await server.ask(id, "again");
    await server.ended(id, first.answer.id);
    const path = `/api/conversations/${id}/turns`;
    const { body } = await server.call("POST", path, { answerTo: first.question.id });
    await server.ended(id, body.answer.id);
    const { messages, currentId } = await server.read(id);
    expect(messages.map(({ parentId }) => parentId)).toEqual([
      null,
      first.question.id,
      first.question.id,
    ]);
    expect(currentId).toBe(body.answer.id);
  });

  it("says where the model's memory begins once turns have been dropped", async () => {
    server = await serveTemporarily(scripted({ contextWindow: 60, reply: () => "ok" }));
    const { id } = await server.create();
    let parent: string | null = null;
    for (let turn = 0; turn < 8; turn++) {
      const { answer } = await server.ask(id, "five words are in here", parent);
      await server.ended(id, answer.id);
      parent = answer.id;
    }
    const { messages } = await server.read(id);
    const { droppedMessages, memoryBegins } = messages.at(-1)?.details ?? {};
    expect(droppedMessages).toBeGreaterThan(0);
    expect(messages.map((message) => message.id).indexOf(memoryBegins ?? "")).toBe(droppedMessages);
  });

  it("fails before it begins: the error is the reply's and nothing is stored", async () => {
    server = await serveTemporarily(scripted({ contextWindow: 50 }));
    const { id } = await server.create();
    const path = `/api/conversations/${id}/turns`;
    const body = { content: "word ".repeat(100), parentId: null };
    const reply = await server.call("POST", path, body);
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatchObject({ code: "context_length_exceeded" });
    expect(await server.read(id)).toMatchObject({ messages: [], title: "", currentId: null });
    await server.ended(id, (await server.ask(id, "short")).answer.id);
  });

  it("fails in the middle: what was written is kept, with the reason", async () => {
    const error = new CharlaError("engine_stopped", { status: 503, message: "m", hint: "h" });
    server = await serveTemporarily(saying("half an ", error));
    const { id } = await server.create();
    const { answer } = await server.ask(id, "hi");
    const ended = await server.ended(id, answer.id);
    expect(ended).toMatchObject({ status: "failed", content: "half an " });
    expect(ended.error).toMatchObject({ code: "engine_stopped", retryable: true });
    expect((await server.read(id)).messages[1]).toEqual(ended);
    expect(server.logged.join()).toContain("engine_stopped");
  });

  it("takes the turn back when the reader leaves before it begins", async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    server = await serveTemporarily(scripted(), [
      {
        steps: [
          async function* (turn, next) {
            asked.resolve(turn.signal);
            await new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
            yield* next(turn);
          },
        ],
      },
    ]);
    const { id } = await server.create();
    const leaving = new AbortController();
    const reply = fetch(`${server.url}/api/conversations/${id}/turns`, {
      method: "POST",
      body: JSON.stringify({ content: "wait", parentId: null }),
      signal: leaving.signal,
    }).catch((error) => error.name);
    const signal = await asked.promise;
    leaving.abort();
    expect(await reply).toBe("AbortError");
    await until(async () => signal.aborted || undefined);
    expect((await server.read(id)).messages).toEqual([]);
  });

  it("refuses a second turn while one is written, at the same moment too", async () => {
    server = await serveTemporarily(endless());
    const { id } = await server.create();
    const path = `/api/conversations/${id}/turns`;
    const body = { content: "hi", parentId: null };
    const replies = await Promise.all([1, 2, 3].map(() => server.call("POST", path, body)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const refused = replies.find(({ status }) => status === 409);
    expect(refused?.body.error).toMatchObject({ code: "conversation_busy", retryable: true });
    expect((await server.read(id)).messages).toHaveLength(2);
  });

  it("refuses parents of the wrong role or from elsewhere", async () => {
    server = await serveTemporarily();
    const { id } = await server.create();
    const other = await server.create();
    const { question, answer } = await server.ask(id, "hi");
    await server.ended(id, answer.id);
    const turn = (where: string, body: object) =>
      server.call("POST", `/api/conversations/${where}/turns`, body);
    const wrong = await turn(id, { content: "x", parentId: question.id });
    expect([wrong.status, wrong.body.error.code]).toEqual([400, "invalid_parent"]);
    const answerTo = await turn(id, { answerTo: answer.id });
    expect([answerTo.status, answerTo.body.error.code]).toEqual([400, "invalid_parent"]);
    for (const body of [{ content: "x", parentId: answer.id }, { answerTo: question.id }]) {
      const foreign = await turn(other.id, body);
      expect([foreign.status, foreign.body.error.code]).toEqual([404, "message_not_found"]);
    }
  });
});

describe("a reader", () => {
  it("gets what it missed and the rest, from any place, beside other readers", async () => {
    server = await serveTemporarily(slow());
    const { id } = await server.create();
    const { answer } = await server.ask(id, "hi");
    const whole = textOf(server.events(id, answer.id));

    // A reader that leaves in the middle, and comes back with what it has.
    let had = "";
    for await (const event of server.events(id, answer.id)) {
      if (event.type === "text") had += event.text;
      if (had.length > 300) break;
    }
    const rest = await textOf(server.events(id, answer.id, had.length));
    expect(had + rest).toBe(LONG);
    expect(await whole).toBe(LONG);
    // After the end, from the database.
    expect(await textOf(server.events(id, answer.id, 1000))).toBe(LONG.slice(1000));
    expect(await textOf(server.events(id, answer.id, 1e6))).toBe("");
  });

  it("is not needed: the answer is written and stored with nobody there", async () => {
    server = await serveTemporarily(slow());
    const { id } = await server.create();
    await server.ask(id, "hi");
    const sealer = await server.vault.of(SOLO.id);
    const partial = await until(async () => {
      const row = await server.db
        .selectFrom("message")
        .select(["id", "content"])
        .where("role", "=", "assistant")
        .executeTakeFirstOrThrow();
      return openContent(sealer, row as MessageRow) || undefined;
    });
    expect(LONG.startsWith(partial)).toBe(true);
    expect(partial.length).toBeLessThan(LONG.length);
    const done = await until(async () => {
      const { messages } = await server.read(id);
      return messages[1]?.status === "done" ? messages[1] : undefined;
    });
    expect(done.content).toBe(LONG);
  });

  it("gets every text whole, from any offset, however the deltas cut it", async () => {
    const anyText = fc.string({ unit: "binary", maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anyText, fc.array(fc.nat(60)), fc.nat(70), async (text, cuts, from) => {
        const run = new Run("solo", "c");
        run.answer = {
          ...{ id: "a", parentId: "q", role: "assistant", content: "", createdAt: "" },
          ...{ status: "running", details: null, error: null },
        };
        const before = textOf(run.read(from));
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length];
        places.sort((a, b) => a - b);
        for (const [index, place] of places.entries()) {
          run.append({ text: text.slice(places[index - 1] ?? 0, place) });
          if (index % 2 === 0) await null;
        }
        const content = run.answer.content;
        run.end(run.answer);
        expect(content).toBe(text.replaceAll("\0", "\uFFFD"));
        expect(content.slice(0, from) + (await before)).toBe(content);
        expect(content.slice(0, from) + (await textOf(run.read(from)))).toBe(content);
      }),
    );
  });

  it("that is slow gets all that waits as one text, not as a queue", async () => {
    const run = new Run("solo", "c");
    run.answer = {
      ...{ id: "a", parentId: "q", role: "assistant", content: "", createdAt: "" },
      ...{ status: "running", details: null, error: null },
    };
    const reader = run.read(0);
    await reader.next();
    for (let index = 0; index < 10_000; index++) run.append({ text: "word " });
    expect((await reader.next()).value).toEqual({ type: "text", text: "word ".repeat(10_000) });
  });

  it("sees only text that a database can hold", async () => {
    server = await serveTemporarily(saying("a\0b\uD83D", "\uDE00c\uD800", "d", "\uDC00"));
    const { id } = await server.create();
    const { answer } = await server.ask(id, "hi");
    const ended = await server.ended(id, answer.id);
    expect(ended.content).toBe("a\uFFFDb😀c\uFFFDd\uFFFD");
    expect((await server.read(id)).messages[1]?.content).toBe(ended.content);
  });
});

describe("a very long answer", () => {
  it("is stored ever less often, so that storing it does not take ever more time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 18 }), (length) => {
        expect(pauseAfter(length)).toBe(0);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 2 ** 18 + 1, max: 2 ** 28 }), (length) => {
        // UTF-16 units a second, however long it has become.
        expect((1000 * length) / pauseAfter(length)).toBeCloseTo(5 * 2 ** 18, 3);
      }),
    );
  });

  it("is whole in the end", async () => {
    const text = "palabra ".repeat(40_000);
    server = await serveTemporarily(saying(...Array(10).fill(text)));
    const { id } = await server.create();
    const { answer } = await server.ask(id, "hi");
    await server.ended(id, answer.id);
    expect((await server.read(id)).messages[1]?.content).toBe(text.repeat(10));
  });
});

describe("a prompt", () => {
  it("leaves out answers that failed or are empty, and lets the roles take turns", () => {
    const said = (id: string, content: string, status: ChatMessage["status"] = "done") => ({
      ...{ id, content, status, parentId: null, createdAt: "", details: null, error: null },
      role: id.startsWith("q") ? ("user" as const) : ("assistant" as const),
    });
    const path = [
      ...[said("q1", "one"), said("a1", "half", "failed")],
      ...[said("q2", "two"), said("a2", "", "stopped")],
      ...[said("q3", "three"), said("a3", "part", "interrupted")],
      said("q4", "four"),
    ];
    expect(toPrompt(path)).toEqual([
      { id: "q1", role: "user", content: "one\n\ntwo\n\nthree" },
      { id: "a3", role: "assistant", content: "part" },
      { id: "q4", role: "user", content: "four" },
    ]);
  });
});

// The disk of a PostgreSQL server is not ours to fill.
if (!onPostgres())
  describe("a full disk", () => {
    it("fails a new turn and a running answer with the reason, and all goes on after", async ({
      skip,
    }) => {
      const home = await temporaryHome();
      if (!mountDisk(home, "2m")) return skip(NO_DISK);
      server = await serve(home, slow());
      const { id } = await server.create();
      const { answer } = await server.ask(id, "hi");
      const path = `/api/conversations/${(await server.create()).id}/turns`;
      await appendFile(join(home, "ballast"), Buffer.alloc(2 ** 21)).catch(() => {});
      const content = "x".repeat(100_000);
      const refused = await server.call("POST", path, { content, parentId: null });
      expect([refused.status, refused.body.error.code]).toEqual([507, "storage_full"]);
      const failed = await server.ended(id, answer.id);
      expect(failed).toMatchObject({ status: "failed", error: { code: "storage_full" } });
      expect((await server.read(id)).messages[1]?.status).toBe("interrupted");

      await rm(join(home, "ballast"));
      const next = await server.ask(id, "again");
      expect(await server.ended(id, next.answer.id)).toMatchObject({
        status: "done",
        content: LONG,
      });
    });
  });

describe("ending early", () => {
  it("keeps what was written when it is stopped, and stopping again changes nothing", async () => {
    server = await serveTemporarily(endless());
    const { id } = await server.create();
    const { answer } = await server.ask(id, "hi");
    for await (const event of server.events(id, answer.id)) if (event.type === "text") break;
    const path = `/api/conversations/${id}/messages/${answer.id}/stop`;
    const { body: stopped } = await server.call("POST", path);
    expect(stopped).toMatchObject({ status: "stopped", error: null });
    expect(stopped.content).toMatch(/^on/);
    expect(stopped.details.finishReason).toBe("cancelled");
    expect((await server.call("POST", path)).body).toEqual(stopped);
    expect((await server.read(id)).messages[1]).toEqual(stopped);
  });

  it("marks an answer interrupted when the server stops, and the reader is told", async () => {
    const home = await temporaryHome();
    server = await serve(home, endless());
    const { id } = await server.create();
    const { answer } = await server.ask(id, "hi");
    const events = server.events(id, answer.id);
    const started = (async () => {
      for await (const event of events) if (event.type === "end") return event.message;
      return undefined;
    })();
    await until(async () => (await server.read(id)).messages[1]?.content || undefined);
    await server.stop();
    expect(await started).toMatchObject({ status: "interrupted" });
    server = await serve(home);
    const [, stored] = (await server.read(id)).messages;
    expect(stored).toMatchObject({ status: "interrupted" });
    expect(stored?.content).toMatch(/^on/);
  });

  it("stops the answer of a conversation that is deleted, and keeps it for a restore", async () => {
    server = await serveTemporarily(endless());
    const { id } = await server.create();
    const { answer } = await server.ask(id, "hi");
    expect((await server.call("DELETE", `/api/conversations/${id}`)).status).toBe(204);
    await server.call("POST", `/api/conversations/${id}/restore`);
    const stored = (await server.read(id)).messages[1];
    expect(stored).toMatchObject({ id: answer.id, status: "stopped" });
  });
});

it("what a person wants said in every chat stands before the chat's own prompt, and in no title", async () => {
  const seen: string[] = [];
  const reply: NonNullable<Parameters<typeof scripted>[0]>["reply"] = (messages) => {
    seen.push(messages.map(({ role, content }) => `${role}:${content}`).join("|"));
    return "ok";
  };
  const beginning = async (person: string) => (person === SOLO.id ? "I am Ana." : undefined);
  server = await serveTemporarily(scripted({ reply }), [{ beginning }]);
  for (const settings of [{}, { systemPrompt: "Sé breve" }]) {
    const { id } = await server.create(settings);
    const { answer } = await server.ask(id, "one");
    await server.ended(id, answer.id);
    expect((await server.read(id)).settings).toEqual(settings);
  }
  await server.stop();
  expect(seen.filter((prompt) => prompt.endsWith("|user:one"))).toEqual([
    "system:I am Ana.|user:one",
    "system:I am Ana.\n\nSé breve|user:one",
  ]);
  const titles = seen.filter((prompt) => prompt.includes("Write a title"));
  expect(titles.length).toBeGreaterThan(0);
  for (const prompt of titles) expect(prompt).not.toContain("Ana");
});
