/**
 * The time of one machine, shared by the answers that it computes at once: of each moment every one has
 * an equal part, so that the parts of all are together the time in which it has worked.
 */

export class MachineTime {
  readonly #now: () => number;
  readonly #working = new Set<Part>();
  #at: number;

  /** @param now a clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Of an answer that begins to be computed. */
  enter(): Part {
    const part: Part = {
      ms: 0,
      pause: () => {
        this.#share();
        this.#working.delete(part);
      },
      goOn: () => {
        if (this.#working.has(part)) return;
        this.#share();
        this.#working.add(part);
      },
    };
    part.goOn();
    return part;
  }

  /** Gives what has passed since the last change to those who have worked. */
  #share(): void {
    const now = this.#now();
    const each = (now - this.#at) / this.#working.size;
    for (const part of this.#working) part.ms += each;
    this.#at = now;
  }
}

export interface Part {
  /** So far, in milliseconds; exact after `pause`. */
  ms: number;
  pause(): void;
  goOn(): void;
}
