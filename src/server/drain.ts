/** Stops in good order: no new turns, some time for all that runs, then an end to it. */
import { setTimeout as sleep } from "node:timers/promises";
import { watching } from "../core/deltas.ts";
import type { Engines } from "../core/engine.ts";
import { CharlaError } from "../core/errors.ts";
import type { Step } from "../core/turn.ts";

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
    this.step = (turn, next) => {
      const signal = AbortSignal.any([turn.signal, this.#ending.signal]);
      let counted = false;
      const open = () => {
        if (this.#stopping) throw serverStopping();
        counted = true;
        this.#turns += 1;
        return next({ ...turn, signal });
      };
      return watching(open, { end: () => void (counted && this.#left()) });
    };
  }

  /**
   * The same engines, whose use counts as well as turns do: what is no turn, such as embeddings, has
   * an engine until it aborts the signal.
   *
   * @param engines an object whose methods need no `this`, as `granting` gives it
   */
  around(engines: Engines): Engines {
    return {
      ...engines,
      get: async (model, signal) => {
        const engine = await engines.get(model, signal);
        if (signal.aborted) return engine;
        this.#turns += 1;
        signal.addEventListener("abort", () => this.#left(), { once: true });
        return engine;
      },
    };
  }

  #left(): void {
    this.#turns -= 1;
    if (this.#turns === 0 && this.#stopping) this.#idle.resolve();
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
    hint: "Try again in a while, when it may have been started again.",
    retryAfter: RETRY_SECONDS,
  });
}
