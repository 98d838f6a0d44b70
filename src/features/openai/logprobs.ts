/**
 * Tokens with their log-probabilities, as OpenAI writes them.
 * Source: the OpenAI API reference, "The chat completion object", `choices[].logprobs`.
 */
import * as z from "zod";
import type { TokenLogprob } from "../../core/extras.ts";

/** OpenAI's number for what is as good as impossible; JSON has no infinity. */
const NEVER = -9999;

const token = z.object({
  token: z.string(),
  /** Natural logarithm. */
  logprob: z.number(),
  /** UTF-8; tokens of one character put together give it. */
  bytes: z.array(z.number()),
});
const tokenLogprob = token.extend({ top_logprobs: z.array(token) });

export const logprobs = z.object({ content: z.array(tokenLogprob), refusal: z.null() });

/** The tokens of a text that is scored: with their ids, and null where nothing stands before. */
export const scoredToken = tokenLogprob.extend({
  id: z.number(),
  logprob: z.number().nullable(),
  top_logprobs: z.array(token.extend({ id: z.number() })),
});

export const bounded = (logprob: number) => Math.max(NEVER, logprob);
const plain = ({ text, bytes, logprob }: Omit<TokenLogprob, "top">) => ({
  token: text,
  logprob: bounded(logprob ?? 0),
  bytes: [...bytes],
});

export const toLogprobs = (tokens: readonly TokenLogprob[]): z.output<typeof logprobs> => ({
  content: tokens.map((one) => ({ ...plain(one), top_logprobs: one.top.map(plain) })),
  refusal: null,
});

export const toScored = (one: TokenLogprob): z.output<typeof scoredToken> => ({
  id: one.id,
  ...plain(one),
  logprob: one.logprob === null ? null : bounded(one.logprob),
  top_logprobs: one.top.map((other) => ({ id: other.id, ...plain(other) })),
});
