/**
 * Those who speak and listen, one after the other, through one process: it is begun when there is work,
 * ended when it takes too long or too much, and closed once it has rested.
 */

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fork } from "../../../core/children.ts";
import { broke, busy, tooHeavy } from "../errors.ts";
import type { Asked, Told } from "./protocol.ts";

type Child = ReturnType<typeof fork>;

export interface Limits {
  /** Pieces of work that may wait, of all and of one person. */
  readonly waiting: number;
  readonly waitingOfOne: number;
  /** Of the process, as far as the system tells. */
  readonly memoryBytes: number;
  /** Without work, after which it is closed. */
  readonly restMs: number;
}

export const LIMITS: Limits = {
  ...{ waiting: 32, waitingOfOne: 8 },
  ...{ memoryBytes: 2e9, restMs: 5 * 60_000 },
};
/** Beside the model that answers: more would take its time away. */
const THREADS = Math.min(2, availableParallelism());
const LOOK_MS = 250;
/** Linux's; other systems have no such file. */
const PAGE_BYTES = 4096;
const FLAGS = [
  ...["--permission", "--allow-addons", "--allow-fs-read=*"],
  ...["--disallow-code-generation-from-strings", "--max-old-space-size=256", "--no-warnings"],
];

interface Work {
  readonly asked: Asked;
  readonly who: string;
  readonly ms: number;
  readonly signal: AbortSignal;
  readonly done: PromiseWithResolvers<Told>;
}

export class VoiceQueue {
  readonly #engine: () => Promise<string | undefined>;
  readonly #limits: Limits;
  #waiting: Work[] = [];
  #last = "";
  #running: Promise<void> | undefined;
  #child: Child | undefined;
  #usedAt = 0;
  #stopped = false;

  /** @param engine the path of its module */
  constructor(engine: () => Promise<string | undefined>, limits: Limits = LIMITS) {
    this.#engine = engine;
    this.#limits = limits;
  }

  /**
   * What comes of a piece of work, once it was its turn. One that nobody waits for any more leaves the
   * queue; what is being computed is short and ends by itself.
   *
   * @param ms that it may take
   * @throws CharlaError `voice_busy`, `voice_too_heavy`, `voice_failed`; the signal's reason
   */
  async ask(asked: Asked, who: string, ms: number, signal: AbortSignal): Promise<Told> {
    if (signal.aborted) throw reasonOf(signal);
    const { waiting, waitingOfOne } = this.#limits;
    const own = this.#waiting.filter((one) => one.who === who);
    if (this.#stopped || this.#waiting.length >= waiting || own.length >= waitingOfOne)
      throw busy();
    const work: Work = { asked, who, ms, signal, done: Promise.withResolvers() };
    const leave = () => {
      this.#waiting = this.#waiting.filter((one) => one !== work);
      work.done.reject(reasonOf(signal));
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting.push(work);
    this.#running ??= this.#run();
    try {
      return await work.done.promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** The first of whoever was not served last, so that nobody's long text keeps others waiting. */
  #next(): Work | undefined {
    const at = this.#waiting.findIndex((one) => one.who !== this.#last);
    const [work] = this.#waiting.splice(Math.max(0, at), 1);
    this.#last = work?.who ?? "";
    return work;
  }

  async #run(): Promise<void> {
    for (let work = this.#next(); work; work = this.#next()) {
      try {
        work.done.resolve(await this.#do(work));
      } catch (thrown) {
        work.done.reject(thrown);
        this.#end();
      }
    }
    this.#usedAt = Date.now();
    this.#running = undefined;
  }

  async #do({ asked, ms }: Work): Promise<Told> {
    this.#child ??= await this.#begin();
    const child = this.#child;
    const outcome = Promise.withResolvers<Told>();
    const gone = () => outcome.reject(broke());
    const slow = setTimeout(() => outcome.reject(tooHeavy()), ms);
    const hungry = setInterval(async () => {
      if ((await memoryOf(child)) > this.#limits.memoryBytes) outcome.reject(tooHeavy());
    }, LOOK_MS);
    child.once("message", outcome.resolve);
    child.once("exit", gone);
    try {
      if (child.exitCode !== null || child.signalCode !== null) throw broke();
      child.send(asked, (error) => error && gone());
      const told = await outcome.promise;
      if (told.type === "failed") throw broke();
      return told;
    } finally {
      clearTimeout(slow);
      clearInterval(hungry);
      child.off("exit", gone);
      child.off("message", outcome.resolve);
    }
  }

  async #begin(): Promise<Child> {
    const engine = await this.#engine();
    if (!engine) throw broke();
    const program = new URL(`./main${import.meta.url.slice(-3)}`, import.meta.url);
    const child = fork(program, [engine, String(THREADS)], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      serialization: "advanced",
      flags: FLAGS,
    });
    child.on("error", () => {});
    return child;
  }

  #end(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  /** Closes the process once it has rested, or at once where what it has read is no longer there. */
  async rest(now = Date.now()): Promise<void> {
    if (!this.#running && now - this.#usedAt >= this.#limits.restMs) this.#end();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { done } of this.#waiting) done.reject(busy());
    this.#waiting = [];
    this.#end();
    await this.#running;
  }
}

/** The server aborts with a text, which no handler of errors takes for one. */
const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error(String(reason));

/** 0 where the system does not tell. */
async function memoryOf({ pid }: Child): Promise<number> {
  const pages = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
  return Number(pages.split(" ")[1] ?? 0) * PAGE_BYTES;
}
