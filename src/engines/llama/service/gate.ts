/**
 * The queue in real time: lets requests in by {@link Admission}, and tells those who wait of their
 * place, at most twice a second.
 */
import type { Waiting } from "../../../core/types.ts";
import { Admission, type Limits, type Speeds, type Ticket, type Wish } from "./admission.ts";
import { queueTimeout } from "./refusals.ts";

const TELL_MS = 500;

interface Visitor {
  /** With nothing it may go on, with an error it is refused. */
  end(error?: unknown): void;
  tell(waiting: Waiting): void;
  told: string;
}

export class Gate {
  refused = 0;
  readonly #admission: Admission;
  readonly #visitors = new Map<Ticket, Visitor>();
  #teller: NodeJS.Timeout | undefined;

  constructor(limits: Limits) {
    this.#admission = new Admission(limits);
  }

  get running(): number {
    return this.#admission.running;
  }

  get waiting(): number {
    return this.#admission.waiting;
  }

  measured(speeds: Speeds): void {
    // Before any work there is nothing to divide by.
    if (speeds.prefill > 0 && speeds.decode > 0) this.#admission.speeds = speeds;
  }

  /**
   * Resolves when it may be computed, or when the signal is aborted: look at the ticket's state.
   * Whoever enters has to leave.
   *
   * @throws CharlaError `too_many_requests`, `queue_full`, `queue_timeout`
   */
  async enter(wish: Wish, signal: AbortSignal, tell: Visitor["tell"]): Promise<Ticket> {
    let ticket: Ticket;
    try {
      ticket = this.#admission.enter(wish, seconds());
    } catch (refusal) {
      this.refused += 1;
      throw refusal;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const end = (error?: unknown) => (error === undefined ? resolve() : reject(error));
    this.#visitors.set(ticket, { end, tell, told: "" });
    const giveUp = () => this.leave(ticket);
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    this.#admit();
    this.#tell(ticket);
    this.#teller ??= setInterval(() => this.#tick(), TELL_MS);
    await promise.finally(() => signal.removeEventListener("abort", giveUp));
    return ticket;
  }

  began(ticket: Ticket, cachedTokens: number): void {
    this.#admission.began(ticket, cachedTokens);
  }

  wrote(ticket: Ticket, tokens: number): void {
    this.#admission.wrote(ticket, tokens);
  }

  leave(ticket: Ticket, error?: unknown): void {
    this.#admission.leave(ticket);
    this.#end(ticket, error);
    this.#admit();
  }

  #end(ticket: Ticket, error?: unknown): void {
    this.#visitors.get(ticket)?.end(error);
    this.#visitors.delete(ticket);
  }

  #admit(): void {
    for (let next = this.#admission.next(); next; next = this.#admission.next()) this.#end(next);
    if (this.#visitors.size > 0) return;
    clearInterval(this.#teller);
    this.#teller = undefined;
  }

  #tick(): void {
    const { limits, speeds } = this.#admission;
    for (const late of this.#admission.expired(seconds())) {
      this.refused += 1;
      const again = speeds && this.#admission.forecast()[0]?.seconds;
      this.#end(late, queueTimeout(limits.waitSeconds, limits.waitSeconds, again));
    }
    this.#admit();
    this.#tell();
  }

  /** @param only the one to be told, or all */
  #tell(only?: Ticket): void {
    for (const [index, { ticket, seconds }] of this.#admission.forecast().entries()) {
      const visitor = this.#visitors.get(ticket);
      if (!visitor || (only && only !== ticket)) continue;
      const known = this.#admission.speeds !== undefined;
      const waiting: Waiting = {
        type: "waiting",
        place: index + 1,
        ...(known ? { seconds: Math.ceil(seconds) } : {}),
      };
      const words = `${waiting.place} ${waiting.seconds}`;
      if (words !== visitor.told) visitor.tell(waiting);
      visitor.told = words;
    }
  }
}

function seconds(): number {
  return performance.now() / 1000;
}
