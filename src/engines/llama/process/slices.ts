/**
 * Long pieces of JavaScript in slices, so that the event loop of the model process goes on: batches
 * are prepared and tokens chosen between them. One slice is done in each turn of the loop, whoever
 * it belongs to, and who has had one goes to the end of the line.
 */

/** Milliseconds after which a piece of work lets others in. */
const SLICE_MS = 5;

/** Those who wait for their next slice, the first of them next. */
export class Slices {
  readonly #line: (() => void)[] = [];

  /** A piece of work begins: its first slice is now, if nobody waits. */
  begin(signal?: AbortSignal): Slice {
    return new Slice(() => this.#next(), signal);
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#line.push(resolve) === 1) setImmediate(this.#serve);
    });
  }

  readonly #serve = () => {
    this.#line.shift()?.();
    if (this.#line.length > 0) setImmediate(this.#serve);
  };
}

/** What one piece of work may do without a break. */
export class Slice {
  readonly #next: () => Promise<void>;
  readonly #signal: AbortSignal | undefined;
  #began = performance.now();

  constructor(next: () => Promise<void>, signal: AbortSignal | undefined) {
    this.#next = next;
    this.#signal = signal;
  }

  /** Whether it is time for a {@link rest}. */
  get over(): boolean {
    return performance.now() - this.#began > SLICE_MS;
  }

  /** Waits for the next slice. @throws the signal's reason when nobody wants the work any more */
  async rest(): Promise<void> {
    await this.#next();
    this.#signal?.throwIfAborted();
    this.#began = performance.now();
  }
}
