/** One sequence of the KV cache: what it holds, and who uses it. */
import { commonFrom } from "../cache/prefixes.ts";
import { Boldness } from "./draft.ts";
import type { Work } from "./work.ts";

export class Slot {
  /** Number of the sequence. */
  readonly index: number;
  /** The tokens that are in the KV cache. */
  tokens: number[] = [];
  /** Whose they are, and what they were computed with, as the cache has it. */
  key = "";
  work: Work | undefined;
  /** Tokens of the work that are to be computed yet. */
  todo: readonly number[] = [];
  /** Whether the prompt has been read, and tokens come one by one. */
  decoding = false;
  /** Where the reading pauses, so that the state of the system prompt can be kept. */
  hold: number | undefined;
  /** Waits for its state from disk. */
  restoring = false;
  /** How far its answer guesses ahead. */
  boldness = new Boldness();
  /** Counts up with every use, for the choice of the least recent one. */
  usedAt = 0;
  /** Whether the cache has what the slot holds. */
  saved = true;
  /** What it holds is kept nowhere, and is forgotten as soon as the slot is free. */
  fleeting = false;

  constructor(index: number) {
    this.index = index;
  }

  get free(): boolean {
    return this.work === undefined && !this.restoring;
  }

  /** How many tokens of the slot a prompt begins with. */
  common(tokens: readonly number[], key: string): number {
    return key === this.key ? commonFrom(0, this.tokens, tokens) : 0;
  }
}
