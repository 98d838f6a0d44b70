/**
 * Which request ends the process? All that were computed when it died are suspects. They are run
 * again together once; those that saw it die twice are then run one at a time, and a request that
 * it has died of twice, at least once with no other beside it, is not run again.
 */
import type { Gone } from "./channel.ts";

export class Suspicion {
  #deaths = 0;
  #alone = 0;

  saw(death: Gone): void {
    this.#deaths += 1;
    if (death.together <= 1) this.#alone += 1;
  }

  get apart(): boolean {
    return this.#deaths >= 2;
  }

  get guilty(): boolean {
    return this.#deaths >= 2 && this.#alone >= 1;
  }
}

interface Waiting {
  readonly apart: boolean;
  enter(): void;
}

/** Lets requests be computed side by side, except those that are to be apart. */
export class Quarantine {
  #running = 0;
  /** One that is apart is running. */
  #closed = false;
  #waiting: Waiting[] = [];

  /**
   * Resolves with true when it may run; whoever enters has to leave.
   *
   * @returns false when it was aborted before that; it then has not entered
   */
  async enter(apart: boolean, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const one: Waiting = { apart, enter: () => resolve(true) };
    const giveUp = () => {
      if (!this.#waiting.includes(one)) return;
      this.#waiting = this.#waiting.filter((other) => other !== one);
      resolve(false);
      this.#admit();
    };
    this.#waiting.push(one);
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    this.#admit();
    return promise.finally(() => signal.removeEventListener("abort", giveUp));
  }

  leave(): void {
    this.#running -= 1;
    this.#closed = false;
    this.#admit();
  }

  #admit(): void {
    const suspect = this.#waiting.find(({ apart }) => apart);
    const may = suspect ? (this.#running === 0 ? [suspect] : []) : this.#waiting;
    if (this.#closed) return;
    this.#closed = suspect !== undefined && may.length > 0;
    this.#waiting = this.#waiting.filter((one) => !may.includes(one));
    this.#running += may.length;
    for (const one of may) one.enter();
  }
}
