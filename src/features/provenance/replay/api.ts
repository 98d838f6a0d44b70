/** What a replay takes and says over HTTP. */
import * as z from "zod";
import { text } from "../../../core/route.ts";

/** Characters of an answer, and of each message before it. */
const MAX_ANSWER = 100_000;
const MAX_PROMPT = 1_000_000;
const MAX_MESSAGES = 1000;

export const replayBody = z.strictObject({
  /** Id of one's own receipt. */
  receipt: z.string().max(64),
  text: text.min(1).max(MAX_ANSWER),
  /** As the receipt's file has it. */
  prompt: z
    .array(
      z.strictObject({
        role: z.enum(["system", "user", "assistant"]),
        content: text.max(MAX_PROMPT),
      }),
    )
    .min(1)
    .max(MAX_MESSAGES),
  /** Which model is to compute it; the one that answers by default if absent. */
  model: z.string().max(1000).optional(),
});

export const replayReply = z.object({
  /**
   * same: this model with these settings. edited: the same, and a few tokens were changed since.
   * different: another model, setting or question; of honest answers, fewer than one of 10,000 is said to
   * be. inconclusive: so few tokens, so far off, may be the same or not.
   */
  verdict: z.enum(["same", "edited", "different", "inconclusive"]),
  tokens: z.number(),
  /** Tokens that would have been taken. */
  agree: z.number(),
  /** How far the others are off, in logits by the temperature, each clipped; edits are left out. */
  mean: z.number(),
  p99: z.number(),
  /** How often an honest answer of so many tokens is so far off. */
  chance: z.number(),
  model: z.string(),
  /** Whether the model's file is the one of the receipt; null where one of them has no digest. */
  file: z.boolean().nullable(),
  /** Whether text and question are others than those of the receipt. */
  changed: z.object({ text: z.boolean(), prompt: z.boolean() }),
  /** Tokens that would not have been taken. */
  places: z.array(
    z.object({
      token: z.number(),
      text: z.string(),
      instead: z.string(),
      behind: z.number(),
      /** Nothing but a change of the text explains it. */
      edited: z.boolean(),
    }),
  ),
});
export type ReplayReply = z.output<typeof replayReply>;
