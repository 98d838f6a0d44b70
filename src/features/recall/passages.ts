/**
 * Passages of a chat: what is looked up and given to the model again. A question stands with its answer;
 * what is too long for that is cut at its paragraphs, and each of them still found by the question's words.
 */

import type { Message } from "../../core/types.ts";
import { piecesOf } from "../../finding/pieces.ts";
import { type Language, termsOf } from "../../finding/words.ts";

/** A message of a chat that no longer fits the window. */
export interface Said extends Pick<Message, "content"> {
  /** Of the stored message. */
  readonly id: string;
  readonly role: "user" | "assistant";
}

export interface Passage {
  /** Id of the question. */
  readonly message: string;
  readonly said: readonly { readonly role: Said["role"]; readonly text: string }[];
}

/** Characters of a question and its answer that stay together. */
const WHOLE = 1400;

/** @param said whole turns, oldest first */
export function turnsOf(said: readonly Said[]): readonly (readonly Said[])[] {
  const turns: Said[][] = [];
  for (const one of said) {
    const last = turns.at(-1);
    if (last && one.role === "assistant") last.push(one);
    else turns.push([one]);
  }
  return turns;
}

export function passagesOf(turn: readonly Said[]): readonly Passage[] {
  const message = turn[0]?.id ?? "";
  const length = turn.reduce((sum, { content }) => sum + content.length, 0);
  if (length <= WHOLE)
    return [{ message, said: turn.map(({ role, content: text }) => ({ role, text })) }];
  return turn.flatMap(({ role, content }, at) =>
    [...piecesOf(content, at)].map(({ from, to }) => ({
      ...{ message, said: [{ role, text: content.slice(from, to) }] },
    })),
  );
}

/** The words by which a passage is found: its own, and its question's. */
export function wordsOf({ said }: Passage, turn: readonly Said[], language: Language): string[] {
  const own = said.flatMap(({ text }) => termsOf(text, language));
  const [question] = turn;
  const has = question?.role !== "user" || said.some(({ role }) => role === "user");
  return has ? own : [...own, ...termsOf(question.content.slice(0, WHOLE), language)];
}
