/** Work of the same key one after the other, in the one server that there is; of others, beside it. */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does it when what was given before it, under this key, has ended in whatever way. */
  do<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const now = (this.#last.get(key) ?? Promise.resolve()).then(work, work);
    this.#last.set(key, now);
    const done = () => {
      if (this.#last.get(key) === now) this.#last.delete(key);
    };
    now.then(done, done);
    return now;
  }
}
