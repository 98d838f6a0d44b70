/**
 * One turn: window -> steps -> engine -> deltas. This is the path that every message takes,
 * whether it comes from the page, the API or the terminal.
 */
import { randomInt } from "node:crypto";
import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { type Engine, type Engines, toPrompt } from "./engine.ts";
import { CharlaError } from "./errors.ts";
import type { Delta, Finish, Start, Turn } from "./types.ts";
import { fitWindow } from "./window.ts";

export type RunTurn = (turn: Turn) => AsyncIterable<Delta>;

/**
 * A layer around every turn. It may change what goes in (by calling `next` with another turn),
 * what comes out (by changing the deltas), or answer by itself (by not calling `next`).
 */
export type Step = (turn: Turn, next: RunTurn) => AsyncIterable<Delta>;

/** The first step is the outermost: it sees the turn first and the answer last. */
export function compose(steps: readonly Step[], innermost: RunTurn): RunTurn {
  return steps.reduceRight<RunTurn>((next, step) => (turn) => step(turn, next), innermost);
}

/** The innermost layer: asks the engine. */
export function askEngine(engines: Engines): RunTurn {
  return async function* (turn) {
    const began = performance.now();
    const { sampling, signal } = turn;
    const engine = await engines.get(turn.model, signal);
    const { contextWindow } = engine.card;
    const window = await fitWindow(turn.messages, contextWindow, sampling.maxTokens, (messages) =>
      engine.countTokens(toPrompt(messages)),
    );
    const { promptTokens, droppedMessages } = window;
    const seed = sampling.seed ?? randomInt(2 ** 31);
    const estimated = !engine.exactCount;
    const start = { model: engine.card, seed, promptTokens, estimated, droppedMessages };
    const { stream } = await engine.doStream({
      prompt: toPrompt(window.messages),
      temperature: sampling.temperature,
      topP: sampling.topP,
      maxOutputTokens: Math.min(sampling.maxTokens, Math.max(1, contextWindow - promptTokens)),
      stopSequences: [...(sampling.stop ?? [])],
      seed,
      abortSignal: signal,
      providerOptions: { charla: { reproducible: sampling.seed !== undefined } },
    });
    yield* toDeltas(stream, engine, start, began, signal);
  };
}

async function* toDeltas(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  engine: Engine,
  start: Start,
  began: number,
  signal: AbortSignal,
): AsyncGenerator<Delta> {
  let firstTokenAt: number | undefined;
  for await (const part of stream) {
    if (part.type === "stream-start") {
      yield { type: "start", start };
    } else if (part.type === "text-delta" && part.delta !== "") {
      firstTokenAt ??= performance.now();
      yield { type: "text", text: part.delta };
    } else if (part.type === "error") {
      throw part.error;
    } else if (part.type === "finish") {
      const now = performance.now();
      const { inputTokens, outputTokens } = part.usage;
      const completionTokens = outputTokens.total ?? 0;
      const decodeMs = now - (firstTokenAt ?? now);
      const finish: Finish = {
        reason: signal.aborted ? "cancelled" : finishReason(part.finishReason.unified),
        promptTokens: inputTokens.total || start.promptTokens,
        cachedTokens: inputTokens.cacheRead ?? 0,
        completionTokens,
        firstTokenMs: (firstTokenAt ?? now) - began,
        totalMs: now - began,
        tokensPerSecond: decodeMs > 0 ? (Math.max(0, completionTokens - 1) * 1000) / decodeMs : 0,
      };
      yield { type: "finish", finish };
      return;
    }
  }
  throw new CharlaError("engine_stopped", {
    status: 503,
    message: "The engine {engine} stopped in the middle of an answer.",
    hint: "Ask again; the part that was written is kept.",
    params: { engine: engine.provider },
  });
}

function finishReason(reason: string): "stop" | "length" {
  return reason === "length" ? "length" : "stop";
}
