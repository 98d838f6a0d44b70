/**
 * Has schemas and grammars read in a thread of its own, with bounds of time and memory: whatever is
 * sent, answers are written and the heartbeat goes on meanwhile.
 */
import { Worker } from "node:worker_threads";
import { CharlaError } from "../../../core/errors.ts";
import type { Form, FormRequest } from "./grammar.ts";
import { tooLarge, tooSlow } from "./grammar-limits.ts";
import type { Answer } from "./grammar-worker.ts";

/** For one request, in milliseconds; what is usual takes some 50. */
const PATIENCE_MS = 5000;
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };
/** Forms that are remembered: an agent sends the same tools with every step. */
const MAX_KNOWN = 32;
/** Places of all programs that are remembered, of 5 bytes each. */
const MAX_PLACES = 4_000_000;

interface Job {
  readonly request: FormRequest;
  readonly key: string;
  readonly signal: AbortSignal;
  resolve(form: Form): void;
  reject(reason: unknown): void;
}

export class GrammarCompiler {
  readonly #program: URL;
  readonly #patienceMs: number;
  readonly #waiting: Job[] = [];
  /** By what was asked for, the one used last at the end. */
  readonly #known = new Map<string, Form>();
  #worker: Worker | undefined;
  #busy = false;

  /** @param program for tests */
  constructor(
    program = new URL(`./grammar-worker${import.meta.url.slice(-3)}`, import.meta.url),
    patienceMs = PATIENCE_MS,
  ) {
    this.#program = program;
    this.#patienceMs = patienceMs;
  }

  /**
   * @param signal what it is for is not wanted any more: rejects with its reason
   * @throws CharlaError what `formOf` throws, and `grammar_too_slow`
   */
  compile(request: FormRequest, signal: AbortSignal): Promise<Form> {
    const key = JSON.stringify(request);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, key, signal, resolve, reject });
      void this.#next();
    });
  }

  async close(): Promise<void> {
    await this.#stop();
  }

  async #next(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      try {
        job.signal.throwIfAborted();
        job.resolve(this.#remembered(job.key) ?? this.#remember(job.key, await this.#run(job)));
      } catch (thrown) {
        job.reject(thrown);
      }
    }
    this.#busy = false;
  }

  async #run({ request, signal }: Job): Promise<Form> {
    const worker = this.#running();
    const done = Promise.withResolvers<Form>();
    let answered = false;
    worker.once("message", (answer: Answer) => {
      answered = true;
      if ("form" in answer) done.resolve(answer.form);
      else done.reject(errorOf(answer));
    });
    // Out of memory, or it could not even start.
    const onError = (error: Error & { code?: string }) =>
      done.reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? tooLarge() : error);
    worker.once("error", onError);
    const onAbort = () => done.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const timer = setTimeout(() => done.reject(tooSlow()), this.#patienceMs);
    worker.postMessage(request);
    try {
      return await done.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      worker.off("error", onError);
      // It is still at it: there is no other way to stop a thread.
      if (!answered) await this.#stop();
    }
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#program, { resourceLimits: LIMITS });
    // The process may end while it waits for work.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.removeAllListeners();
    // What it still has to say interests nobody.
    worker?.on("error", () => {});
    await worker?.terminate();
  }

  #remembered(key: string): Form | undefined {
    const form = this.#known.get(key);
    if (form) this.#remember(key, form);
    return form;
  }

  #remember(key: string, form: Form): Form {
    this.#known.delete(key);
    this.#known.set(key, form);
    let places = 0;
    for (const { program } of this.#known.values()) places += program.ops.length;
    for (const [oldest, { program }] of this.#known) {
      if (this.#known.size <= MAX_KNOWN && places <= MAX_PLACES) break;
      this.#known.delete(oldest);
      places -= program.ops.length;
    }
    return form;
  }
}

function errorOf({ failure }: Extract<Answer, { failure: unknown }>): Error {
  const { code, message, status = 400, hint = "", param, params, stack } = failure;
  if (code === undefined) return Object.assign(new Error(message), { stack });
  return new CharlaError(code, { status, message, hint, param, params });
}
