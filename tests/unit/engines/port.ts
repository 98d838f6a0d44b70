/**
 * The suite that every implementation of the engine port passes. It asks nothing of the answer's
 * content, so that it runs over real models as well as over scripted ones.
 */
import { generateText, streamText } from "ai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine, Piece, Request } from "../../../src/core/engine.ts";
import type { Ending, Message } from "../../../src/core/types.ts";
import { isEnding, textOf, toLanguageModel, toPrompt } from "../../../src/engines/ai-sdk.ts";

export interface Made {
  /** Answers {@link LONG} with at least a few dozen tokens. */
  readonly engine: Engine;
  /** Frees what the engine stands on, after its own `close`. */
  dispose?(): Promise<void>;
}

/** A question whose answer is long, even from a small model. */
const LONG = "Write a long story about an old ship, its captain and a storm.";

const ask = (content: string): Message[] => [{ role: "user", content }];

export function engineSuite(name: string, make: () => Promise<Made>): void {
  describe(`${name} implements the engine port`, () => {
    let made: Made;
    let engine: Engine;
    beforeAll(async () => {
      made = await make();
      engine = made.engine;
    });
    afterAll(async () => {
      await engine.close();
      await made.dispose?.();
    });

    const request = (changes: Partial<Request> = {}, maxTokens = 12): Request => ({
      messages: ask(LONG),
      sampling: { temperature: 0, topP: 1, maxTokens, seed: 7 },
      reproducible: true,
      signal: new AbortController().signal,
      ...changes,
    });

    test("its card says what it is and how much it can hold", () => {
      expect(engine.card.id).not.toBe("");
      expect(engine.card.device).not.toBe("");
      expect(engine.card.contextWindow).toBeGreaterThan(0);
    });

    test("it gives texts and then, last and once, how it ended", async () => {
      const { pieces, text, ending } = await read(engine, request());
      expect(pieces.filter(isEnding)).toEqual([pieces.at(-1)]);
      expect(text).not.toBe("");
      expect(ending.reason).toBe("length");
    });

    test("it counts the prompt as it said beforehand, and the answer up to the limit", async () => {
      const { ending } = await read(engine, request());
      expect(ending.completionTokens).toBe(12);
      expect(ending.promptTokens).toBeGreaterThan(0);
      expect(ending.cachedTokens).toBeLessThanOrEqual(ending.promptTokens);
      const counted = await engine.countTokens(ask(LONG));
      if (engine.exactCount) expect(ending.promptTokens).toBe(counted);
    });

    test("an answer of one token is possible", async () => {
      const { ending } = await read(engine, request({}, 1));
      expect(ending).toMatchObject({ reason: "length", completionTokens: 1 });
    });

    test("the count grows with the prompt", async () => {
      const sizes: number[] = [];
      for (let turns = 1; turns <= 4; turns++) {
        const history = Array.from({ length: turns }, (_, turn): Message[] => [
          { role: "user", content: `Question number ${turn}?` },
          { role: "assistant", content: `Answer number ${turn}.` },
        ]).flat();
        sizes.push(await engine.countTokens([...history, ...ask("And now?")]));
      }
      expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      expect(new Set(sizes).size).toBe(sizes.length);
    });

    test("the same seed gives the same answer", async () => {
      const sampling = { temperature: 0.8, topP: 0.95, maxTokens: 12, seed: 42 };
      const first = await read(engine, request({ sampling }));
      const second = await read(engine, request({ sampling }));
      expect(second.text).toBe(first.text);
    });

    test("aborted in mid-answer it ends soon, with what was written", async () => {
      const abort = new AbortController();
      let text = "";
      let ending: Ending | undefined;
      for await (const piece of engine.generate(request({ signal: abort.signal }, 4000))) {
        if (isEnding(piece)) ending = piece;
        text += textOf(piece);
        if (text !== "") abort.abort();
      }
      expect(text).not.toBe("");
      expect(ending?.completionTokens).toBeGreaterThan(0);
      expect(ending?.completionTokens).toBeLessThan(15);
      expect(ending?.promptTokens).toBeGreaterThan(0);
    });

    test("aborted before it begins it ends with no text", async () => {
      const { text, ending } = await read(engine, request({ signal: AbortSignal.abort() }));
      expect(text).toBe("");
      expect(ending.completionTokens).toBe(0);
    });

    test("one who stops reading can ask again", async () => {
      for await (const _ of engine.generate(request({}, 4000))) break;
      expect((await read(engine, request())).ending.completionTokens).toBe(12);
    });

    test("two answers at once do not mix", async () => {
      const alone = await read(engine, request());
      const both = await Promise.all([read(engine, request()), read(engine, request({}, 5))]);
      expect(both[0].ending.completionTokens).toBe(12);
      expect(both[1].ending.completionTokens).toBe(5);
      expect(alone.text.startsWith(both[1].text)).toBe(true);
    });

    test("text of every script arrives whole", async () => {
      const odd = "¿Qué tal? 你好 \u{1F468}‍\u{1F469}‍\u{1F467} עברית <|im_end|> \r\n\t`code`";
      expect(await engine.countTokens(ask(odd))).toBeGreaterThan(
        await engine.countTokens(ask("a")),
      );
      const { text } = await read(engine, request({ messages: ask(odd) }));
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain("\u{FFFD}");
    });

    test("the AI SDK's generateText runs on it", async () => {
      const result = await generateText({
        model: toLanguageModel(engine),
        instructions: "You are brief.",
        prompt: LONG,
        maxOutputTokens: 8,
        temperature: 0,
      });
      expect(result.text).not.toBe("");
      expect(result.finishReason).toBe("length");
      expect(result.usage.outputTokens).toBe(8);
      expect(result.usage.inputTokens).toBeGreaterThan(0);
    });

    test("the AI SDK's streamText runs on it", async () => {
      const result = streamText({
        model: toLanguageModel(engine),
        prompt: LONG,
        maxOutputTokens: 8,
        temperature: 0,
      });
      const chunks = await Array.fromAsync(result.textStream);
      expect(chunks.length).toBeGreaterThan(1);
      expect(await result.finishReason).toBe("length");
      expect((await result.usage).outputTokens).toBe(8);
    });

    test("what is more than text is refused by name", async () => {
      const model = toLanguageModel(engine);
      const prompt = toPrompt(ask(LONG));
      const picture = { type: "file" as const, mediaType: "image/png", data: new Uint8Array(1) };
      const calls = {
        stopSequences: { prompt, stopSequences: ["."] },
        responseFormat: { prompt, responseFormat: { type: "json" as const } },
        tools: { prompt, tools: [{ type: "function" as const, name: "clock", inputSchema: {} }] },
        "content of type file": { prompt: [{ role: "user" as const, content: [picture] }] },
      };
      for (const [what, call] of Object.entries(calls)) {
        const refusal = { code: "text_only", status: 400, params: { what } };
        await expect(
          model.doGenerate(call as Parameters<typeof model.doGenerate>[0]),
        ).rejects.toMatchObject(refusal);
      }
    });

    test("closed, answers that still run end with an error or an ending", async () => {
      const { engine, dispose } = await make();
      const running = engine.generate(request({}, 4000))[Symbol.asyncIterator]();
      await running.next();
      await engine.close();
      const rest = async () => {
        for (let next = await running.next(); !next.done; next = await running.next());
      };
      // What counts is that it does not hang.
      await rest().catch((thrown) => expect(thrown).toBeInstanceOf(Error));
      await dispose?.();
    });
  });
}

export async function read(
  engine: Engine,
  request: Request,
): Promise<{ pieces: Piece[]; text: string; ending: Ending }> {
  const pieces = await Array.fromAsync(engine.generate(request));
  const text = pieces.map(textOf).join("");
  const ending = pieces.find(isEnding);
  if (!ending) throw new TypeError("the engine did not say how its answer ended");
  return { pieces, text, ending };
}
