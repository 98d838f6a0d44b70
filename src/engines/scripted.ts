/**
 * An engine with no weights: it says what it is told to. Tests, benchmarks of the gateway, and
 * work on the page run on it; it is also the shortest example of the engine port.
 *
 * A token is a word with the space before it, or a line break. The prompt's count adds
 * four tokens a message, as a chat template would.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "../core/engine.ts";
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

  return {
    card,
    exactCount: true,
    countTokens: async (messages) => count(messages),
    close: async () => {},
    async *generate({ messages, sampling, signal }) {
      const answer = reply(messages);
      const tokens = tokenize(answer);
      let completionTokens = 0;
      for (const token of tokens.slice(0, sampling.maxTokens)) {
        if (tokenMs > 0) await sleep(tokenMs, undefined, { signal }).catch(() => {});
        if (signal.aborted) break;
        completionTokens += 1;
        yield token;
      }
      const full = !signal.aborted && completionTokens < tokens.length;
      const promptTokens = count(messages);
      const reason = full ? "length" : "stop";
      yield { reason, promptTokens, cachedTokens: 0, completionTokens };
    },
  };
}

function tokenize(text: string): readonly string[] {
  return text.match(/\n|[^\S\n]*\S+|[^\S\n]+/g) ?? [];
}

function echo(messages: readonly Message[]): string {
  return `You said: ${messages.at(-1)?.content ?? ""}`;
}
