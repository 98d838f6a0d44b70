/**
 * Ctrl-C (SIGINT) and SIGTERM while a command does something long: its work is told to end in good
 * order. They may come more than once, since npm passes on what the terminal has sent already.
 */
import { CharlaError } from "../core/errors.ts";

export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  stop(): void;
}

/**
 * For `using`: as long as its scope lasts, the two end the work and not the process.
 *
 * @param reason makes what the work is ended with
 */
export function interruptible(reason: () => CharlaError = interrupted): Interrupt {
  const stopping = new AbortController();
  const stop = () => stopping.abort(reason());
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    signal: stopping.signal,
    stop,
    [Symbol.dispose]() {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}

function interrupted(): CharlaError {
  return new CharlaError("interrupted", {
    status: 499,
    message: "Stopped before it was done.",
    hint: "Run the same command again.",
  });
}
