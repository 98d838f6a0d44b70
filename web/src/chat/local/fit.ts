/**
 * Which messages go to the model: by the same window as on the server. The engine for browsers counts
 * no tokens, so that they are estimated, by how far the last estimate was off; where it still was too
 * little, the engine says how many there are, and the window is drawn again.
 */
import type { Message } from "../../../../src/core/types.ts";
import { fitWindow, type Window } from "../../../../src/core/window.ts";

/** Bytes of UTF-8 to a token, about; a model with few words of a language needs more of them. */
const BYTES = 3.2;
/** Of the template, for each message. */
const MARKS = 6;

const encoder = new TextEncoder();

const estimate = (messages: readonly Message[]): number =>
  messages.reduce(
    (sum, { content }) => sum + Math.ceil(encoder.encode(content).length / BYTES) + MARKS,
    MARKS,
  );

export class Fit {
  /** Tokens to one that is estimated. */
  #ratio = 1;

  /** @throws CharlaError `context_length_exceeded` */
  window(
    messages: readonly Message[],
    contextTokens: number,
    answerTokens: number,
  ): Promise<Window> {
    const count = async (kept: readonly Message[]) => Math.ceil(estimate(kept) * this.#ratio);
    return fitWindow(messages, contextTokens, answerTokens, count);
  }

  /** How many tokens these messages really were. */
  learn(messages: readonly Message[], tokens: number): void {
    this.#ratio = tokens / estimate(messages);
  }
}
