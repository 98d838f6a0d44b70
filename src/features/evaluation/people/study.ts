/** What a study is: questions, the systems that answer them, and what people are asked about the answers. */
import * as z from "zod";
import { item } from "../sets/item.ts";

const line = (most: number) => z.string().trim().min(1).max(most);

/** One thing that is asked about an answer, never several in one. */
const dimension = z.object({
  name: line(60),
  /** What each level means, the worst first. */
  anchors: z.array(line(120)).min(2).max(7),
});

/** A model with its settings; the name is shown after the vote. */
const system = z.object({
  label: line(120),
  /** The server's default where absent. */
  model: z.string().min(1).max(300).optional(),
  /** LoRA adapter, by its id. */
  adapter: z.string().min(1).max(300).optional(),
  prompt: z.string().max(20_000).optional(),
  temperature: z.number().min(0).max(2).default(0),
});

export const MOST_QUESTIONS = 500;

export const study = z.object({
  name: line(120),
  /** Levels for each answer alone, or which of two is better. */
  kind: z.enum(["levels", "pairs"]),
  dimensions: z.array(dimension).max(8),
  systems: z.array(system).min(1).max(6),
  questions: z.array(item).min(1).max(MOST_QUESTIONS),
  maxTokens: z.int().min(1).max(8192),
  /** Of the answers, and of what raters are shown in which order. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
});
export type StudyBody = z.output<typeof study>;

/** An answer of a system; one that failed is an answer without a text. */
export const answer = z.object({
  text: z.string(),
  /** The code of what went wrong. */
  failed: z.string().optional(),
});
export type Answer = z.output<typeof answer>;

export const VOTES = ["first", "second", "tie", "bad"] as const;
export type Vote = (typeof VOTES)[number];

/** What a rater was shown: a question, and one answer or two in the order in which they stood. */
export const rating = z.object({
  /** The name it was rated under; only a digest of it once it is erased. */
  rater: z.string(),
  place: z.int(),
  systems: z.array(z.int()).min(1).max(2),
  /** Shown to this rater a second time, to see whether the answer is the same. */
  again: z.boolean(),
  /** A level for each dimension, from 1. */
  levels: z.array(z.int()).optional(),
  vote: z.enum(VOTES).optional(),
  /** Of a rating only this is left: whose the answers were is known, so that it cannot be rated again. */
  erased: z.literal(true).optional(),
});
export type Rating = z.output<typeof rating>;
