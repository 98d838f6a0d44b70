/** What is looked up beside the window leaves the window as it is: bounded, whole turns, the same tail. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { askEngine, compose } from "../../../src/core/turn.ts";
import type { Delta, Message, Turn } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { Lookup } from "../../../src/features/recall/lookup.ts";
import { recallStep } from "../../../src/features/recall/step.ts";
import { limitOf, surelyFits } from "../../../src/features/recall/window.ts";

const WORDS = [
  "boat",
  "blue",
  "harbour",
  "aunt",
  "Lisbon",
  "bread",
  "salt",
  "cellar",
  "key",
  "nine",
];
const sentence = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 25 })
  .map((words) => words.join(" "));
/** Questions with their answers, then one more question; a system prompt now and then. */
const history = fc
  .tuple(fc.array(fc.tuple(sentence, sentence), { maxLength: 40 }), sentence, fc.boolean())
  .map(([turns, question, system]): Message[] => [
    ...(system ? [{ role: "system", content: "Be brief." } as const] : []),
    ...turns.flatMap(([asked, told]): Message[] => [
      { role: "user", content: asked },
      { role: "assistant", content: told },
    ]),
    { role: "user", content: question },
  ]);

/** What an engine of this window was asked, and what the turn told. */
async function run(messages: readonly Message[], contextWindow: number, maxTokens: number) {
  let seen: readonly Message[] = [];
  const engine = scripted({
    contextWindow,
    reply(asked) {
      seen = asked;
      return "yes";
    },
  });
  const engines = only(engine);
  const step = recallStep({
    ...{ lookup: new Lookup(), policy: { lookup: true, summaries: true }, house: { engines } },
    looked() {},
  });
  const turn: Turn = {
    ...{ messages, sampling: { temperature: 0, topP: 1, maxTokens }, origin: "page" },
    belongs: { owner: "ana", conversation: "c", messages: messages.map((_, at) => `m${at}`) },
    signal: new AbortController().signal,
  };
  const deltas: Delta[] = [];
  for await (const delta of compose([step], askEngine(engines))(turn)) deltas.push(delta);
  const start = deltas.find((delta) => delta.type === "start");
  const parts = deltas.flatMap((delta) => (delta.type === "text" ? (delta.part ?? []) : []));
  return { seen, start: start?.start, recall: parts.find(({ type }) => type === "recall"), engine };
}

describe("what is looked up", () => {
  test("never takes more than the window has, and leaves whole turns and the question", async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.integer({ min: 120, max: 900 }),
        fc.integer({ min: 1, max: 200 }),
        async (messages, contextWindow, maxTokens) => {
          const { seen, start, recall, engine } = await run(messages, contextWindow, maxTokens);
          const limit = limitOf(contextWindow, maxTokens);
          const whole = await engine.countTokens(messages);
          expect(await engine.countTokens(seen)).toBeLessThanOrEqual(limit);
          expect(start?.droppedMessages).toBe(messages.length - seen.length);
          const question = messages.at(-1)?.content ?? "";
          expect(seen.at(-1)?.content.endsWith(question)).toBe(true);
          expect(seen.filter(({ role }) => role === "system")).toEqual(
            messages.filter(({ role }) => role === "system"),
          );
          const told = seen.filter(({ role }) => role !== "system");
          // A tail of the history, but for what stands before the question.
          expect(told.slice(0, -1)).toEqual(messages.slice(-told.length, -1));
          expect(told[0]?.role).toBe("user");
          if (whole <= limit) {
            expect(seen).toEqual(messages);
            expect(recall).toBeUndefined();
          }
          if (recall?.type !== "recall") return;
          expect(recall.left).toBe(start?.droppedMessages);
          const gone = messages.slice(0, messages.length - told.length);
          for (const { message, said } of recall.passages) {
            expect(gone).toContain(messages[Number(message.slice(1))]);
            for (const { text } of said) expect(seen.at(-1)?.content).toContain(text);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("lets a chat that grows begin alike from question to question", async () => {
    const turns = Array.from({ length: 60 }, (_, at): Message[] => [
      { role: "user", content: `question ${at} about ${WORDS[at % WORDS.length]}` },
      { role: "assistant", content: `answer ${at} ${WORDS.join(" ")}` },
    ]);
    const begins: string[] = [];
    for (let asked = 40; asked < 60; asked++) {
      const last: Message = { role: "user", content: `What of ${WORDS[asked % WORDS.length]}?` };
      const { seen, recall } = await run([...turns.slice(0, asked).flat(), last], 400, 50);
      expect(recall).toMatchObject({ type: "recall" });
      begins.push(seen[0]?.content ?? "");
    }
    // Twenty questions of about twenty-five tokens are less than two windows of 350: eight quarters at most.
    expect(new Set(begins).size).toBeLessThanOrEqual(8);
  });

  test("is not even thought of while all fits for certain", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), fc.nat(4000), (texts, limit) => {
        const messages = texts.map((content): Message => ({ role: "user", content }));
        const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
        expect(surelyFits(messages, limit)).toBe(bytes + 32 * texts.length <= limit);
      }),
    );
  });
});
