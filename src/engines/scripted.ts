/**
 * An engine with no weights: it says what it is told to. Tests, benchmarks of the gateway, and
 * work on the page run on it; it is also the shortest example of the engine port.
 *
 * A token is a word with the space before it, or a line break. The prompt's count adds
 * four tokens a message, as a chat template would.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { collect, type Engine, fromPrompt, toStream } from "../core/engine.ts";
import type { Message, ModelCard } from "../core/types.ts";

export interface Script {
  readonly id?: string;
  /** The answer to a prompt; by default the last message in other words. */
  readonly reply?: (messages: readonly Message[]) => string;
  /** Milliseconds before each token. */
  readonly tokenMs?: number;
  /** Tokens. */
  readonly contextWindow?: number;
}

export function scripted(script: Script = {}): Engine {
  const { tokenMs = 0, contextWindow = 8192, id = "scripted", reply = echo } = script;
  const card: ModelCard = { id, name: "Scripted engine", contextWindow, device: "no model" };
  const count = (messages: readonly Message[]) =>
    messages.reduce((sum, { content }) => sum + tokenize(content).length + 4, 0);

  const engine: Engine = {
    specificationVersion: "v4",
    provider: "scripted",
    modelId: id,
    supportedUrls: {},
    card,
    exactCount: true,
    countTokens: async (prompt) => count(fromPrompt(prompt)),
    doGenerate: async (options) => collect(await engine.doStream(options)),
    async doStream({ prompt, maxOutputTokens = Infinity, stopSequences = [], abortSignal }) {
      const messages = fromPrompt(prompt);
      const stops = stopSequences
        .map((stop) => reply(messages).indexOf(stop))
        .filter((at) => at >= 0);
      const all = tokenize(reply(messages).slice(0, Math.min(...stops, Infinity)));
      const tokens = all.slice(0, maxOutputTokens);

      async function* parts() {
        let written = 0;
        for (const token of tokens) {
          if (tokenMs > 0) await sleep(tokenMs, undefined, { signal: abortSignal }).catch(() => {});
          if (abortSignal?.aborted) break;
          written += 1;
          yield token;
        }
        const prompt = count(messages);
        yield {
          type: "finish" as const,
          finishReason: {
            unified: written < all.length ? ("length" as const) : ("stop" as const),
            raw: undefined,
          },
          usage: {
            inputTokens: { total: prompt, noCache: prompt, cacheRead: 0, cacheWrite: 0 },
            outputTokens: { total: written, text: written, reasoning: 0 },
          },
        };
      }
      return { stream: toStream(parts()) };
    },
    close: async () => {},
  };
  return engine;
}

function tokenize(text: string): readonly string[] {
  return text.match(/\n|[^\S\n]*\S+|[^\S\n]+/g) ?? [];
}

function echo(messages: readonly Message[]): string {
  return `You said: ${messages.at(-1)?.content ?? ""}`;
}
