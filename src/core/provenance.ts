/**
 * Where a text comes from when nobody who chats has written it, and what was found out about the
 * texts of a turn. Whoever puts a document, a page of the web or a tool's answer into a turn sets
 * `Message.source`; the feature `guard` marks such a text for the model and says so in the answer.
 */
import * as z from "zod";

/** Of the sources of one turn, so many are told. */
export const MAX_SOURCES = 20;

const source = z.object({
  kind: z.enum(["tool", "document", "web"]),
  /** Of the tool, file or page, for people; as little to be trusted as the text itself. */
  name: z.string().max(64),
});
export type Source = z.output<typeof source>;

/** Part of an answer's details; holds no word of any message. */
export const guarded = z.object({
  /** 0 to 1: how much the texts look as if they gave orders to the model; advice, never a verdict. */
  score: z.number().optional(),
  /** The score is so high that people should know. */
  suspicious: z.boolean().optional(),
  /** What it was that looked so, by the names of the rules; likeliest first. */
  signs: z.array(z.string().max(64)).max(64).optional(),
  /** Invisible characters that were taken out, by kind. */
  removed: z.record(z.string(), z.number()).optional(),
  /** Texts in the prompt that nobody who chats has written. */
  sources: z.array(source).max(MAX_SOURCES).optional(),
  /** What was kept back from the answer, by kind: "secret", "prompt", "canary", "tool". */
  withheld: z.record(z.string(), z.number()).optional(),
});
export type Guarded = z.output<typeof guarded>;

/** Whether a text can be recognised by a secret key; part of an answer's details. */
export const marked = z.object({
  /** Id of the key. */
  key: z.string().max(64).optional(),
  /** So many tokens carry the mark, of so many. */
  tokens: z.number().optional(),
  of: z.number().optional(),
  /**
   * Why it carries none: the likeliest token was always taken; the engine cannot; there was no choice
   * to make; there is no key.
   */
  none: z.enum(["greedy", "engine", "short", "no-key"]).optional(),
});
export type Marked = z.output<typeof marked>;

declare module "./types.ts" {
  interface Message {
    /** Set where the text is not the words of who has this role. */
    readonly source?: Source | undefined;
  }
  interface Start {
    readonly guard?: Guarded | undefined;
  }
  interface Ending {
    readonly guard?: Guarded | undefined;
    readonly mark?: Marked | undefined;
  }
}
