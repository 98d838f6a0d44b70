/** The loop over tools, in the whole product: what it does, what it stores, and how it ends. */
import { describe, expect, test } from "vitest";
import { DEFAULT_SAMPLING, type Delta, type Message, type Turn } from "../../../src/core/types.ts";
import { loopStep } from "../../../src/features/tools/loop.ts";
import { type Json, oneByOne, start } from "./product.ts";

const typesOf = ({ parts = [] }: Json) => parts.map(({ type }: Json) => type);

describe("an answer with tools", () => {
  test("calls, reads what came of it, and answers; all of it is stored and shown", async () => {
    const place = await start(oneByOne(["calculate", { expression: "6 * 7" }]));
    const chat = await place.chat(["calculate"]);
    const answer = await place.ask(chat, "How much is it?");
    expect(answer).toMatchObject({
      status: "done",
      content: expect.stringMatching(/^Done: .*42/s),
    });
    expect(answer.parts).toEqual([
      {
        type: "call",
        id: expect.any(String),
        name: "calculate",
        arguments: '{"expression":"6 * 7"}',
        at: 0,
      },
      { type: "result", call: answer.parts[0].id, text: "42", labels: [] },
    ]);
    expect(answer.details.agent).toEqual({ steps: 2, calls: 1, ended: "answered" });
  });

  test("is told to the model again in the next question, each text at its place", async () => {
    const seen: (readonly Message[])[] = [];
    const script = oneByOne(["read_mail", {}], ["calculate", { expression: "1 + 1" }]);
    const place = await start({
      ...script,
      reply: (messages) => {
        seen.push(messages);
        return "Read.";
      },
    });
    const chat = await place.chat(["read_mail", "calculate"]);
    const first = await place.ask(chat, "Look");
    const second = await place.ask(chat, "And again", first.id);
    expect(typesOf(second)).toEqual(["call", "result", "call", "result"]);
    const last = seen.at(-1) ?? [];
    const names = last.flatMap(({ toolCalls = [] }) => toolCalls.map(({ name }) => name));
    expect(names).toEqual(["read_mail", "calculate", "read_mail", "calculate"]);
    const foreign = last.filter(({ content }) => content.includes("Lunch at two?"));
    // Marked by the guard, which is told where it comes from.
    expect(
      foreign.every(({ content }) => /\^[0-9a-f]{10} begin of tool read_mail/.test(content)),
    ).toBe(true);
    expect(second.details.guard.sources).toContainEqual({ kind: "tool", name: "read_mail" });
  });

  test("gets a failure, wrong arguments and unknown names as words", async () => {
    const place = await start(
      oneByOne(
        ["calculate", { expression: "1 / 0" }],
        ["calculate", { sum: 1 }],
        ["delete_all", {}],
        ["nothing_like_it", {}],
      ),
    );
    const chat = await place.chat(["calculate"]);
    const answer = await place.ask(chat, "Try");
    const results = answer.parts.filter(({ type }: Json) => type === "result");
    expect(results.map(({ text }: Json) => text)).toEqual([
      expect.stringContaining("no finite result"),
      expect.stringContaining("expression"),
      expect.stringContaining("There is no tool of this name that may be used here"),
      expect.stringContaining("There are: calculate."),
    ]);
    expect(results.every(({ failed }: Json) => failed)).toBe(true);
    expect(place.called).toEqual([]);
  });

  test("ends when its steps are used up, and goes on when its person wants more", async () => {
    const place = await start(
      {
        calls: (messages) =>
          messages.filter(({ toolCallId }) => toolCallId).length < 5
            ? [["calculate", { expression: "1" }]]
            : [],
        reply: () => "Enough.",
      },
      { policy: "[tools]\nsteps = 3\n" },
    );
    const chat = await place.chat(["calculate"]);
    const answer = await place.ask(chat, "Go");
    expect(answer.details.agent).toEqual({ steps: 3, calls: 3, ended: "steps" });
    const more = await place.goOn(chat, answer.id);
    expect(more).toMatchObject({ content: "Enough.", details: { agent: { ended: "answered" } } });
    expect(typesOf(more).filter((type: string) => type === "call")).toHaveLength(5);
  });

  test("ends when its tokens are", async () => {
    const place = await start({ calls: () => [["calculate", { expression: "1" }]] });
    const chat = await place.chat(["calculate"], { maxTokens: 4 });
    const answer = await place.ask(chat, "Go");
    expect(answer.details.agent).toMatchObject({ steps: 4, ended: "tokens" });
  });

  test("can be stopped in a tool, and says so", async () => {
    const place = await start(oneByOne(["wait_for_ever", {}]));
    const chat = await place.chat(["wait_for_ever"]);
    const path = `/api/conversations/${chat}`;
    const { answer } = await place.must("POST", `${path}/turns`, {
      content: "Run",
      parentId: null,
    });
    await expect
      .poll(async () => typesOf((await place.must("GET", path)).messages[1]), { timeout: 60_000 })
      .toEqual(["call"]);
    const stopped = await place.must("POST", `${path}/messages/${answer.id}/stop`);
    expect(stopped).toMatchObject({ status: "stopped", details: { agent: { ended: "stopped" } } });
  });

  test("is one of a model without tools where none are allowed", async () => {
    const place = await start({ reply: () => "Plain." });
    const chat = await place.chat([]);
    expect(await place.ask(chat, "Hello")).toMatchObject({ content: "Plain." });
    const other = await place.chat(["calculate"]);
    const turns = `/api/conversations/${other}/turns`;
    const { status, body } = await place.call("POST", turns, { content: "Hello", parentId: null });
    expect([status, body.error.code]).toEqual([400, "tools_need_another"]);
  });

  test("offers what the policy and the chat allow, and no more", async () => {
    const offered: string[][] = [];
    const place = await start(
      {
        calls: (_, names) => {
          offered.push([...names]);
          return [];
        },
      },
      { policy: '[tools]\nallow = ["calc*", "read_mail"]\nweb = true\n' },
    );
    const { items } = await place.must("GET", "/api/tools");
    expect(items.map(({ name }: Json) => name)).toEqual(["calculate", "read_mail"]);
    const chat = await place.chat(["calculate", "read_page", "delete_all"]);
    await place.ask(chat, "Hello");
    expect(offered).toEqual([["calculate"]]);
  });
});

test("a chat that is brought along has no tools, and its results count as foreign", async () => {
  const place = await start(oneByOne(["calculate", { expression: "1" }]));
  const chat = await place.chat(["calculate"]);
  await place.ask(chat, "Go");
  const file = await place.must("GET", `/api/conversations/${chat}/export?format=json`);
  expect(JSON.stringify(file)).toContain('"labels":[]');
  const { imported } = await place.must("POST", "/api/conversations/import", file);
  const copy = await place.must("GET", `/api/conversations/${imported[0].id}`);
  expect(copy.settings.tools).toBeUndefined();
  expect(JSON.stringify(copy.messages)).not.toContain("labels");
});

test("a key that asks in a chat makes Charla call nothing", async () => {
  const asked: Turn[] = [];
  const next = async function* (turn: Turn): AsyncGenerator<Delta> {
    asked.push(turn);
    yield* [];
  };
  const turn: Turn = {
    ...{ messages: [{ role: "user", content: "Go" }], sampling: DEFAULT_SAMPLING },
    ...{ origin: "page", tools: ["calculate"], belongs: { owner: "ana", conversation: "c" } },
    asker: { id: "ana", role: "member", via: "key", credential: "k" },
    signal: new AbortController().signal,
  };
  for await (const _ of loopStep({} as never, {} as never)(turn, next));
  expect(asked).toMatchObject([{ messages: turn.messages }]);
  expect([asked[0]?.tools, asked[0]?.extras]).toEqual([undefined, undefined]);
});
