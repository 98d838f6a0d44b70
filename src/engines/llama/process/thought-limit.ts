/**
 * A thought that has become as long as it may be is ended: the tokens of its closing mark are the only
 * ones that may come next, and the answer follows. What a grammar says holds as well.
 */
import { Thought } from "../../../core/reasoning.ts";
import type { Constraint } from "../sampling/sampler.ts";

export interface ThoughtLimit {
  /** Most tokens of the thought. */
  readonly tokens: number;
  /** What ends the thought that the prompt has opened, if it has opened one. */
  readonly opened: string | undefined;
  /** What is written to end it; at least one token. */
  readonly close: readonly number[];
  /** The bytes of a token. */
  piece(id: number): Uint8Array;
}

/** @param inner of a grammar */
export function limited(inner: Constraint | undefined, limit: ThoughtLimit): Constraint {
  return new Limited(inner, limit);
}

class Limited implements Constraint {
  readonly #inner: Constraint | undefined;
  readonly #limit: ThoughtLimit;
  readonly #thought: Thought;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #tokens = 0;
  /** Place in the closing tokens, once they are to be written. */
  #closing: number | undefined;
  #over = false;

  constructor(inner: Constraint | undefined, limit: ThoughtLimit) {
    this.#inner = inner;
    this.#limit = limit;
    this.#thought = new Thought(limit.opened);
    if (limit.opened !== undefined) this.#check();
  }

  /** Of the grammar alone. */
  get name(): string {
    return this.#inner ? (this.#inner.name ?? "grammar") : "";
  }

  get calling(): boolean {
    return this.#inner?.calling ?? false;
  }

  get #next(): number | undefined {
    return this.#closing === undefined ? undefined : this.#limit.close[this.#closing];
  }

  allows(token: number): boolean {
    const next = this.#next;
    return next === undefined ? (this.#inner?.allows(token) ?? true) : token === next;
  }

  apply(logits: Float32Array): void {
    const next = this.#next;
    if (next === undefined) {
      this.#inner?.apply(logits);
      return;
    }
    // Also where a bias forbids it: the answer could not begin.
    const logit = Math.max(logits[next] as number, -1e6);
    logits.fill(Number.NEGATIVE_INFINITY);
    logits[next] = logit;
  }

  accept(token: number): void {
    this.#inner?.accept(token);
    if (this.#over) return;
    if (this.#closing !== undefined) {
      this.#closing += 1;
      if (this.#closing === this.#limit.close.length) this.#end();
      return;
    }
    this.#thought.push(this.#decoder.decode(this.#limit.piece(token), { stream: true }));
    if (this.#thought.over) this.#end();
    if (!this.#thought.thinking) return;
    this.#tokens += 1;
    this.#check();
  }

  #check(): void {
    if (this.#tokens >= this.#limit.tokens) this.#closing = 0;
  }

  #end(): void {
    this.#over = true;
    this.#closing = undefined;
  }
}
