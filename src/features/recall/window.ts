/**
 * How much of a chat goes into the window beside what is looked up. The rule is the core's, with less room:
 * what stays is the same from question to question, so that the engine need not read it anew.
 */
import { CharlaError } from "../../core/errors.ts";
import type { Message, Turn } from "../../core/types.ts";
import { fitWindow } from "../../core/window.ts";

/** Of the prompt's room, what is looked up may take; and however large that is, no more tokens. */
const SHARE = 1 / 8;
const MOST = 2000;

export interface Room {
  /** What stays of the history. */
  readonly kept: readonly Message[];
  /** Tokens of the prompt that it is. */
  readonly tokens: number;
  /** Tokens that a prompt may have. */
  readonly limit: number;
}

/** Tokens that a prompt may have, as `core/window.ts` says. */
export const limitOf = (contextWindow: number, answerTokens: number): number =>
  contextWindow - Math.min(answerTokens, Math.floor(contextWindow / 2));

/**
 * @param count as the window counts
 * @returns undefined where all fits, or nothing can be done about it
 */
export async function roomFor(
  { messages, sampling }: Pick<Turn, "messages" | "sampling">,
  contextWindow: number,
  count: (messages: readonly Message[]) => Promise<number>,
): Promise<Room | undefined> {
  const limit = limitOf(contextWindow, sampling.maxTokens);
  if ((await count(messages)) <= limit) return undefined;
  const room = Math.min(Math.floor(limit * SHARE), MOST);
  try {
    const { messages: kept, promptTokens } = await fitWindow(messages, limit - room, 0, count);
    return { kept, tokens: promptTokens, limit };
  } catch (thrown) {
    // The question alone takes the window: the core says so, or drops all else.
    if (thrown instanceof CharlaError && thrown.code === "context_length_exceeded")
      return undefined;
    throw thrown;
  }
}

/** A token is at least a byte, and a message's place in the prompt takes no more tokens than this. */
const AROUND = 32;

/** Whether all fits for certain, without counting. */
export const surelyFits = (messages: readonly Message[], limit: number): boolean =>
  messages.reduce((sum, { content }) => sum + Buffer.byteLength(content) + AROUND, 0) <= limit;
