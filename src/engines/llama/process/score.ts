/** Log-probabilities of a given text, token by token, as far as it is in one window. */
import type { TokenLogprob } from "../../../core/extras.ts";
import type { Model } from "../native/model.ts";
import { logprobsOf } from "../sampling/logprobs.ts";
import { named, spelled } from "./generation.ts";
import type { Window } from "./protocol.ts";
import type { Adapter, Work } from "./work.ts";

export interface Scoring {
  readonly model: Model;
  /** What the model was trained to find at the beginning of every text, if anything. */
  readonly opening: readonly number[];
  readonly window: Window;
  readonly adapter: Adapter | undefined;
  /** Alternatives for each token. */
  readonly top: number;
  readonly yields: boolean | undefined;
  readonly signal: AbortSignal;
  send(part: TokenLogprob[]): void;
  done(error?: unknown): void;
}

export function scoring(options: Scoring): Work {
  const { model, opening, window, top, yields, adapter, signal, send, done } = options;
  const { tokens, from } = window;
  let scored: TokenLogprob[] = [];
  if (from === 0 && opening.length === 0)
    scored.push({ ...spelled(model, tokens[0] as number, null), top: [] });
  return {
    tokens: [...opening, ...tokens],
    adapter,
    alone: false,
    yields,
    outputs: { from: Math.max(0, from + opening.length - 1) },
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
