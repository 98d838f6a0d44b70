/**
 * When a process that has died is started again: pure. The first time at once, then ever later; and
 * one that dies again and again is given up for a while, ever longer. An answer that ends well
 * makes up for all that died before it, unless it is a habit.
 */

/** Milliseconds before each start after a death, as long as no answer ends well. */
const PAUSES_MS: readonly number[] = [0, 500, 1000, 2000, 4000];
const HABIT_WINDOW_MS = 600_000;
const HABIT_DEATHS = 20;
/** How long it is given up, doubled each time. */
const GIVE_UP_MS = 60_000;
const LONGEST_MS = 900_000;

export type Verdict =
  | { readonly giveUp: false; readonly pauseMs: number }
  /** `until` is on the caller's clock. */
  | { readonly giveUp: true; readonly deaths: number; readonly until: number };

export class Restarts {
  /** Since an answer ended well. */
  #deaths = 0;
  #givenUp = 0;
  #times: number[] = [];

  /** @param now in milliseconds, on any clock that does not go back */
  died(now: number): Verdict {
    this.#deaths += 1;
    this.#times = [...this.#times.filter((time) => now - time < HABIT_WINDOW_MS), now];
    const pauseMs = PAUSES_MS[this.#deaths - 1];
    const habit = this.#times.length >= HABIT_DEATHS;
    if (pauseMs !== undefined && !habit) return { giveUp: false, pauseMs };
    const forMs = Math.min(LONGEST_MS, GIVE_UP_MS * 2 ** this.#givenUp);
    this.#givenUp += 1;
    const deaths = Math.max(this.#deaths, this.#times.length);
    if (habit) this.#times = [];
    return { giveUp: true, deaths, until: now + forMs };
  }

  answered(): void {
    this.#deaths = 0;
    if (this.#times.length < HABIT_DEATHS / 2) this.#givenUp = 0;
  }
}
