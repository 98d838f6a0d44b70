/** A small generator with a seed, so that a set can be made again. Source: Mulberry32, T. Ettinger. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.int(0, items.length - 1)] as Item;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  digits(count: number): string {
    return this.of("0123456789", count);
  }

  of(alphabet: string, count: number): string {
    return Array.from({ length: count }, () => this.pick([...alphabet])).join("");
  }
}
