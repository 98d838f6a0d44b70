/**
 * Keeps one engine in memory and changes it for another when a turn asks for that. A turn keeps its
 * engine from its beginning to its end: a change waits until the turns before it have ended, and
 * turns that come later wait for the change. A load that nobody waits for any more goes on until
 * another model is wanted.
 */
import type { Engine } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { ModelCard } from "../../core/types.ts";
import { cancelled } from "../errors.ts";

interface Slot {
  readonly id: string;
  readonly engine: Engine;
  users: number;
  /** Called when the last user leaves, or there is nothing left to use. */
  onIdle: () => void;
}

/** A turn's hold on its engine. */
interface Lease {
  readonly id: string;
  /** Undefined once it is given back. */
  slot: Slot | undefined;
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
  /** The models that somebody waits for, one entry for each who waits. */
  readonly #wanted = new Set<{ readonly id: string }>();
  #giveUpLoad = new AbortController();
  readonly #options: LoaderOptions;
  readonly #closing = new AbortController();

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  get loaded(): ModelCard | undefined {
    return this.#slot?.engine.card;
  }

  /** Loads a model for the turns to come. */
  async load(id: string, signal: AbortSignal): Promise<void> {
    this.#leave(await this.#enter(id, signal));
  }

  /**
   * The engine for one turn: it stays in memory until its answer has ended or the signal is
   * aborted. Asked again after its answer, it is loaded again if need be.
   */
  async get(id: string, signal: AbortSignal): Promise<Engine> {
    const slot = await this.#enter(id, signal);
    const lease: Lease = { id, slot };
    const giveBack = () => {
      if (lease.slot) this.#leave(lease.slot);
      lease.slot = undefined;
      signal.removeEventListener("abort", giveBack);
    };
    signal.addEventListener("abort", giveBack);
    if (signal.aborted) giveBack();

    const use = this.#use.bind(this);
    const { card, exactCount } = slot.engine;
    return {
      card,
      exactCount,
      async countTokens(messages) {
        for await (const tokens of use(lease, signal, async function* (engine) {
          yield await engine.countTokens(messages);
        })) {
          return tokens as number;
        }
        throw new TypeError("an engine counts tokens");
      },
      async *generate(request) {
        try {
          yield* use(lease, request.signal, (engine) => engine.generate(request));
        } catch (thrown) {
          const code = CharlaError.from(thrown).code;
          if (!request.signal.aborted || code !== "turn_cancelled") throw thrown;
          // It was told to stop while it waited for its model: nothing was read, nothing written.
          yield { reason: "stop", promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
        } finally {
          giveBack();
        }
      },
      close: async () => {},
    };
  }

  /**
   * Keeps the engine in its place while its answer is read. One that turns out to be dead before
   * it has said anything is started again, once.
   */
  async *#use<T>(
    lease: Lease,
    signal: AbortSignal,
    work: (engine: Engine) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    for (let first = true; ; first = false) {
      const slot = await this.#slotOf(lease, signal);
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

  async #slotOf(lease: Lease, signal: AbortSignal): Promise<Slot> {
    if (lease.slot && lease.slot === this.#slot) return join(lease.slot);
    const slot = await this.#enter(lease.id, signal);
    // The one that it holds has died, so it holds this one from now on.
    if (lease.slot) lease.slot = join(slot);
    return slot;
  }

  async #enter(id: string, signal: AbortSignal): Promise<Slot> {
    if (signal.aborted) throw cancelled();
    // Who comes while a change waits would otherwise keep it waiting for ever.
    if (this.#slot?.id === id && this.#waiting === 0) return join(this.#slot);
    this.#waiting += 1;
    const change = this.#changes.then(() => this.#change(id, signal));
    this.#changes = change.catch(() => {});

    const { promise, resolve, reject } = Promise.withResolvers<Slot>();
    const want = { id };
    const giveUp = () => {
      this.#wanted.delete(want);
      this.#giveWay();
      reject(cancelled());
    };
    signal.addEventListener("abort", giveUp);
    this.#wanted.add(want);
    this.#giveWay();
    change
      .then((slot) => (signal.aborted ? this.#leave(slot) : resolve(slot)), reject)
      .finally(() => {
        this.#waiting -= 1;
        this.#wanted.delete(want);
        signal.removeEventListener("abort", giveUp);
      });
    return promise;
  }

  /** Ends the load that runs if others are wanted by now, and it is not. */
  #giveWay(): void {
    const wanted = [...this.#wanted].map(({ id }) => id);
    const { loading } = this;
    if (loading && wanted.length > 0 && !wanted.includes(loading.id)) this.#giveUpLoad.abort();
  }

  #leave(slot: Slot): void {
    slot.users -= 1;
    if (slot.users === 0) slot.onIdle();
  }

  #drop(slot: Slot): void {
    if (this.#slot !== slot) return;
    this.#slot = undefined;
    slot.onIdle();
    void slot.engine.close().catch(() => {});
    this.#options.onChange();
  }

  async #change(id: string, signal: AbortSignal): Promise<Slot> {
    if (this.#slot?.id === id) return join(this.#slot);
    if (this.#slot) await idle(this.#slot, signal);
    if (signal.aborted) throw cancelled();
    await this.#unload();
    if (this.#closing.signal.aborted) throw cancelled();
    this.loading = { id, progress: 0 };
    this.#giveUpLoad = new AbortController();
    this.#giveWay();
    const end = AbortSignal.any([this.#closing.signal, this.#giveUpLoad.signal]);
    this.#options.onChange();
    try {
      const onProgress = (progress: number) => {
        this.loading = { id, progress };
        this.#options.onChange();
      };
      const engine = await this.#options.load(id, onProgress, end);
      this.#slot = { id, engine, users: 1, onIdle: () => {} };
      return this.#slot;
    } finally {
      this.loading = undefined;
      this.#options.onChange();
    }
  }

  async #unload(): Promise<void> {
    const slot = this.#slot;
    this.#slot = undefined;
    await slot?.engine.close();
    this.#options.onChange();
  }

  /** Ends everything now; answers that still run end with an error. */
  async close(): Promise<void> {
    this.#closing.abort();
    const slot = this.#slot;
    await slot?.engine.close();
    slot?.onIdle();
    await this.#changes;
    if (this.#slot !== slot) await this.#slot?.engine.close();
    this.#slot = undefined;
  }
}

function join(slot: Slot): Slot {
  slot.users += 1;
  return slot;
}

/** Resolves when nobody uses the slot any more, or when the signal is aborted. */
async function idle(slot: Slot, signal: AbortSignal): Promise<void> {
  if (slot.users === 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  slot.onIdle = resolve;
  const giveUp = () => resolve();
  signal.addEventListener("abort", giveUp);
  await promise;
  signal.removeEventListener("abort", giveUp);
}
