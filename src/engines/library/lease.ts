/**
 * A turn's hold on its engine, from its beginning until its answer has ended or it is over without
 * one. An engine that has died or is outdated is replaced by the same model, loaded again.
 */
import type { Engine } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Extras } from "../../core/types.ts";
import type { Slot, Slots } from "./slots.ts";

/** Waits for a model and counts as its user. */
export type Enter = (id: string, signal: AbortSignal) => Promise<Slot>;

export class Lease {
  readonly #slots: Slots;
  readonly #enter: Enter;
  readonly #id: string;
  /** What it holds; undefined once it is given back. */
  #slot: Slot | undefined;
  #over = false;

  /** @param slot which counts the lease among its users */
  constructor(slot: Slot, slots: Slots, enter: Enter) {
    this.#slot = slot;
    this.#id = slot.id;
    this.#slots = slots;
    this.#enter = enter;
  }

  giveBack(): void {
    this.#over = true;
    this.#letGo();
  }

  /**
   * Keeps the engine in its place while it is read. One that turns out to be dead before it has
   * said anything is started again, once.
   *
   * @param signal ends a wait for the engine
   */
  async *use<T>(
    extras: Extras | undefined,
    signal: AbortSignal,
    work: (engine: Engine) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    for (let first = true; ; first = false) {
      const slot = await this.#able(extras, signal);
      let silent = true;
      try {
        for await (const part of work(slot.engine)) {
          silent = false;
          yield part;
        }
        return;
      } catch (thrown) {
        const stopped = thrown instanceof CharlaError && thrown.code === "engine_stopped";
        if (!stopped || slot.engine.alive?.()) throw thrown;
        void this.#slots.close(slot).catch(() => {}); // it is dead already
        if (!silent || !first) throw thrown;
      } finally {
        this.#slots.leave(slot);
      }
    }
  }

  /** The engine as it is, or loaded again if that makes it grant these extras. */
  async #able(extras: Extras | undefined, signal: AbortSignal): Promise<Slot> {
    const slot = await this.#join(signal);
    try {
      if (!extras || !(await slot.outdated?.(extras))) return slot;
    } catch (thrown) {
      this.#slots.leave(slot);
      throw thrown;
    }
    // Let go of first: there may not be room for both.
    slot.retired = true;
    this.#letGo();
    this.#slots.leave(slot);
    return this.#join(signal);
  }

  async #join(signal: AbortSignal): Promise<Slot> {
    if (this.#slot && !this.#slot.closed) return this.#slots.join(this.#slot);
    const slot = await this.#enter(this.#id, signal);
    if (!this.#over) {
      this.#letGo();
      this.#slot = this.#slots.join(slot);
    }
    return slot;
  }

  #letGo(): void {
    if (this.#slot) this.#slots.leave(this.#slot);
    this.#slot = undefined;
  }
}
