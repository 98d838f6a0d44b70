/**
 * Keeps one engine in memory and changes it for another when a turn asks for that. A change waits
 * until the answers that run have ended, and turns that come later wait for the change.
 */
import type { Engine } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { ModelCard } from "../../core/types.ts";

interface Slot {
  readonly id: string;
  readonly engine: Engine;
  users: number;
  /** Called when the last user leaves. */
  onIdle: () => void;
}

export interface LoaderOptions {
  load(id: string, onProgress: (fraction: number) => void, signal: AbortSignal): Promise<Engine>;
  /** Called whenever something is there to be seen. */
  onChange(): void;
}

export class Loader {
  /** What is being loaded, and how far, from 0 to 1. */
  loading: { readonly id: string; readonly progress: number } | undefined;
  #slot: Slot | undefined;
  #changes: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #options: LoaderOptions;
  readonly #closing = new AbortController();

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  get loaded(): ModelCard | undefined {
    return this.#slot?.engine.card;
  }

  /**
   * An engine that stays valid: when its model has been changed for another, or has died, the next
   * call loads it again.
   */
  async get(id: string, signal: AbortSignal): Promise<Engine> {
    signal.throwIfAborted();
    const entered = this.#enter(id).then((slot) => {
      this.#leave(slot);
      return this.#lasting(id, slot.engine);
    });
    // Nobody may be left to hear of it.
    entered.catch(() => {});
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
    try {
      return await Promise.race([entered, promise]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #lasting(id: string, { card, exactCount }: Engine): Engine {
    const use = this.#use.bind(this);
    return {
      card,
      exactCount,
      async countTokens(messages) {
        for await (const tokens of use(id, async function* (engine) {
          yield await engine.countTokens(messages);
        })) {
          return tokens;
        }
        throw new TypeError("an engine counts tokens");
      },
      generate: (request) => use(id, (engine) => engine.generate(request)),
      close: async () => {},
    };
  }

  /**
   * Keeps the engine in its place while its answer is read. One that turns out to be dead before
   * it has said anything is started again, once.
   */
  async *#use<T>(id: string, work: (engine: Engine) => AsyncIterable<T>): AsyncGenerator<T> {
    for (let first = true; ; first = false) {
      const slot = await this.#enter(id);
      let silent = true;
      try {
        for await (const part of work(slot.engine)) {
          silent = false;
          yield part;
        }
        return;
      } catch (thrown) {
        if (!(thrown instanceof CharlaError && thrown.code === "engine_stopped")) throw thrown;
        this.#drop(slot);
        if (!silent || !first) throw thrown;
      } finally {
        this.#leave(slot);
      }
    }
  }

  async #enter(id: string): Promise<Slot> {
    // Who comes while a change waits would otherwise keep it waiting for ever.
    if (this.#slot?.id === id && this.#waiting === 0) {
      this.#slot.users += 1;
      return this.#slot;
    }
    this.#waiting += 1;
    const change = this.#changes.then(() => this.#change(id));
    this.#changes = change.catch(() => {});
    return change.finally(() => {
      this.#waiting -= 1;
    });
  }

  #leave(slot: Slot): void {
    slot.users -= 1;
    if (slot.users === 0) slot.onIdle();
  }

  #drop(slot: Slot): void {
    if (this.#slot !== slot) return;
    this.#slot = undefined;
    void slot.engine.close().catch(() => {});
    this.#options.onChange();
  }

  async #change(id: string): Promise<Slot> {
    const old = this.#slot;
    if (old?.id === id) {
      old.users += 1;
      return old;
    }
    await this.unload();
    this.#closing.signal.throwIfAborted();
    this.loading = { id, progress: 0 };
    this.#options.onChange();
    try {
      const onProgress = (progress: number) => {
        this.loading = { id, progress };
        this.#options.onChange();
      };
      const engine = await this.#options.load(id, onProgress, this.#closing.signal);
      this.#slot = { id, engine, users: 1, onIdle: () => {} };
      return this.#slot;
    } finally {
      this.loading = undefined;
      this.#options.onChange();
    }
  }

  /** Frees the engine when nobody uses it any more. */
  async unload(): Promise<void> {
    const slot = this.#slot;
    if (!slot) return;
    if (slot.users > 0) await new Promise<void>((resolve) => (slot.onIdle = resolve));
    this.#slot = undefined;
    await slot.engine.close();
    this.#options.onChange();
  }

  /** Ends everything now; answers that still run end with an error. */
  async close(): Promise<void> {
    this.#closing.abort();
    const slot = this.#slot;
    await slot?.engine.close();
    await this.#changes;
    if (this.#slot !== slot) await this.#slot?.engine.close();
    this.#slot = undefined;
  }
}
