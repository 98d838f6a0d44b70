/**
 * An engine that grants everything, and says what a test tells it to say. Its tokens are words, with
 * ids in the order of their first appearance; every token of an answer has probability 1/2, its one
 * alternative 1/4, and the one after that is impossible.
 */
import type { Engine, Piece, Request } from "../../../src/core/engine.ts";
import type { TokenLogprob, ToolCall } from "../../../src/core/extras.ts";
import type { Text } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";

export interface Toy {
  readonly engine: Engine;
  /** What it was asked, oldest first. */
  readonly asked: Request[];
}

/** Says of texts how they are told: pieces as they are, a string word by word. */
export type Saying = string | Exclude<Piece, string>;

/** @param say what to answer; the ending follows by itself, and earlier where the limit is */
export function toy(say: (request: Request) => readonly Saying[], id = "toy"): Toy {
  const asked: Request[] = [];
  const words: string[] = [];
  const idOf = (word: string) => {
    const known = words.indexOf(word);
    return known >= 0 ? known : words.push(word) - 1;
  };
  const spell = (text: string, logprob: number) => {
    return { id: idOf(text), text, bytes: [...Buffer.from(text)], logprob };
  };
  const token = (text: string, top: number): TokenLogprob => ({
    ...spell(text, Math.log(1 / 2)),
    top: [
      spell(text, Math.log(1 / 2)),
      spell(" or", Math.log(1 / 4)),
      spell(" never", Number.NEGATIVE_INFINITY),
    ].slice(0, top),
  });
  const plain = scripted({ id });
  const engine: Engine = {
    ...plain,
    grants: [
      ...(["logprobs", "logitBias", "presencePenalty", "frequencyPenalty"] as const),
      ...(["topK", "minP", "repeatPenalty", "dry"] as const),
      ...(["grammar", "tools", "adapter", "draw", "raw"] as const),
    ],
    async *generate(request) {
      asked.push(request);
      const { extras, sampling, signal } = request;
      const promptTokens = await plain.countTokens(request.messages);
      let completionTokens = 0;
      const end = (reason: "stop" | "length") =>
        ({ reason, promptTokens, cachedTokens: 2, completionTokens }) as const;
      for (const saying of say(request)) {
        const pieces = typeof saying === "string" ? split(saying) : [saying];
        for (const piece of pieces) {
          await new Promise(setImmediate);
          if (signal.aborted) return yield end("stop");
          if (typeof piece !== "string") {
            yield piece;
            continue;
          }
          if (completionTokens === sampling.maxTokens) return yield end("length");
          completionTokens += 1;
          const { logprobs } = extras ?? {};
          if (logprobs === undefined) yield piece;
          else yield { type: "text", text: piece, tokens: [token(piece, logprobs)] };
        }
      }
      yield end("stop");
    },
    tokenize: async (text) => split(text).map(idOf),
    detokenize: async (ids) => ids.map((one) => words[one] ?? "").join(""),
    async score(text, { top = 0 }) {
      const [first = "", ...rest] = split(text);
      return [{ ...token(first, 0), logprob: null }, ...rest.map((word) => token(word, top))];
    },
    async embed(texts) {
      const vectors = texts.map((text) => {
        const letters = Array.from(
          { length: 26 },
          (_, at) => text.split(String.fromCharCode(97 + at)).length - 1,
        );
        const length = Math.hypot(...letters) || 1;
        return letters.map((count) => count / length);
      });
      return { vectors, promptTokens: texts.reduce((sum, one) => sum + split(one).length, 0) };
    },
  };
  return { engine, asked };
}

export const split = (text: string): string[] => text.match(/\s*\S+|\s+/g) ?? [];

export const calling = (name: string, given: object, id = "call_1"): Text => {
  const toolCall: ToolCall = { id, name, arguments: JSON.stringify(given) };
  return { type: "text", text: "", toolCall };
};
