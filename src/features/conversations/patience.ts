/**
 * Busy is not refused to a person: a question that an engine has no room for waits, and is asked
 * again by itself until the engine takes it, its person stops it, or the server ends.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { CharlaError } from "../../core/errors.ts";
import type { Delta } from "../../core/types.ts";

/** A wait that is longer than this is no queue: it is told as an error. In seconds. */
const LONGEST = 600;
/** Nothing is asked again sooner, in seconds: to read a prompt costs something each time. */
const SHORTEST = 1;

/** The engine has no room, and is asked again after so many seconds. */
export interface Busy {
  readonly type: "busy";
  readonly seconds: number;
}

/**
 * The deltas of a turn, begun anew as often as it is refused before its first text.
 *
 * @param ask begins it
 * @param mayWait whether this one may, too: what waits is cheap to send
 * @throws whatever else the turn fails with, or the signal's reason
 */
export async function* patiently(
  ask: () => AsyncIterable<Delta>,
  mayWait: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Delta | Busy> {
  for (;;) {
    let begun = false;
    try {
      for await (const delta of ask()) {
        if (delta.type === "text") begun = true;
        yield delta;
      }
      return;
    } catch (thrown) {
      const seconds = begun || signal.aborted ? undefined : pauseFor(thrown);
      if (seconds === undefined || !mayWait()) throw thrown;
      yield { type: "busy", seconds };
      await sleep(seconds * 1000, undefined, { signal });
    }
  }
}

/** Undefined for what no wait of some minutes can help. */
function pauseFor(thrown: unknown): number | undefined {
  const { status, retryAfter = Number.POSITIVE_INFINITY } = CharlaError.from(thrown);
  if ((status !== 429 && status !== 503) || retryAfter > LONGEST) return undefined;
  return Math.max(SHORTEST, retryAfter);
}
