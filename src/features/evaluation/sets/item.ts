/** A question of a set, as runs, raters and judges take it. */
import * as z from "zod";

export const KINDS = ["qa", "choice", "chat"] as const;

const message = z.object({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string().min(1).max(100_000),
});

export const item = z.object({
  id: z.string().min(1).max(200),
  /** Of BCP 47: "en", "es-MX". */
  lang: z.string().min(2).max(35),
  /** A short answer that is right or wrong, a choice of several, or a chat that people judge. */
  kind: z.enum(KINDS),
  /** What the model is asked; the last is the user's. */
  messages: z.array(message).min(1).max(200),
  /** Right answers, or good ones to compare with. */
  references: z.array(z.string().min(1).max(100_000)).max(50),
  choices: z.array(z.string().min(1).max(10_000)).min(2).max(26).optional(),
  /** Which of the choices is right, from 0. */
  answer: z.int().min(0).max(25).optional(),
  /** Where it is from, and under which licence; "own" for Charla's. */
  source: z.string().min(1).max(500),
  licence: z.string().min(1).max(200),
});
export type Item = z.output<typeof item>;

/** Where nobody says otherwise. */
export const UNSTATED = "not stated";
