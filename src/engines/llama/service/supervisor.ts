/**
 * Keeps a model process running: starts it, watches it, and starts it again when it dies, until it
 * has died too often. Whoever wants to ask waits here for a process that can be asked.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { CharlaError } from "../../../core/errors.ts";
import type { Loaded, LoadOptions, Vitals } from "../process/protocol.ts";
import { Channel, Gone } from "./channel.ts";
import { givenUp, stopped } from "./errors.ts";
import { watch } from "./heartbeat.ts";
import { Restarts } from "./restarts.ts";

export interface Care {
  /** Program of the model process. */
  readonly program: URL;
  readonly load: LoadOptions;
  /** Silence in milliseconds after which the process counts as hung. */
  readonly patienceMs: number;
  log(line: string, error?: unknown): void;
  onVitals(vitals: Vitals): void;
}

/** While it loads it may be silent for longer: weights come from a disk that may be slow. */
const LOAD_PATIENCE = 6;
/** For state files when it is closed, in milliseconds. */
const SAVE_MS = 5500;

export class Supervisor {
  readonly loaded: Loaded;
  restarts = 0;
  lastFailure: CharlaError | undefined;
  readonly #care: Care;
  readonly #policy = new Restarts();
  readonly #closing = new AbortController();
  /** Settled while a process can be asked, or none will be for a while. */
  #up = Promise.withResolvers<Channel>();
  #channel: Channel;
  /** Called when a process that was given up is wanted again. */
  #again: () => void = () => {};
  #givenUpUntil = 0;

  /** @throws CharlaError `engine_failed`, `engine_stopped` */
  static async start(
    care: Care,
    onProgress: ((fraction: number) => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Supervisor> {
    const { channel, loaded } = await start(care, onProgress, signal);
    return new Supervisor(care, channel, loaded);
  }

  private constructor(care: Care, channel: Channel, loaded: Loaded) {
    this.#care = care;
    this.#channel = channel;
    this.loaded = loaded;
    this.#up.resolve(channel);
    void this.#keep();
  }

  /** The process that can be asked now, or as soon as there is one. @throws CharlaError */
  async up(): Promise<Channel> {
    if (this.#closing.signal.aborted) throw stopped(this.#care.load.name, "closed");
    if (performance.now() >= this.#givenUpUntil) this.#again();
    return this.#up.promise;
  }

  /** An answer has ended well. */
  answered(): void {
    this.#policy.answered();
  }

  async #keep(): Promise<void> {
    for (;;) {
      const reason = await this.#channel.gone;
      if (this.#closing.signal.aborted) return;
      this.#wait();
      await this.#restart(reason);
      if (this.#closing.signal.aborted) return;
      this.#up.resolve(this.#channel);
    }
  }

  /** Whoever asks from now on waits. */
  #wait(): void {
    this.#up = Promise.withResolvers();
    this.#up.promise.catch(() => {}); // there may be nobody who waits
  }

  async #restart(first: string): Promise<void> {
    const { name } = this.#care.load;
    for (let reason = first; !this.#closing.signal.aborted; ) {
      this.restarts += 1;
      this.lastFailure = stopped(name, reason);
      const verdict = this.#policy.died(performance.now());
      this.#care.log(`the model process of ${name} stopped (${reason})`);
      if (verdict.giveUp) await this.#giveUp(verdict.deaths, verdict.until);
      else await sleep(verdict.pauseMs, undefined, this.#closing).catch(() => {});
      if (this.#closing.signal.aborted) return;
      try {
        const { channel } = await start(this.#care, undefined, this.#closing.signal);
        this.#channel = channel;
        return;
      } catch (thrown) {
        reason = reasonOf(thrown);
      }
    }
  }

  /** Ends those who wait; resolves when somebody asks again after a while. */
  async #giveUp(deaths: number, until: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#givenUpUntil = until;
    const seconds = Math.ceil((until - performance.now()) / 1000);
    this.lastFailure = givenUp(this.#care.load.name, deaths, seconds, this.lastFailure);
    this.#up.reject(this.lastFailure);
    // At once, and once: whoever asks waits for the next process, and not for the one given up.
    this.#again = () => {
      this.#again = () => {};
      this.#wait();
      resolve();
    };
    this.#closing.signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
  }

  /** Lets the process save what is worth it, then ends it. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return void (await this.#channel.gone);
    this.#closing.abort();
    this.#up.promise.catch(() => {});
    this.#up.reject(stopped(this.#care.load.name, "closed"));
    const saved = this.#channel.one("save", {}).catch(() => {});
    await Promise.race([saved, sleep(SAVE_MS, undefined, { ref: false })]);
    this.#channel.kill("closed");
    await this.#channel.gone;
  }
}

/** Starts a process and loads the model. @throws CharlaError */
async function start(
  care: Care,
  onProgress: ((fraction: number) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<{ channel: Channel; loaded: Loaded }> {
  const { load, program, patienceMs } = care;
  const channel = new Channel(program, load.name);
  const giveUp = () => channel.kill("the load was given up");
  signal?.addEventListener("abort", giveUp, { once: true });
  if (signal?.aborted) giveUp();
  let loaded: Loaded | undefined;
  watch(channel, () => (loaded ? patienceMs : LOAD_PATIENCE * patienceMs), care.onVitals);
  try {
    await channel.call("load", load, (part) => {
      if (typeof part === "number") onProgress?.(part);
      else loaded = part;
    }).done;
    if (!loaded) throw stopped(load.name, "it loaded nothing");
    // How much memory it takes is known before it is first asked.
    care.onVitals(await channel.one("ping", {}));
    return { channel, loaded };
  } catch (thrown) {
    channel.kill("it did not load");
    await channel.gone;
    throw thrown instanceof Gone ? stopped(load.name, thrown.message) : thrown;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

function reasonOf(thrown: unknown): string {
  const { code, cause } = CharlaError.from(thrown);
  return cause instanceof Error ? cause.message : code;
}
