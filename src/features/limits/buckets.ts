/**
 * How much somebody has had within the minute: one bucket for each person, key and address. They
 * are in memory, for one process has the database, and a minute is soon over after a restart.
 */
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Asker } from "../../core/access.ts";

/** Of the tightest bucket that a request is counted in. */
export interface Level {
  readonly limit: number;
  readonly remaining: number;
  /** More was taken than there was. */
  readonly over: boolean;
  /** Until it is full again. */
  readonly resetMs: number;
}

const MINUTE = 60;

export class Bucket {
  readonly limit: number;
  readonly #counts: RateLimiterMemory;

  /** @param limit within a minute; 0 for none */
  constructor(limit: number) {
    this.limit = limit;
    this.#counts = new RateLimiterMemory({ points: limit, duration: MINUTE });
  }

  /** Counts, whether or not there is room: what was written cannot be taken back. */
  async take(who: string, amount: number): Promise<Level | undefined> {
    if (this.limit === 0) return undefined;
    return this.#level(await this.#counts.penalty(who, amount));
  }

  async look(who: string): Promise<Level | undefined> {
    return this.limit === 0 ? undefined : this.#level(await this.#counts.get(who));
  }

  #level(found: { consumedPoints: number; msBeforeNext: number } | null): Level {
    // A minute that is over may still be there until its timer runs.
    const [used, resetMs] =
      found && found.msBeforeNext > 0 ? [found.consumedPoints, found.msBeforeNext] : [0, 0];
    const remaining = Math.max(0, this.limit - used);
    return { limit: this.limit, remaining, over: used > this.limit, resetMs };
  }
}

/** The one with the least room; of two that are empty, the one that takes longer. */
export function tightest(levels: readonly (Level | undefined)[]): Level | undefined {
  return levels
    .filter((level) => level !== undefined)
    .toSorted(
      (a, b) =>
        Number(b.over) - Number(a.over) || a.remaining - b.remaining || b.resetMs - a.resetMs,
    )[0];
}

/** What is left for an asker, without taking any. */
export const levelOf = async (
  { person, key }: Readonly<Record<"person" | "key", Bucket>>,
  { id, via, credential }: Asker,
): Promise<Level | undefined> =>
  tightest([await person.look(id), via === "key" ? await key.look(credential) : undefined]);

/** How many there are at once. */
export class Crowd {
  readonly limit: number;
  readonly #inside = new Map<string, number>();

  /** @param limit 0 for none */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** @returns how to leave again, which may be called twice; undefined where there is no room */
  enter(who: string): (() => void) | undefined {
    const inside = this.#inside.get(who) ?? 0;
    if (this.limit > 0 && inside >= this.limit) return undefined;
    this.#inside.set(who, inside + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const rest = (this.#inside.get(who) ?? 1) - 1;
      if (rest === 0) this.#inside.delete(who);
      else this.#inside.set(who, rest);
    };
  }
}
