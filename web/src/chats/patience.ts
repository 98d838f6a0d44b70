/**
 * What the server has no room for, or cannot be told at all, is asked again by itself. Nobody has to
 * send a question twice because others were first, or a connection was lost.
 */
import { toProblem } from "../chat/problem.ts";

/** Until it is asked again. */
export interface Pause {
  /** In milliseconds since 1970. */
  readonly until: number;
  /** Whether the server cannot be reached; otherwise it is busy. */
  readonly offline: boolean;
}

/** Seconds between tries while nothing can be reached. */
const OFFLINE = 3;
/** A longer wait, such as for the tokens of the next month, is told as an error. In seconds. */
const LONGEST = 600;

/** @param told is called with each pause, and with null when it is over */
export async function patiently<Result>(
  attempt: () => Promise<Result>,
  told: (pause: Pause | null) => void,
  signal: AbortSignal,
): Promise<Result> {
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      const { code, retryAfter } = toProblem(thrown);
      const offline = code === "offline";
      const seconds = offline ? OFFLINE : retryAfter;
      if (signal.aborted || seconds === undefined || seconds > LONGEST) throw thrown;
      told({ until: Date.now() + seconds * 1000, offline });
      await pause(seconds * 1000, signal);
      told(null);
    }
  }
}

/** Ends early when the browser says that there is a network again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const end = (how: () => void) => () => {
      over.abort();
      clearTimeout(timer);
      how();
    };
    const timer = setTimeout(end(resolve), ms);
    addEventListener("online", end(resolve), { signal: over.signal });
    signal.addEventListener(
      "abort",
      end(() => reject(signal.reason)),
      { signal: over.signal },
    );
  });
}
