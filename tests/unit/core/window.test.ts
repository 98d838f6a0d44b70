import fc from "fast-check";
import { expect, test } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Message } from "../../../src/core/types.ts";
import { fitWindow } from "../../../src/core/window.ts";

const size = (messages: readonly Message[]) =>
  messages.reduce((sum, { content }) => sum + content.length + 4, 0);
const count = async (messages: readonly Message[]) => size(messages);

/** The history as a list of turns; what stands before the first question belongs to it. */
function turnsOf(messages: readonly Message[]): Message[][] {
  const turns: Message[][] = [[]];
  let asked = false;
  for (const message of messages.filter(({ role }) => role !== "system")) {
    if (message.role === "user" && asked) turns.push([]);
    asked ||= message.role === "user";
    turns.at(-1)?.push(message);
  }
  return turns;
}

let serial = 0;
const message = fc
  .record({
    role: fc.constantFrom("system" as const, "user" as const, "assistant" as const),
    length: fc.nat(40),
  })
  // Every content is unlike the others, so that an order can be seen.
  .map(({ role, length }): Message => ({ role, content: `${serial++}${"x".repeat(length)}` }));
const history = fc
  .tuple(fc.array(message, { maxLength: 25 }), fc.nat(40))
  .map(([before, length]): Message[] => [
    ...before,
    { role: "user", content: `?${"x".repeat(length)}` },
  ]);
const contextWindow = fc.integer({ min: 1, max: 900 });
const answerTokens = fc.integer({ min: 1, max: 900 });

test("any history: what stays is a tail of whole turns, cut by the quarter window", async () => {
  await fc.assert(
    fc.asyncProperty(history, contextWindow, answerTokens, async (messages, context, answer) => {
      const limit = context - Math.min(answer, Math.floor(context / 2));
      const turns = turnsOf(messages);
      // Slow and obvious: tries every tail, the longest first, each message in its place.
      const tails = turns.map((_, from) => {
        const kept = new Set(turns.slice(from).flat());
        return messages.filter((one) => one.role === "system" || kept.has(one));
      });
      const fits = tails.filter((tail) => size(tail) <= limit);
      // What falls out amounts to whole quarters, unless only the last turn is left then.
      const [over, step] = [size(messages) - limit, Math.ceil(limit / 4)];
      const least = over <= 0 ? 0 : Math.ceil(over / step) * step;
      const small = fits.find((tail) => size(messages) - size(tail) >= least);
      const expected = small ?? fits.at(-1);

      const run = () => fitWindow(messages, context, answer, count);
      if (!expected) {
        const least = size(tails.at(-1) ?? []);
        await expect(run()).rejects.toMatchObject({
          code: "context_length_exceeded",
          params: { promptTokens: least, limit, contextWindow: context },
        });
        return;
      }
      const window = await run();
      expect(window.messages).toEqual(expected);
      expect(window.promptTokens).toBe(size(expected));
      expect(window.droppedMessages).toBe(messages.length - expected.length);
      expect(await run()).toEqual(window);
    }),
    { numRuns: 1000 },
  );
});

test("any history that fits: the last question and every system message stay", async () => {
  await fc.assert(
    fc.asyncProperty(history, contextWindow, answerTokens, async (messages, context, answer) => {
      const window = await fitWindow(messages, context, answer, count).catch((thrown) => {
        expect(thrown).toBeInstanceOf(CharlaError);
        return undefined;
      });
      if (!window) return;
      expect(window.messages.at(-1)).toBe(messages.at(-1));
      const system = messages.filter(({ role }) => role === "system");
      expect(window.messages.filter(({ role }) => role === "system")).toEqual(system);
      // Room for the answer: all that was asked for, or half of the window.
      const room = context - window.promptTokens;
      expect(room).toBeGreaterThanOrEqual(Math.min(answer, Math.floor(context / 2)));
    }),
    { numRuns: 500 },
  );
});

test("a growing history keeps its beginning for a quarter of the window", async () => {
  const turn = (n: number): Message[] => [
    { role: "user", content: `question ${n}` },
    { role: "assistant", content: `answer ${n}` },
  ];
  const starts: string[] = [];
  for (let turns = 1; turns <= 200; turns++) {
    const past = Array.from({ length: turns }, (_, n) => turn(n)).flat();
    const window = await fitWindow([...past, ...turn(turns).slice(0, 1)], 1000, 200, count);
    starts.push(window.messages[0]?.content ?? "");
  }
  // A turn takes about 30 of the 800 there are, so a quarter is reached every six or seven turns.
  expect(new Set(starts).size).toBeLessThan(200 / 5);
  expect(new Set(starts).size).toBeGreaterThan(200 / 10);
});

test("a long history is counted a few times, not once a turn", async () => {
  const turn: Message[] = [
    { role: "user", content: "question" },
    { role: "assistant", content: "answer" },
  ];
  const messages = [...Array<Message[]>(5000).fill(turn).flat(), ...turn.slice(0, 1)];
  let counts = 0;
  const window = await fitWindow(messages, 4096, 512, async (kept) => {
    counts += 1;
    return size(kept);
  });
  expect(counts).toBeLessThan(20);
  expect(window.promptTokens).toBeGreaterThan(3000);
});

test("a message alone that is too long is refused with the counts", async () => {
  const messages: Message[] = [
    { role: "user", content: "short" },
    { role: "assistant", content: "short" },
    { role: "user", content: "x".repeat(996) },
  ];
  const error = await fitWindow(messages, 1024, 256, count).catch((thrown) => thrown);
  expect(error).toMatchObject({ status: 400, param: "messages", retryable: false });
  expect(error.message).toContain("1000 tokens");
  expect(error.message).toContain("768");
  expect(error.message).toContain("1024");
});

test("what a tool answered stays with its call and its question", async () => {
  const call = { id: "1", name: "clock", arguments: "{}" };
  const messages: Message[] = [
    { role: "user", content: "x".repeat(300) },
    { role: "assistant", content: "x".repeat(300) },
    { role: "user", content: "What time is it?" },
    { role: "assistant", content: "", toolCalls: [call] },
    { role: "user", content: "x".repeat(300), toolCallId: "1" },
  ];
  const window = await fitWindow(messages, 1024, 256, count);
  expect(window.messages).toEqual(messages.slice(2));
  // Also where the three together are too long.
  const long = messages.with(2, { role: "user", content: "x".repeat(700) });
  await expect(fitWindow(long, 1024, 256, count)).rejects.toMatchObject({
    code: "context_length_exceeded",
  });
});
