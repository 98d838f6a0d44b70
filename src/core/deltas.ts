/**
 * The deltas of a turn, looked at as they pass. It behaves as a generator with `try ... finally`
 * around `for await` would, but for what it costs: every token of every answer passes every layer,
 * and a generator takes about five times as long for each.
 */
import type { Delta } from "./types.ts";

type Passed<One> = One | undefined | Promise<One | undefined>;
type Of<Type extends Delta["type"]> = Extract<Delta, { type: Type }>;

/** Each may be absent. What is returned is passed on in the delta's place; undefined drops it. */
export interface Watch {
  start?(delta: Of<"start">): Passed<Delta>;
  /** Called for each token; a promise costs what a generator does. */
  text?(delta: Of<"text">): Passed<Delta>;
  finish?(delta: Of<"finish">): Passed<Delta>;
  /** Told what was thrown, by `open`, by the source or here; it is thrown all the same. */
  fail?(thrown: unknown): void;
  /** Once, however it has ended, if it had begun: read to its end, left, or failed. */
  end?(): void | Promise<void>;
}

type Open = () => AsyncIterable<Delta> | Promise<AsyncIterable<Delta>>;

/** @param open called when the first delta is asked for */
export const watching = (open: Open, watch: Watch): AsyncIterableIterator<Delta> =>
  new Watched(open, watch);

const OVER = { done: true, value: undefined } as const;

class Watched implements AsyncIterableIterator<Delta> {
  readonly #open: Open;
  readonly #watch: Watch;
  #opening: Promise<void> | undefined;
  #deltas: AsyncIterator<Delta> | undefined;
  #ended = false;
  #ending: void | Promise<void> = undefined;

  constructor(open: Open, watch: Watch) {
    this.#open = open;
    this.#watch = watch;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Delta>> {
    if (this.#ended) return Promise.resolve(OVER);
    if (this.#deltas) return this.#deltas.next().then(this.#pass, this.#failed);
    this.#opening ??= this.#begin();
    return this.#opening.then(() => this.next(), this.#failed);
  }

  async return(): Promise<IteratorResult<Delta>> {
    if (!this.#opening) this.#ended = true;
    // Whoever has asked for the first delta is told why it failed.
    await this.#opening?.catch(() => {});
    if (this.#ended) {
      await this.#ending?.catch(() => {});
      return OVER;
    }
    try {
      await this.#deltas?.return?.();
    } catch (thrown) {
      return this.#failed(thrown);
    }
    await this.#end();
    return OVER;
  }

  async #begin(): Promise<void> {
    this.#deltas = (await this.#open())[Symbol.asyncIterator]();
  }

  readonly #pass = (
    result: IteratorResult<Delta>,
  ): IteratorResult<Delta> | Promise<IteratorResult<Delta>> => {
    if (result.done) {
      const ending = this.#end();
      return ending ? ending.then(() => result) : result;
    }
    const delta = result.value;
    try {
      const passed = this.#look(delta);
      return passed === delta ? result : this.#instead(passed);
    } catch (thrown) {
      return this.#broken(thrown);
    }
  };

  #look(delta: Delta): Passed<Delta> {
    const watch = this.#watch;
    if (delta.type === "text") return watch.text ? watch.text(delta) : delta;
    if (delta.type === "start") return watch.start ? watch.start(delta) : delta;
    if (delta.type === "finish") return watch.finish ? watch.finish(delta) : delta;
    return delta;
  }

  async #instead(passed: Passed<Delta>): Promise<IteratorResult<Delta>> {
    let value: Delta | undefined;
    try {
      value = await passed;
    } catch (thrown) {
      return this.#broken(thrown);
    }
    return value ? { done: false, value } : this.next();
  }

  /** The watch itself has thrown: the source is left, whatever it says to that. */
  async #broken(thrown: unknown): Promise<never> {
    await this.#deltas?.return?.().catch(() => {});
    return this.#failed(thrown);
  }

  readonly #failed = async (thrown: unknown): Promise<never> => {
    try {
      if (!this.#ended) this.#watch.fail?.(thrown);
    } finally {
      await this.#end();
    }
    throw thrown;
  };

  #end(): void | Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#ending = this.#watch.end?.();
    }
    return this.#ending;
  }
}
