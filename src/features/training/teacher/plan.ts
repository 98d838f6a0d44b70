/**
 * Texts that a teacher writes for a student to learn: its answers to questions that there are, or questions
 * and answers from a description. The shapes of what is stored and of what is told of them.
 */
import * as z from "zod";
import { message } from "../data/chat.ts";
import { description, teacher } from "../data/provenance.ts";
import { LEAST_MADE_UP, MOST_MADE_UP } from "../defaults.ts";

const count = z.int().min(0);

/** Questions of one set. */
export const MOST_QUESTIONS = 5000;

export const writing = z.object({
  name: z.string().min(1).max(100),
  teacher,
  /** Of the wish: by it the same one is found again. */
  key: z.string(),
  /** Questions and answers from this; absent: answers to questions that there are. */
  synthetic: description
    .extend({ number: z.int().min(LEAST_MADE_UP).max(MOST_MADE_UP) })
    .optional(),
  /** Of an answer. */
  maxTokens: z.int().min(16).max(8192),
  /** Personal data stays as it is. */
  unmasked: z.boolean(),
  /** Charla's. */
  version: z.string(),
});
export type Writing = z.output<typeof writing>;

/** Why an answer is not learned from. */
export const FAULTS = ["empty", "cut", "repeated", "declined", "tooLong", "failed"] as const;
export type Fault = (typeof FAULTS)[number];

export const item = z.object({
  /** Up to the question. */
  messages: z.array(message),
  /** Id of the stored chat that the question comes from. */
  from: z.string().optional(),
  answer: z.string().optional(),
  fault: z.enum(FAULTS).optional(),
});
export type Item = z.output<typeof item>;

export const isOpen = ({ answer, fault }: Item): boolean =>
  answer === undefined && fault === undefined;

/** What came of it so far. */
export const tally = z.object({
  questions: count,
  /** Answers that can be learned from. */
  answers: count,
  faults: z.record(z.enum(FAULTS), count),
});
export type Tally = z.output<typeof tally>;

export function tallyOf(items: readonly Item[]): Tally {
  const of = (fault: Fault) => items.filter((one) => one.fault === fault).length;
  return {
    questions: items.length,
    answers: items.filter(({ answer, fault }) => answer !== undefined && !fault).length,
    faults: Object.fromEntries(FAULTS.map((fault) => [fault, of(fault)])) as Tally["faults"],
  };
}
