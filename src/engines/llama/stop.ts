/**
 * Cuts a stream of text before the first stop string, also when the string arrives in pieces: the
 * tail that could still become one is held back.
 */

export interface StopFilter {
  /** Takes new text and gives what can be shown. Afterwards `stopped` tells if a stop was met. */
  push(text: string): string;
  /** What was held back, when no more text comes. */
  flush(): string;
  readonly stopped: boolean;
}

export function stopFilter(stops: readonly string[]): StopFilter {
  let held = "";
  let stopped = false;
  return {
    get stopped() {
      return stopped;
    },
    push(text) {
      held += text;
      const cuts = stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
      stopped = cuts.length > 0;
      const safe = stopped ? Math.min(...cuts) : held.length - partial(held, stops);
      const shown = held.slice(0, safe);
      held = stopped ? "" : held.slice(safe);
      return shown;
    },
    flush() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}

/** Length of the longest end of the text that begins one of the stops. */
function partial(text: string, stops: readonly string[]): number {
  const longest = Math.max(0, ...stops.map((stop) => stop.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    if (stops.some((stop) => stop.startsWith(text.slice(-length)))) return length;
  }
  return 0;
}
