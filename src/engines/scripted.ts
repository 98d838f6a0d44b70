/**
 * An engine with no weights: it says what it is told to. Tests, benchmarks of the gateway, and
 * work on the page run on it; it is also the shortest example of the engine port.
 *
 * A token is a word with the space before it, or a line break. The prompt's count adds
 * four tokens a message, as a chat template would.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { type Engine, fromPrompt, textEngine } from "../core/engine.ts";
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

  const extras = {
    card,
    exactCount: true,
    countTokens: async (prompt: LanguageModelV4Prompt) => count(fromPrompt(prompt)),
    close: async () => {},
  };
  return textEngine("scripted", extras, async function* (options) {
    const { prompt, maxOutputTokens = Infinity, stopSequences = [], abortSignal } = options;
    const messages = fromPrompt(prompt);
    const answer = reply(messages);
    const stops = stopSequences.map((stop) => answer.indexOf(stop)).filter((at) => at >= 0);
    const tokens = tokenize(answer.slice(0, Math.min(...stops, Infinity)));
    let written = 0;
    for (const token of tokens.slice(0, maxOutputTokens)) {
      if (tokenMs > 0) await sleep(tokenMs, undefined, { signal: abortSignal }).catch(() => {});
      if (abortSignal?.aborted) break;
      written += 1;
      yield token;
    }
    const total = count(messages);
    const full = !abortSignal?.aborted && written < tokens.length;
    yield {
      type: "finish",
      finishReason: { unified: full ? "length" : "stop", raw: undefined },
      usage: {
        inputTokens: { total, noCache: total, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: written, text: written, reasoning: 0 },
      },
    };
  });
}

function tokenize(text: string): readonly string[] {
  return text.match(/\n|[^\S\n]*\S+|[^\S\n]+/g) ?? [];
}

function echo(messages: readonly Message[]): string {
  return `You said: ${messages.at(-1)?.content ?? ""}`;
}
