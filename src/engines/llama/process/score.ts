/**
 * Log-probabilities of a given text, token by token. A text that is longer than the context window
 * is read in windows that overlap by half, and every token is scored where it has most before it.
 */
import type { TokenLogprob } from "../../../core/extras.ts";
import type { Model } from "../native/model.ts";
import { logprobsOf } from "../sampling/logprobs.ts";
import { named, spelled } from "./generation.ts";
import type { Adapter, Work } from "./work.ts";

export interface Window {
  /** Token ids to be read. */
  readonly tokens: readonly number[];
  /** The first token, as an index into `tokens`, that this window scores. */
  readonly from: number;
}

/**
 * @param tokens of the whole text
 * @param size of the context window, in tokens
 */
export function windows(tokens: readonly number[], size: number): readonly Window[] {
  const half = Math.floor(size / 2);
  const list: Window[] = [{ tokens: tokens.slice(0, size), from: 0 }];
  for (let end = size; end < tokens.length; end += half) {
    const start = end - half;
    list.push({ tokens: tokens.slice(start, start + 2 * half), from: half });
  }
  return list;
}

export interface Scoring {
  readonly model: Model;
  /** What the model was trained to find at the beginning of every text, if anything. */
  readonly opening: readonly number[];
  readonly window: Window;
  readonly adapter: Adapter | undefined;
  /** Alternatives for each token. */
  readonly top: number;
  readonly signal: AbortSignal;
  send(part: TokenLogprob[]): void;
  done(error?: unknown): void;
}

export function scoring(options: Scoring): Work {
  const { model, opening, window, top, adapter, signal, send, done } = options;
  const { tokens, from } = window;
  let scored: TokenLogprob[] = [];
  if (from === 0 && opening.length === 0)
    scored.push({ ...spelled(model, tokens[0] as number, null), top: [] });
  return {
    tokens: [...opening, ...tokens],
    adapter,
    alone: false,
    outputs: "all",
    systemTokens: 0,
    signal,
    onStart() {},
    onLogits(logits, position) {
      const place = position + 1 - opening.length;
      const next = tokens[place];
      if (next === undefined || place < from) return undefined;
      scored.push(named(model, next, logprobsOf(logits, next, top)));
      if (scored.length < SEND_TOKENS) return undefined;
      send(scored);
      scored = [];
      return undefined;
    },
    onEnd(error) {
      if (scored.length > 0) send(scored);
      done(error);
    },
  };
}

/** Tokens of a message to the server. */
const SEND_TOKENS = 256;
