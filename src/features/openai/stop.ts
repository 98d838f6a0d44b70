/**
 * Stop strings, for every engine alike: a step that ends the turn before the one that is complete
 * first, however it arrives in pieces. As many characters as could still belong to one are held
 * back, and with them their tokens; a token that is cut in two is not shown.
 */
import type { TokenLogprob } from "../../core/extras.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Text, Turn } from "../../core/types.ts";
import { heldTokens } from "./held.ts";

export const stopAtStrings: Step = (turn, next) =>
  turn.stop?.length ? stopped(turn, turn.stop, next) : next(turn);

async function* stopped(turn: Turn, stop: readonly string[], next: RunTurn): AsyncGenerator<Delta> {
  const enough = new AbortController();
  const signal = AbortSignal.any([turn.signal, enough.signal]);
  const filter = stopFilter(stop);
  const tokens = heldTokens();
  const show = function* (text: string) {
    if (text !== "") yield textDelta(text, tokens.release(text.length));
  };
  for await (const delta of next({ ...turn, signal })) {
    if (filter.stopped && delta.type !== "finish") continue;
    if (delta.type === "text" && !delta.toolCall && delta.reasoning === undefined) {
      tokens.hold(delta);
      yield* show(filter.push(delta.text));
      if (filter.stopped) enough.abort();
      continue;
    }
    // What follows cannot complete a stop: no text does.
    if (delta.type === "text" || delta.type === "finish") yield* show(filter.flush());
    if (delta.type === "finish" && !filter.stopped) {
      const rest = tokens.rest();
      if (rest.length > 0) yield textDelta("", rest);
    }
    const cut = delta.type === "finish" && filter.stopped;
    yield cut ? { ...delta, finish: { ...delta.finish, reason: "stop" } } : delta;
  }
}

const textDelta = (text: string, tokens: readonly TokenLogprob[]): Text =>
  tokens.length > 0 ? { type: "text", text, tokens } : { type: "text", text };

interface StopFilter {
  /** Takes new text and gives what can be shown; nothing any more once `stopped`. */
  push(text: string): string;
  /** What was held back, when no more text comes. */
  flush(): string;
  readonly stopped: boolean;
}

export function stopFilter(stops: readonly string[]): StopFilter {
  const hold = Math.max(0, ...stops.map((stop) => stop.length - 1));
  let held = "";
  let stopped = false;
  const release = (end: number) => {
    const shown = held.slice(0, end);
    held = stopped ? "" : held.slice(end);
    return shown;
  };
  return {
    get stopped() {
      return stopped;
    },
    push(text) {
      if (stopped) return "";
      held += text;
      const [cut] = stops
        .map((stop) => ({ at: held.indexOf(stop), length: stop.length }))
        .filter(({ at }) => at >= 0)
        .toSorted((a, b) => a.at + a.length - b.at - b.length || a.at - b.at);
      stopped = cut !== undefined;
      if (cut) return release(cut.at);
      const end = Math.max(0, held.length - hold);
      // A character of two UTF-16 units stays whole.
      return release(/[\ud800-\udbff]/.test(held.charAt(end - 1)) ? end - 1 : end);
    },
    flush: () => release(held.length),
  };
}
