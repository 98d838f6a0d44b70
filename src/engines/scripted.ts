/**
 * An engine with no weights: it says what it is told to. Tests, benchmarks of the gateway, and
 * work on the page run on it; it is also the shortest example of the engine port.
 *
 * A token is a word with the space before it, or a line break. The prompt's count adds
 * four tokens a message, as a chat template would.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "../core/engine.ts";
import type { EngineLoad } from "../core/extras.ts";
import { type Image, imageTokens } from "../core/images.ts";
import { Thinking } from "../core/thinking.ts";
import type { Message, ModelCard } from "../core/types.ts";
import { Line } from "./scripted-line.ts";

export interface Script {
  readonly id?: string;
  readonly name?: string;
  /** The answer to a prompt, a thought in `<think>` before it or none; by default an echo. */
  readonly reply?: (messages: readonly Message[]) => string;
  /** The tools that it calls before it replies, where some are offered; it knows none if absent. */
  readonly calls?: (messages: readonly Message[], offered: readonly string[]) => readonly Call[];
  /** Whether it is given images. */
  readonly sees?: boolean;
  /** Milliseconds before each token. */
  readonly tokenMs?: number;
  /** Tokens. */
  readonly contextWindow?: number;
  /** Answers at once; others wait in line and are told their place. No limit when absent. */
  readonly slots?: number;
}

/** A tool's name, and its arguments. */
export type Call = readonly [name: string, given: object];

export function scripted(script: Script = {}): Engine & { load(): EngineLoad } {
  const { tokenMs = 0, contextWindow = 8192, reply = echo } = script;
  const { id = "scripted", name = "Scripted engine" } = script;
  const vision = script.sees && { vision: true as const };
  const card: ModelCard = { id, name, contextWindow, device: "no model", ...vision };
  const seen = (images: readonly Image[] = []) =>
    images.reduce((sum, image) => sum + imageTokens(image), 0);
  const count = (messages: readonly Message[]) =>
    messages.reduce(
      (sum, { content, images }) => sum + tokenize(content).length + 4 + seen(images),
      0,
    );
  const line = new Line(script.slots ?? Number.MAX_SAFE_INTEGER);
  const counters = { promptTokens: 0, completionTokens: 0, requests: 0, cancelled: 0 };

  return {
    card,
    exactCount: true,
    countTokens: async (messages) => count(messages),
    close: async () => {},
    grants: [
      ...(["prefill", "raw"] as const),
      ...(script.calls ? (["tools"] as const) : []),
      ...(script.sees ? (["vision"] as const) : []),
    ],
    async *generate({ messages, sampling, extras, signal }) {
      const asked = performance.now();
      const offered = extras?.tools?.list.map(({ name }) => name) ?? [];
      const calls = offered.length > 0 ? (script.calls?.(messages, offered) ?? []) : [];
      const silent = calls.length > 0;
      const answer = silent ? "" : extras?.prefill ? rest(reply, messages) : reply(messages);
      const tokens = tokenize(answer);
      const promptTokens = count(messages);
      let completionTokens = 0;
      counters.requests += 1;
      const admitted = yield* line.enter(signal);
      const began = performance.now();
      let firstAt: number | undefined;
      const thinking = new Thinking();
      try {
        for (const token of admitted ? tokens.slice(0, sampling.maxTokens) : []) {
          if (tokenMs > 0) await sleep(tokenMs, undefined, { signal }).catch(() => {});
          if (signal.aborted) break;
          firstAt ??= performance.now();
          completionTokens += 1;
          counters.completionTokens += 1;
          yield* thinking.push(token);
        }
        yield* thinking.finish();
        for (const [at, [name, given]] of (signal.aborted ? [] : calls).entries()) {
          completionTokens += 1;
          const toolCall = { id: `call_${at}`, name, arguments: JSON.stringify(given) };
          yield { type: "text", text: "", toolCall };
        }
      } finally {
        counters.promptTokens += promptTokens;
        if (signal.aborted) counters.cancelled += 1;
        if (admitted) line.leave(performance.now() - began);
      }
      const full = !signal.aborted && completionTokens < tokens.length;
      const reason = full ? "length" : "stop";
      const now = performance.now();
      firstAt ??= now;
      const timings = {
        queueMs: began - asked,
        prefillMs: firstAt - began,
        decodeMs: now - firstAt,
      };
      yield { reason, promptTokens, cachedTokens: 0, completionTokens, timings };
    },
    load: () => ({
      model: id,
      name,
      slots: script.slots ?? 0,
      busy: line.busy,
      queued: line.queued,
      kvTokens: 0,
      kvUsedTokens: 0,
      counters: { ...counters, cachedTokens: 0, restoredTokens: 0, refused: 0, restarts: 0 },
      memoryBytes: 0,
    }),
  };
}

function tokenize(text: string): readonly string[] {
  return text.match(/\n|[^\S\n]*\S+|[^\S\n]+/g) ?? [];
}

/** What is missing of an answer whose beginning is the last message. */
function rest(reply: NonNullable<Script["reply"]>, messages: readonly Message[]): string {
  const answer = reply(messages.slice(0, -1));
  const begun = messages.at(-1)?.content ?? "";
  return answer.startsWith(begun) ? answer.slice(begun.length) : answer;
}

function echo(messages: readonly Message[]): string {
  return `You said: ${messages.at(-1)?.content ?? ""}`;
}
