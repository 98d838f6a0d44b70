/**
 * One turn: steps -> window -> engine -> deltas. This is the path that every message takes,
 * whether it comes from the page, the API or the terminal.
 */
import { randomInt } from "node:crypto";
import type { Engines } from "./engine.ts";
import type { Delta, Ending, Finish, Message, Turn } from "./types.ts";
import { fitWindow } from "./window.ts";

/** Made once: an abort without a reason makes an error with a stack. */
const OVER = new DOMException("The turn is over.", "AbortError");

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
  return async function* ({ messages, sampling, model, user, extras, signal }) {
    const began = performance.now();
    // However the turn ends, also half-way: its engine is then free for a change of models.
    using turn = new DisposableStack();
    const over = turn.adopt(new AbortController(), (one) => one.abort(OVER));
    const engine = await engines.get(model, AbortSignal.any([signal, over.signal]));
    const { contextWindow } = engine.card;
    const count = (kept: readonly Message[]) => engine.countTokens(kept, extras);
    const fitted = await fitWindow(messages, contextWindow, sampling.maxTokens, count);
    const { messages: kept, ...size } = fitted;
    const seed = sampling.seed ?? randomInt(2 ** 31);
    const reproducible = sampling.seed !== undefined;
    const estimated = !engine.exactCount;
    yield { type: "start", start: { model: engine.card, seed, reproducible, estimated, ...size } };

    const room = Math.max(1, contextWindow - size.promptTokens);
    const exact = { ...sampling, seed, maxTokens: Math.min(sampling.maxTokens, room) };
    const asked = { messages: kept, sampling: exact, reproducible, user, extras, signal };
    let firstTokenAt: number | undefined;
    for await (const piece of engine.generate(asked)) {
      if (piece === "") continue;
      const delta = typeof piece === "string" ? ({ type: "text", text: piece } as const) : piece;
      if (!("type" in delta)) {
        yield { type: "finish", finish: finish(delta, began, firstTokenAt, signal.aborted) };
        return;
      }
      if (delta.type === "text") firstTokenAt ??= performance.now();
      yield delta;
    }
    throw new TypeError("the engine did not say how its answer ended");
  };
}

/** Adds times, in milliseconds on the clock of `performance`, to how the engine ended. */
function finish(ending: Ending, began: number, first: number | undefined, cut: boolean): Finish {
  const now = performance.now();
  const { firstTokenAt = first ?? now, ...rest } = ending;
  const seconds = (now - firstTokenAt) / 1000;
  return {
    ...rest,
    reason: cut ? "cancelled" : ending.reason,
    firstTokenMs: firstTokenAt - began,
    totalMs: now - began,
    tokensPerSecond: seconds > 0 ? Math.max(0, ending.completionTokens - 1) / seconds : 0,
  };
}
