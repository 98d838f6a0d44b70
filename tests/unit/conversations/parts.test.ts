/** What is more than text: kept beside an answer and sealed, and never taken for a part of it. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Part } from "../../../src/core/parts.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import type { ExportFile, StreamEvent } from "../../../src/features/conversations/api.ts";
import { Growing, news } from "../../../src/features/conversations/growing.ts";
import { serveTemporarily, temporaryHome, until } from "./home.ts";
import { serve, type TestServer } from "./server.ts";

let server: TestServer;
afterEach(() => server?.stop());

const SECRET = "Xochimilco-7f3a";

const thinking = (tokenMs = 0) => {
  const asked: (readonly Message[])[] = [];
  const reply = (messages: readonly Message[]) => {
    asked.push(messages);
    return `<think>\nThe user names ${SECRET}. Twelve words more to take a while here.\n</think>\n\nGood day.`;
  };
  return { asked, engine: scripted({ tokenMs, reply }) };
};

const THOUGHT = `The user names ${SECRET}. Twelve words more to take a while here.\n`;

describe("a thought", () => {
  it("is stored with its time beside the answer, sealed, and never sent back", async () => {
    const { asked, engine } = thinking(1);
    server = await serveTemporarily(engine);
    const { id } = await server.create();
    const first = await server.ask(id, "Hello there");
    const ended = await server.ended(id, first.answer.id);
    expect(ended.content).toBe("Good day.");
    const parts = [{ type: "reasoning", text: THOUGHT, ms: expect.any(Number) }];
    expect(ended.parts).toEqual(parts);
    const read = (await server.read(id)).messages;
    expect(read.map((message) => message.parts)).toEqual([undefined, ended.parts]);
    expect(JSON.stringify(await server.db.selectFrom("message").selectAll().execute())).not.toMatch(
      /Xochimilco|reasoning/,
    );

    await server.ended(id, (await server.ask(id, "And again", first.answer.id)).answer.id);
    expect(JSON.stringify(asked)).not.toContain(SECRET);
    expect(await server.search(SECRET)).toEqual([]);
  });

  it("is told to whoever comes in the middle of it, from its beginning on", async () => {
    server = await serveTemporarily(thinking(5).engine);
    const { id } = await server.create();
    const { answer } = await server.ask(id, "Hello there");
    await until(async () => {
      const stored = (await server.read(id)).messages[1]?.parts?.[0];
      return stored?.type === "reasoning" && stored.text !== "" ? stored : undefined;
    });
    const come: StreamEvent[] = await Array.fromAsync(server.events(id, answer.id));
    const thought = come.flatMap((event) => {
      if (event.type === "part" && event.part.type === "reasoning") return event.part.text;
      return event.type === "more" ? event.text : [];
    });
    expect(thought.join("")).toBe(THOUGHT);
    expect(come.filter(({ type }) => type === "part")).toHaveLength(1);
    const late = await Array.fromAsync(server.events(id, answer.id));
    expect(late.map(({ type }) => type)).toEqual(["start", "part", "text", "end"]);
  });

  it("stays when the answer is stopped in it", async () => {
    const home = await temporaryHome();
    server = await serve(home, thinking(20).engine);
    const { id } = await server.create();
    const { answer } = await server.ask(id, "Hello there");
    for await (const event of server.events(id, answer.id)) if (event.type === "part") break;
    await server.call("POST", `/api/conversations/${id}/messages/${answer.id}/stop`);
    const { content, status, parts } = (await server.read(id)).messages[1] ?? {};
    expect({ content, status }).toEqual({ content: "", status: "stopped" });
    expect(parts).toEqual([
      { type: "reasoning", text: expect.stringMatching(/^The/), ms: expect.any(Number) },
    ]);
    // An answer that is only a thought is none: the next prompt leaves it out.
    const next = await server.ask(id, "Go on", answer.id);
    expect(next.answer.parentId).toBe(next.question.id);
  });

  it("leaves the Markdown that people read, and the snapshot behind a link", async () => {
    server = await serve(await temporaryHome(), thinking().engine, [], { enabled: true });
    const { id } = await server.create();
    await server.ended(id, (await server.ask(id, "Hello there")).answer.id);
    const { body } = await server.call("GET", `/api/conversations/${id}/export?format=markdown`);
    expect(body).toContain("Good day.");
    expect(body).not.toContain(SECRET);
    const { body: shared } = await server.call("POST", `/api/conversations/${id}/shares`, {
      days: 1,
    });
    const link = await server.call("POST", "/api/shared", { token: shared.token });
    expect(link.body.messages[1].content).toBe("Good day.");
    expect(JSON.stringify(link.body)).not.toContain(SECRET);
  });
});

const DATE = "2026-01-02T03:04:05.678Z";

function file(parts: unknown): unknown {
  const common = { createdAt: DATE, status: "done", details: null, error: null };
  const messages = [
    { ...common, id: "q", parentId: null, role: "user", content: "Question" },
    { ...common, id: "a", parentId: "q", role: "assistant", content: "Answer", parts },
  ];
  const one = {
    ...{ id: "c", title: "Title", titleSource: "user", pinned: false, createdAt: DATE },
    ...{ updatedAt: DATE, settings: {}, currentId: "a", messages },
  };
  return { format: "charla.conversations", version: 1, exportedAt: DATE, conversations: [one] };
}

const KNOWN = [
  { type: "reasoning", text: "Hm.", ms: 8000 },
  { type: "call", id: "1", name: "weather", arguments: '{"place":"Lugo"}' },
  { type: "result", call: "1", text: "Rain.", failed: false },
  { type: "citation", source: "https://example.org", quote: "It rains." },
  { type: "summary", text: "They spoke of rain.", of: 12 },
  { type: "image", digest: "0".repeat(64), media: "image/png", bytes: 3, name: "rain.png" },
];
const UNKNOWN = [
  { type: "map", at: [42.9, -7.6], deep: { list: [null, true, { text: "Lugo" }] } },
  { type: "constructor", text: "not of ours" },
  { ...KNOWN[0], signature: "a field of later years" },
];

describe("an import", () => {
  const take = async (parts: unknown) =>
    server.call("POST", "/api/conversations/import", file(parts));

  it("keeps the parts that are known and those that nobody here knows", async () => {
    server = await serveTemporarily();
    const { body } = await take([...KNOWN, ...UNKNOWN]);
    const path = `/api/conversations/${body.imported[0].id}/export`;
    const again: ExportFile = (await server.call("GET", path)).body;
    expect(again.conversations[0]?.messages[1]?.parts).toEqual([...KNOWN, ...UNKNOWN]);
    expect((await server.call("POST", "/api/conversations/import", again)).status).toBe(200);
  });

  it("refuses by its place a part that is not what it says", async () => {
    server = await serveTemporarily();
    for (const wrong of [
      { text: "of no type" },
      { type: "reasoning" },
      { ...KNOWN[5], bytes: -1 },
    ]) {
      const { status, body } = await take([KNOWN[0], wrong]);
      expect([status, body.error.param]).toEqual([
        400,
        expect.stringContaining("messages[1].parts[1]"),
      ]);
    }
  });

  it("takes the texts of every part through the intake, and leaves codes alone", async () => {
    const masking = {
      intake: async ({ text }: { readonly text: string }) => text.replaceAll(/[01]/g, "#"),
    };
    server = await serve(await temporaryHome(), scripted(), [masking]);
    const call = { type: "call", id: "1", name: "n1", arguments: '{"a":"1"}' };
    const { body } = await take([call, KNOWN[5], { type: "map", deep: [{ id: "1" }, 1] }]);
    const { messages } = await server.read(body.imported[0].id);
    expect(messages[1]?.parts).toEqual([
      { ...call, name: "n#", arguments: '{"a":"#"}' },
      KNOWN[5],
      { type: "map", deep: [{ id: "#" }, 1] },
    ]);
  });
});

it("a reader of a growing message knows all of it, whenever it looks", () => {
  const step = fc.oneof(
    fc.record({ think: fc.string({ unit: "binary" }) }),
    fc.record({ write: fc.string() }),
    fc.record({ call: fc.string() }),
    fc.constant({ look: true }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const growing = new Growing();
      let told: readonly Part[] = [];
      const heard: Part[] = [];
      const look = () => {
        for (const event of news(told, growing.parts)) {
          if (event.type === "part") heard[event.at] = event.part;
          if (event.type !== "more") continue;
          const { at, text, ms } = event;
          const before = heard[at] as Extract<Part, { type: "reasoning" }>;
          heard[at] = { ...before, text: before.text + text, ...(ms !== undefined && { ms }) };
        }
        told = growing.parts;
        expect(heard).toEqual(told);
      };
      for (const one of steps) {
        if ("think" in one) growing.think(one.think);
        else if ("write" in one) growing.write(one.write);
        else if ("call" in one)
          growing.add({ type: "call", id: one.call, name: "", arguments: "" });
        else look();
      }
      growing.settle();
      look();
      // Each thought but the running one says how long it took.
      expect(heard.every((part) => part.type !== "reasoning" || part.ms !== undefined)).toBe(true);
    }),
  );
});
