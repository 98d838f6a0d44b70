/**
 * The pieces of an answer whose model may think aloud first: its thought, then its text, each with
 * the tokens that it was written in.
 */
import type { TokenLogprob } from "./extras.ts";
import { Thought, type Told } from "./reasoning.ts";
import type { Text } from "./types.ts";

export class Thinking {
  readonly #thought: Thought;
  /** Of text that is held back. */
  #tokens: TokenLogprob[] = [];

  /**
   * @param opened what ends the thought that the prompt has opened, if it has opened one; null for a
   *   text that is no answer, in which there is none
   */
  constructor(opened?: string | null) {
    this.#thought = new Thought(opened);
  }

  push(text: string, tokens?: readonly TokenLogprob[]): readonly (string | Text)[] {
    if (tokens) this.#tokens.push(...tokens);
    else if (this.#thought.over) return [text];
    return this.#pieces(this.#thought.push(text), this.#thought.over);
  }

  /** What was held back, also where no text comes for a token any more. */
  finish(): readonly (string | Text)[] {
    return this.#pieces(this.#thought.finish(), true);
  }

  #pieces({ reasoning, text }: Told, settled: boolean): readonly (string | Text)[] {
    const pieces: (string | Text)[] = [];
    if (reasoning !== "") pieces.push({ type: "text", text: "", ...this.#untold(), reasoning });
    if (text !== "" || (settled && this.#tokens.length > 0)) {
      const tokens = this.#untold();
      pieces.push(tokens.tokens ? { type: "text", text, ...tokens } : text);
    }
    return pieces;
  }

  #untold(): { readonly tokens?: readonly TokenLogprob[] } {
    if (this.#tokens.length === 0) return {};
    const tokens = this.#tokens;
    this.#tokens = [];
    return { tokens };
  }
}
