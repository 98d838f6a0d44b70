/** A library and a cache for the scheduler that only keep books, and work for it to do. */
import { expect } from "vitest";
import type { Hit, State } from "../../../src/engines/llama/cache/index.ts";
import type { Plan } from "../../../src/engines/llama/process/protocol.ts";
import {
  batchCapacity,
  type Computer,
  Scheduler,
  type States,
} from "../../../src/engines/llama/process/scheduler.ts";
import type { Adapter, Work } from "../../../src/engines/llama/process/work.ts";

export const PLAN: Plan = {
  ...{ slots: 3, contextTokens: 4096, kvType: "f16", threads: 1, batchThreads: 2 },
  ...{ batchTokens: 32, flashAttention: true, lockMemory: false, draftTokens: 0 },
};

export interface Cell {
  readonly token: number;
  readonly sequence: number;
  readonly position: number;
  readonly output: boolean;
}

/** Keeps the tokens of each sequence; its "logits" are one number, made from all of them. */
export class Books implements Computer {
  readonly batches: Cell[][] = [];
  readonly sequences = new Map<number, number[]>();
  adapter: bigint | undefined;
  #next: Cell[] = [];
  /** Of each batch: threads for one token, and for more. */
  readonly threads: (readonly [number, number])[] = [];
  readonly #capacity: number;
  /** Called during each batch. */
  onDecode: (batch: number) => void = () => {};

  constructor(plan: Plan = PLAN) {
    this.#capacity = batchCapacity(plan);
  }

  add(token: number, position: number, sequence: number, output: boolean): number {
    this.#next.push({ token, position, sequence, output });
    return this.#next.length - 1;
  }
  async decode(): Promise<void> {
    if (this.#next.length === 0) throw new Error("an empty batch");
    if (this.#next.length > this.#capacity) throw new Error("too large a batch");
    for (const { token, position, sequence } of this.#next) {
      const tokens = this.sequences.get(sequence) ?? [];
      if (tokens.length !== position) throw new Error(`${position} after ${tokens.length} tokens`);
      tokens.push(token);
      this.sequences.set(sequence, tokens);
    }
    this.batches.push(this.#next);
    this.#next = [];
    await new Promise((resolve) => setImmediate(resolve));
    this.onDecode(this.batches.length);
  }
  logits(index: number): Float32Array {
    const cell = this.batches.at(-1)?.[index];
    if (!cell?.output) throw new Error("no output was asked for here");
    const before = this.sequences.get(cell.sequence)?.slice(0, cell.position + 1) ?? [];
    return Float32Array.of(sum(before), Number(this.adapter ?? 0n));
  }
  applyAdapter(adapter: bigint | undefined): void {
    this.adapter = adapter;
  }
  setThreads(one: number, many: number): void {
    this.threads.push([one, many]);
  }
  cut(sequence: number, position: number): boolean {
    const tokens = this.sequences.get(sequence) ?? [];
    if (position > tokens.length) throw new Error("cut behind the end");
    tokens.length = position;
    return true;
  }
  save(sequence: number): Buffer {
    return Buffer.from(Int32Array.from(this.sequences.get(sequence) ?? []).buffer);
  }
  restore(sequence: number, state: Buffer): boolean {
    const tokens = new Int32Array(new Uint8Array(state).buffer);
    this.sequences.set(sequence, [...tokens]);
    return true;
  }
}

/** Keeps every state for ever. */
export class Everything implements States {
  readonly states: Array<State & { readonly adapter: string; readonly pinned: boolean }> = [];
  readonly #hits = new Map<Hit, State>();
  /** What `read` gives; to break it. */
  read = async (hit: Hit): Promise<State | undefined> => this.#hits.get(hit);

  find(tokens: ArrayLike<number>, adapter = ""): Hit | undefined {
    let best: State | undefined;
    let most = 0;
    for (const state of this.states) {
      if (state.adapter !== adapter) continue;
      const common = commonLength(state.tokens, tokens);
      if (common > most) [most, best] = [common, state];
    }
    if (!best) return undefined;
    const hit: Hit = { tokens: most, source: "disk", bytes: best.bytes.length };
    this.#hits.set(hit, best);
    return hit;
  }
  add(state: State, { adapter = "", pinned = false } = {}): boolean {
    this.states.push({ ...state, adapter, pinned });
    return true;
  }
}

export function commonLength(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let at = 0;
  while (at < Math.min(one.length, other.length) && one[at] === other[at]) at += 1;
  return at;
}

/** Order matters, so that a swap shows. */
export const sum = (tokens: readonly number[]) =>
  tokens.reduce((total, token, at) => (total * 31 + token + at) % 65_521, 7);

export interface Job extends Work {
  readonly answer: number[];
  readonly done: Promise<unknown>;
  readonly abort: AbortController;
  cached: number;
  restored: number;
}

export function job(prompt: readonly number[], length: number, changes: Partial<Work> = {}): Job {
  const answer: number[] = [];
  const abort = new AbortController();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const whole = [...prompt];
  const made: Job = {
    ...{ tokens: prompt, adapter: undefined, alone: false, outputs: "last", systemTokens: 0 },
    ...{ signal: abort.signal, abort, answer, done: promise, cached: -1, restored: -1 },
    onStart(cached, restored) {
      made.cached = cached;
      made.restored = restored;
    },
    onLogits(logits, position) {
      // The tokens before it are this work's own, every one of them.
      expect(position).toBe(whole.length - 1);
      expect(logits[0]).toBe(sum(whole));
      const next = (logits[0] as number) % 1000;
      answer.push(next);
      whole.push(next);
      return answer.length < length ? next : undefined;
    },
    onEnd: resolve,
    ...changes,
  };
  return made;
}

export function start(plan: Partial<Plan> = {}, cache = new Everything()) {
  const books = new Books({ ...PLAN, ...plan });
  const failed: unknown[] = [];
  const scheduler = new Scheduler({ context: books, cache, plan: { ...PLAN, ...plan } }, () => {});
  void scheduler.run().catch((thrown) => failed.push(thrown));
  const run = async (...jobs: Job[]) => {
    for (const one of jobs) scheduler.add(one);
    await Promise.all(jobs.map(({ done }) => done));
    expect(failed).toEqual([]);
  };
  return { books, scheduler, cache, run, failed };
}

export const range = (from: number, length: number) => Array.from({ length }, (_, at) => from + at);
export const ADAPTER: Adapter = { id: "a", digest: "aa", pointer: 5n, scale: 1 };
