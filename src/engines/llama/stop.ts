/**
 * Cuts a stream of text before the first stop string, also when the string arrives in pieces: as
 * many characters as could still belong to one are held back.
 */
export interface StopFilter {
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
