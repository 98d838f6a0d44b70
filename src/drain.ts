/** Stops in good order: no new turns, some time for those that run, then an end to all. */
import { setTimeout as sleep } from "node:timers/promises";
import { CharlaError } from "./core/errors.ts";
import type { Step } from "./core/turn.ts";

/** Until another server may have taken its place, in seconds. */
const RETRY_SECONDS = 5;

export class Drain {
  /** Stands around every turn. */
  readonly step: Step;
  #turns = 0;
  #stopping = false;
  readonly #ending = new AbortController();
  readonly #idle = Promise.withResolvers<void>();

  constructor() {
    const drain = this;
    this.step = async function* (turn, next) {
      if (drain.#stopping) throw serverStopping();
      drain.#turns += 1;
      const signal = AbortSignal.any([turn.signal, drain.#ending.signal]);
      try {
        yield* next({ ...turn, signal });
      } finally {
        drain.#turns -= 1;
        if (drain.#turns === 0 && drain.#stopping) drain.#idle.resolve();
      }
    };
  }

  /** Refuses new turns from now on; resolves when the last one has ended, or has to. */
  async finish(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#turns === 0) return;
    const over = new AbortController();
    const grace = sleep(graceMs, undefined, over).catch(() => {});
    await Promise.race([this.#idle.promise, grace]);
    over.abort();
  }

  /** Ends the turns that still run, so that their streams close in good order. */
  end(): void {
    this.#stopping = true;
    this.#ending.abort();
  }
}

function serverStopping(): CharlaError {
  return new CharlaError("server_stopping", {
    status: 503,
    message: "This server is about to stop and takes no more requests.",
    hint: "Try again after the time in Retry-After, when it may have been started again.",
    retryAfter: RETRY_SECONDS,
  });
}
