/**
 * Keeps engines in memory, as many as fit into a budget, and loads what a turn asks for, one at a
 * time. What was used least lately makes room first; an engine that a turn uses stays until the
 * turn has ended, and who comes for it later waits behind the load that needs its place.
 */
import type { Engine } from "../../core/engine.ts";
import { cancelled } from "../errors.ts";
import { Lease } from "./lease.ts";
import { leased } from "./leased.ts";
import { type Loaded, type Slot, Slots } from "./slots.ts";

export interface LoaderOptions {
  /** Bytes of memory for all engines together; one alone may take more. */
  readonly budget: number;
  /** Bytes of memory that a model will take, about. */
  size(id: string): Promise<number>;
  load(id: string, onProgress: (fraction: number) => void, signal: AbortSignal): Promise<Loaded>;
  /** Called whenever something is there to be seen. */
  onChange(): void;
}

interface Job {
  readonly id: string;
  readonly waiting: Set<PromiseWithResolvers<Slot>>;
  readonly abort: AbortController;
  /** 0 to 1 once it has its place in memory. */
  progress?: number;
}

export class Loader {
  readonly #options: LoaderOptions;
  readonly #slots: Slots;
  readonly #closing = new AbortController();
  /** The first one is at work. */
  #jobs: readonly Job[] = [];
  #work: Promise<void> | undefined;
  #change = Promise.withResolvers<void>();

  constructor(options: LoaderOptions) {
    this.#options = options;
    this.#slots = new Slots(options.budget, () => this.#changed());
  }

  /** Most recently used last. */
  get engines(): readonly Engine[] {
    return this.#slots.all.map(({ engine }) => engine);
  }

  engine(id: string): Engine | undefined {
    return this.#slots.open(id)?.engine;
  }

  /** How far the load of a model is, from 0 to 1; undefined when there is none. */
  progress(id: string): number | undefined {
    const job = this.#jobs.find((one) => one.id === id);
    return job && (job.progress ?? 0);
  }

  /** Loads a model for the turns to come. */
  async load(id: string, signal: AbortSignal): Promise<void> {
    this.#slots.leave(await this.#enter(id, signal));
  }

  /** Takes a model out of memory; false when a turn uses it or waits for it. */
  async unload(id: string): Promise<boolean> {
    const slots = this.#slots.all.filter((slot) => slot.id === id);
    if (this.progress(id) !== undefined || slots.some(({ users }) => users > 0)) return false;
    await Promise.all(slots.map((slot) => this.#slots.close(slot)));
    return true;
  }

  /**
   * The engine for one turn: it stays in memory until its answer has ended or the signal is
   * aborted. Asked again after its answer, it is loaded again if need be.
   */
  async get(id: string, signal: AbortSignal): Promise<Engine> {
    const slot = await this.#enter(id, signal);
    const lease = new Lease(slot, this.#slots, this.#enter.bind(this));
    const giveBack = () => {
      lease.giveBack();
      signal.removeEventListener("abort", giveBack);
    };
    signal.addEventListener("abort", giveBack);
    if (signal.aborted) giveBack();
    return leased(slot.engine, { use: lease.use.bind(lease), signal, giveBack });
  }

  /** Has every engine forget the states of conversations; one that is being closed has kept its own. */
  async forget(): Promise<void> {
    await Promise.all(this.#slots.all.map(({ closed, engine }) => closed ?? engine.forget?.()));
  }

  /** Ends everything now; answers that still run end with an error. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#changed();
    await Promise.all(this.#slots.all.map((slot) => this.#slots.close(slot)));
    await this.#work;
  }

  async #enter(id: string, signal: AbortSignal): Promise<Slot> {
    if (signal.aborted || this.#closing.signal.aborted) throw cancelled();
    const there = this.#slots.open(id);
    if (there) return this.#slots.join(there);
    const waiter = Promise.withResolvers<Slot>();
    const job = this.#jobs.find((one) => one.id === id && !one.abort.signal.aborted);
    if (job) job.waiting.add(waiter);
    else {
      const made: Job = { id, waiting: new Set([waiter]), abort: new AbortController() };
      this.#jobs = [...this.#jobs, made];
      this.#giveWay();
      this.#work ??= this.#run();
    }
    const giveUp = () => {
      for (const one of this.#jobs) one.waiting.delete(waiter);
      waiter.reject(cancelled());
      this.#giveWay();
    };
    signal.addEventListener("abort", giveUp);
    return waiter.promise.finally(() => signal.removeEventListener("abort", giveUp));
  }

  /** Ends what nobody waits for; a load that has begun only if others wait for theirs. */
  #giveWay(): void {
    const first = this.#sweep();
    if (first?.waiting.size === 0) {
      if (first.progress === undefined || this.#jobs.length > 1) first.abort.abort();
    }
    this.#changed();
  }

  /** Forgets the jobs that nobody waits for, except the one at work. */
  #sweep(): Job | undefined {
    this.#jobs = this.#jobs.filter(({ waiting }, index) => index === 0 || waiting.size > 0);
    return this.#jobs[0];
  }

  async #run(): Promise<void> {
    for (let job = this.#jobs[0]; job; job = this.#jobs[0]) {
      try {
        this.#admit(job, await this.#make(job));
      } catch (thrown) {
        for (const waiter of job.waiting) waiter.reject(thrown);
      }
      this.#jobs = this.#jobs.filter((one) => one !== job);
      this.#changed();
    }
    this.#work = undefined;
  }

  async #make(job: Job): Promise<Slot> {
    const { id, abort } = job;
    const end = AbortSignal.any([this.#closing.signal, abort.signal]);
    const bytes = await this.#options.size(id);
    await this.#makeRoom(bytes, end);
    const spared = this.#slots.open(id);
    if (spared) return spared;
    const onProgress = (progress: number) => {
      job.progress = progress;
      this.#changed();
    };
    onProgress(0);
    this.#giveWay();
    const slot = this.#slots.add(id, bytes, await this.#options.load(id, onProgress, end));
    if (!this.#closing.signal.aborted) return slot;
    await this.#slots.close(slot);
    throw cancelled();
  }

  /** Closes what stands in the way, waiting until nobody uses it. */
  async #makeRoom(bytes: number, end: AbortSignal): Promise<void> {
    try {
      while (!end.aborted) {
        const leaving = this.#slots.inTheWay(bytes);
        if (leaving.length === 0) return;
        this.#slots.want(leaving);
        const change = this.#change.promise;
        const idle = leaving.filter(({ users }) => users === 0);
        await (idle.length > 0 ? Promise.all(idle.map((slot) => this.#slots.close(slot))) : change);
      }
      throw cancelled();
    } finally {
      this.#slots.want([]);
      for (const job of this.#jobs.slice(1)) {
        const spared = this.#slots.open(job.id);
        if (spared) this.#admit(job, spared);
      }
      this.#sweep();
    }
  }

  #admit({ waiting }: Job, slot: Slot): void {
    for (const waiter of waiting) waiter.resolve(this.#slots.join(slot));
    waiting.clear();
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
    this.#options.onChange();
  }
}
