/**
 * The line before the scripted engine: so many answers at once, and whoever comes later is told its
 * place, first come first served.
 */
import type { Waiting } from "../core/types.ts";

interface Ticket {
  admitted: boolean;
  changed: PromiseWithResolvers<void>;
}

export class Line {
  readonly slots: number;
  busy = 0;
  readonly #waiting: Ticket[] = [];
  /** Milliseconds of the last answer, which is what the next ones are expected to take. */
  #lastMs: number | undefined;

  constructor(slots: number) {
    this.slots = slots;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  /** Tells the place until it is one's turn, or the signal aborts; only then is nothing to leave. */
  async *enter(signal: AbortSignal): AsyncGenerator<Waiting, boolean> {
    if (this.busy < this.slots && this.queued === 0) {
      this.busy += 1;
      return true;
    }
    const ticket: Ticket = { admitted: false, changed: Promise.withResolvers() };
    this.#waiting.push(ticket);
    const wake = () => ticket.changed.resolve();
    signal.addEventListener("abort", wake);
    let taken = false;
    try {
      while (!ticket.admitted && !signal.aborted) {
        const changed = ticket.changed.promise;
        yield this.#told(this.#waiting.indexOf(ticket) + 1);
        await changed;
      }
      taken = ticket.admitted && !signal.aborted;
      return taken;
    } finally {
      signal.removeEventListener("abort", wake);
      if (!taken) this.#give(ticket);
    }
  }

  /** @param tookMs milliseconds that the answer took */
  leave(tookMs: number): void {
    this.#lastMs = tookMs;
    this.busy -= 1;
    this.#advance();
  }

  /** One who gives up has a place in the line, or already a slot. */
  #give(ticket: Ticket): void {
    if (ticket.admitted) this.busy -= 1;
    else this.#waiting.splice(this.#waiting.indexOf(ticket), 1);
    this.#advance();
  }

  #advance(): void {
    while (this.busy < this.slots) {
      const next = this.#waiting.shift();
      if (!next) break;
      this.busy += 1;
      next.admitted = true;
      next.changed.resolve();
    }
    for (const ticket of this.#waiting) {
      const { resolve } = ticket.changed;
      ticket.changed = Promise.withResolvers();
      resolve();
    }
  }

  #told(place: number): Waiting {
    if (this.#lastMs === undefined) return { type: "waiting", place };
    const rounds = Math.ceil(place / this.slots);
    return { type: "waiting", place, seconds: (rounds * this.#lastMs) / 1000 };
  }
}
