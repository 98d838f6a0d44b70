/**
 * Who leads, as a replica that follows knows it: looked up every now and then, and at once by those who
 * wait for another one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Leader, Seen } from "./leader.ts";

/** Between two looks, in milliseconds: while all is well, and while somebody waits. */
const EVERY_MS = 1000;
const SOON_MS = 100;

/** The one that leads, for as long as it does. */
export interface Target extends Leader {
  /** Aborted when another one leads, or nobody. */
  readonly over: AbortSignal;
}

/**
 * The terms of this server itself. What waited here until it came to lead it sends to itself, and nothing
 * from when it is about to end.
 */
export interface Own {
  leads(term: string): boolean;
  ended(term: string): boolean;
}

export class Watch {
  readonly #look: () => Promise<Seen>;
  readonly #own: Own;
  readonly #log: (line: string, error?: unknown) => void;
  readonly #stop = new AbortController();
  #now: { readonly target: Target; readonly end: AbortController } | undefined;
  #seen: Seen["state"] = "free";
  #waiting = 0;
  #wake = () => {};
  #changed = Promise.withResolvers<void>();
  #changes = 0;

  constructor(
    look: () => Promise<Seen>,
    own: Own,
    log: (line: string, error?: unknown) => void = () => {},
  ) {
    this.#look = look;
    this.#own = own;
    this.#log = log;
  }

  get now(): Target | undefined {
    return this.#now?.target;
  }

  get state(): Seen["state"] {
    return this.#seen;
  }

  /** How often another one has led. */
  get changes(): number {
    return this.#changes;
  }

  /** Looks until it is stopped; a database that does not answer is asked again. */
  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        this.#take(await this.#look());
      } catch {
        // The log has said that the database is gone; the last one known may lead all the same.
      }
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const pause = new AbortController();
      const ms = this.#waiting > 0 ? SOON_MS : EVERY_MS;
      await Promise.race([woken, sleep(ms, undefined, pause).catch(() => {})]);
      pause.abort();
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#wake();
  }

  /**
   * The one that leads, once it is another one than that of `term`.
   *
   * @throws the signal's reason
   */
  async other(term: string | undefined, signal: AbortSignal): Promise<Target> {
    const left = Promise.withResolvers<never>();
    left.promise.catch(() => {});
    const leave = () => left.reject(signal.reason);
    signal.addEventListener("abort", leave);
    this.#waiting += 1;
    try {
      for (;;) {
        signal.throwIfAborted();
        const { now } = this;
        if (now && now.term !== term) return now;
        if (this.#waiting === 1) this.#wake();
        await Promise.race([this.#changed.promise, left.promise]);
      }
    } finally {
      this.#waiting -= 1;
      signal.removeEventListener("abort", leave);
    }
  }

  #take(seen: Seen): void {
    const before = this.#now;
    this.#seen = seen.state;
    const leader = seen.state === "leads" && !this.#own.ended(seen.leader.term) && seen.leader;
    if (leader && before?.target.term === leader.term) return;
    if (!leader && !before) return;
    const end = new AbortController();
    this.#now = leader ? { target: { ...leader, over: end.signal }, end } : undefined;
    // Its own answers have their time.
    if (before && !this.#own.leads(before.target.term)) before.end.abort();
    if (leader && !this.#own.leads(leader.term)) {
      this.#changes += 1;
      this.#log(`${leader.address} leads`);
    }
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
