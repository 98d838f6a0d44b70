/**
 * Ends the answers that are being written for somebody who is switched off or erased, whichever way
 * they were asked for. A request that got in just before begins nothing any more, either.
 */
import type { Step } from "../../core/turn.ts";

export class Leaving {
  /** One for each person who has asked: an end of each turn need not be waited for. */
  readonly #people = new Map<string, AbortController>();
  /** Stands around every turn. */
  readonly step: Step = (turn, next) => {
    if (!turn.asker) return next(turn);
    const signal = AbortSignal.any([turn.signal, this.#of(turn.asker.id).signal]);
    return next({ ...turn, signal });
  };

  /** Until the person is let in again. */
  end(person: string): void {
    this.#of(person).abort();
  }

  letIn(person: string): void {
    if (this.#people.get(person)?.signal.aborted) this.#people.delete(person);
  }

  #of(person: string): AbortController {
    const known = this.#people.get(person) ?? new AbortController();
    this.#people.set(person, known);
    return known;
  }
}
