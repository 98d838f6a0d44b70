/** Choices by chance from a seed, so that a set can be made again. */
import { random } from "../../../core/statistics.ts";

export class Random {
  /** 0 to 1, without 1. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = random(seed);
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
