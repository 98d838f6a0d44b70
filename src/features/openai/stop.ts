/**
 * Stop strings, for every engine alike: a step that ends the turn before the first of them, also
 * when it arrives in pieces. As many characters as could still belong to one are held back.
 */
import type { Step } from "../../core/turn.ts";

export const stopAtStrings: Step = async function* (turn, next) {
  const { stop = [] } = turn;
  if (stop.length === 0) return yield* next(turn);
  const enough = new AbortController();
  const signal = AbortSignal.any([turn.signal, enough.signal]);
  const filter = stopFilter(stop);
  for await (const delta of next({ ...turn, signal })) {
    if (delta.type === "start") {
      yield delta;
      continue;
    }
    const text = delta.type === "text" ? filter.push(delta.text) : filter.flush();
    if (text !== "") yield { type: "text", text };
    if (filter.stopped) enough.abort();
    if (delta.type !== "finish") continue;
    yield filter.stopped ? { ...delta, finish: { ...delta.finish, reason: "stop" } } : delta;
  }
};

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
      const cuts = stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
      stopped = cuts.length > 0;
      return release(stopped ? Math.min(...cuts) : Math.max(0, held.length - hold));
    },
    flush: () => release(held.length),
  };
}
