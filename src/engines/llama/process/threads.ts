/**
 * How many threads compute a batch: those that were fastest for batches of its size lately. The
 * library's threads wait for each other by spinning, so beside a busy neighbour (another program,
 * another guest of the same host) one thread too many makes a batch many times slower, and what is
 * best changes from minute to minute. Every so often the other choice gets a batch to prove itself.
 */

/** Batches after which the other choice is tried, if it was nearly as fast, or much slower. */
const TRY_AFTER = 24;
const TRY_AFTER_SLOW = 96;
/** So many times slower is much slower. */
const SLOW = 1.5;
/** A median of so many measurements: a batch that was interrupted says nothing of the others. */
const REMEMBERED = 7;

interface Record {
  /** Milliseconds for each token of a batch, newest last. */
  costs: number[];
  /** Batches since it was used. */
  idle: number;
}

export class ThreadChoice {
  readonly #choices: readonly number[];
  /** By size of the batch in powers of two, then by choice. */
  readonly #records = new Map<number, Record[]>();

  /** @param choices numbers of threads, the usual one first */
  constructor(choices: readonly number[]) {
    this.#choices = [...new Set(choices)];
  }

  /** @param tokens of the batch */
  choose(tokens: number): number {
    const records = this.#of(tokens);
    const untried = records.findIndex(({ costs }) => costs.length === 0);
    if (untried >= 0) return this.#choices[untried] as number;
    const cost = (at: number) => median(records[at]?.costs ?? []);
    const best = records.reduce((one, _, at) => (cost(at) < cost(one) ? at : one), 0);
    const overdue = records.findIndex(({ idle }, at) => {
      if (at === best) return false;
      return idle >= (cost(at) > SLOW * cost(best) ? TRY_AFTER_SLOW : TRY_AFTER);
    });
    return this.#choices[overdue >= 0 ? overdue : best] as number;
  }

  /** @param milliseconds that the batch took */
  learn(tokens: number, threads: number, milliseconds: number): void {
    const now = milliseconds / tokens;
    for (const [at, record] of this.#of(tokens).entries()) {
      record.idle += 1;
      if (this.#choices[at] !== threads) continue;
      // What was remembered while another was used is worth little.
      if (record.idle > TRY_AFTER) record.costs = [];
      record.idle = 0;
      record.costs = [...record.costs, now].slice(-REMEMBERED);
    }
  }

  #of(tokens: number): Record[] {
    const size = Math.ceil(Math.log2(tokens));
    const known = this.#records.get(size);
    if (known) return known;
    const made = this.#choices.map((): Record => ({ costs: [], idle: 0 }));
    this.#records.set(size, made);
    return made;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.POSITIVE_INFINITY;
}
