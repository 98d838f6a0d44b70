/** What a question asks for, in words: its own, and those of the one before it where it has few. */
import type { Asked } from "./rank.ts";
import { contentWords } from "./words.ts";

export interface Question {
  readonly text: string;
  /** What was asked before it in the same chat, newest last. */
  readonly before?: readonly string[];
}

/** A question with fewer words of its own goes on from the one before it. */
const FEW = 3;
const BEFORE = 0.4;

export interface Understood {
  readonly own: readonly string[];
  /** The words of the question before it, where it goes on from that. */
  readonly earlier: readonly string[];
  /** What its meaning is made of. */
  readonly text: string;
}

export function understood({ text, before = [] }: Question): Understood {
  const own = contentWords(text);
  const follows = own.length < FEW ? before.at(-1) : undefined;
  const earlier = follows === undefined ? [] : contentWords(follows);
  return { own, earlier, text: follows === undefined ? text : `${follows}\n${text}` };
}

export const weighed = ({ own, earlier }: Pick<Understood, "own" | "earlier">): Asked[] => [
  ...own.map((word) => ({ word, weight: 1 })),
  ...earlier.map((word) => ({ word, weight: BEFORE })),
];
