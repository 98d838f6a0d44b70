/**
 * The engines in memory: who uses each, which was used last, and what has to go to make room.
 */
import type { Engine } from "../../core/engine.ts";
import type { Extras } from "../../core/types.ts";

export interface Loaded {
  readonly engine: Engine;
  /**
   * Whether it has to be loaded again before it can grant these extras: what they ask for came
   * after it was loaded. Throws when it could not grant them in any case.
   */
  outdated?(extras: Extras): Promise<boolean>;
}

export interface Slot extends Loaded {
  readonly id: string;
  readonly bytes: number;
  users: number;
  /** A load waits for its place: who comes now has to wait as well. */
  wanted: boolean;
  /** Nobody new gets it: it has died, is outdated, or is being closed. */
  retired: boolean;
  closed?: Promise<void>;
}

export class Slots {
  readonly #budget: number;
  readonly #onChange: () => void;
  /** Least recently used first. */
  #all: readonly Slot[] = [];

  /** @param budget bytes of memory for all together; one alone may take more */
  constructor(budget: number, onChange: () => void) {
    this.#budget = budget;
    this.#onChange = onChange;
  }

  get all(): readonly Slot[] {
    return this.#all;
  }

  /** The engine that whoever comes for a model may use. */
  open(id: string): Slot | undefined {
    return this.#all.find((slot) => slot.id === id && !slot.wanted && !slot.retired);
  }

  add(id: string, bytes: number, loaded: Loaded): Slot {
    const slot: Slot = { ...loaded, id, bytes, users: 0, wanted: false, retired: false };
    this.#all = [...this.#all, slot];
    return slot;
  }

  /** Counts one more user, until `leave`. */
  join(slot: Slot): Slot {
    slot.users += 1;
    this.#all = [...this.#all.filter((one) => one !== slot), slot];
    return slot;
  }

  leave(slot: Slot): void {
    slot.users -= 1;
    if (slot.users > 0) return;
    // Who needs its place waits for the same end, and hears of what goes wrong.
    if (slot.retired) void this.close(slot).catch(() => {});
    this.#onChange();
  }

  close(slot: Slot): Promise<void> {
    slot.retired = true;
    slot.closed ??= slot.engine.close().finally(() => {
      this.#all = this.#all.filter((one) => one !== slot);
      this.#onChange();
    });
    return slot.closed;
  }

  /** What has to go so that there is room: idle ones first, then by least recent use. */
  inTheWay(bytes: number): readonly Slot[] {
    const idleFirst = this.#all.toSorted((a, b) => Math.sign(a.users) - Math.sign(b.users));
    let free = this.#budget - this.#all.reduce((sum, slot) => sum + sizeOf(slot), 0);
    return idleFirst.filter((slot) => {
      if (free >= bytes) return false;
      free += sizeOf(slot);
      return true;
    });
  }

  /** Lets nobody new use these, and everybody the others. */
  want(wanted: readonly Slot[]): void {
    for (const slot of this.#all) slot.wanted = wanted.includes(slot);
  }
}

/** What an engine says that it takes counts for more than what it was expected to take. */
function sizeOf({ bytes, engine }: Slot): number {
  return Math.max(bytes, engine.load?.().memoryBytes ?? 0);
}
