/** What the scheduler computes: tokens in, logits out. What they are for is the work's own matter. */
import type { Pointer } from "../native/api.ts";

export interface Adapter {
  readonly id: string;
  readonly digest: string;
  readonly pointer: Pointer;
  readonly scale: number;
}

export interface Work {
  /** What is to be read, as token ids; at least one. */
  readonly tokens: readonly number[];
  readonly adapter: Adapter | undefined;
  /** Whose it is: what was computed for one is found by nobody else. Who gives no name shares. */
  readonly owner?: string | undefined;
  /** It says nothing of anybody: what was computed for it is found by all. */
  readonly everybody?: boolean;
  /** Computed apart from the others and with nothing from the cache, so that it can be repeated. */
  readonly alone: boolean;
  /** Nobody waits for it: it takes part in no batch of somebody who is answered. */
  readonly yields?: boolean | undefined;
  /**
   * After which tokens logits are wanted: the last one, or those from a position on; `before` is for
   * an answer that is read with so many tokens of a prompt before it: from the last one of these on,
   * computed like tokens that are written.
   */
  readonly outputs:
    | "last"
    | { readonly from: number }
    | { readonly before: number; readonly slowly?: boolean };
  /** So many of the first tokens are a system prompt, which other conversations of the owner may share. */
  readonly systemTokens: number;
  /** A cancel takes effect before the next batch. */
  readonly signal: AbortSignal;
  /** The work has a slot. Tokens of its beginning that were there already, or came from the cache. */
  onStart(cachedTokens: number, restoredTokens: number): void;
  /**
   * Called for each output in order.
   *
   * @param logits after the token at `position`; the library's memory, to be read at once
   * @returns the token to go on with, or undefined when there is no more to do (where
   *   more is read than the last token, when there is nothing to add)
   */
  onLogits(logits: Float32Array, position: number): number | undefined;
  /** Guesses at the tokens to come; what is wrong costs time and nothing else. */
  draft?(count: number): readonly number[];
  /** Called once, after everything else: it is done, was cancelled, or has failed. */
  onEnd(error?: unknown): void;
}
