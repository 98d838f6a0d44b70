/** From the parts of a prompt to its tokens: those of the template, and the texts of others. */
import type { LlamaTextValue, Token, Tokenizer } from "node-llama-cpp";
import { Marks, partsOf } from "../native/pieces.ts";
import { SpecialTokensText } from "./chat-wrapper.ts";
import type { Slice } from "./slices.ts";

/** What templates write is the same few texts again and again, each worth remembering. */
const MAX_KNOWN = 256;
const MAX_KNOWN_LENGTH = 256;

export class Reading {
  readonly #tokenizer: Tokenizer;
  readonly #marks: Marks;
  /** Tokens of the template's own texts. */
  readonly #known = new Map<string, readonly Token[]>();

  /** @param marks texts of tokens that must not come out of a text of others */
  constructor(tokenizer: Tokenizer, marks: readonly string[]) {
    this.#tokenizer = tokenizer;
    this.#marks = new Marks(marks);
  }

  /**
   * Tokens of a text that somebody else has written: never a control token, nor one that has a
   * meaning beyond its letters.
   */
  async foreign(text: string, slice: Slice, inside = false): Promise<Token[]> {
    const tokens: Token[] = [];
    for (const apart of this.#marks.apart(text)) {
      for (const part of partsOf(apart)) {
        if (slice.over) await slice.rest();
        append(tokens, this.#cut(part, false, inside || tokens.length > 0));
      }
    }
    return tokens;
  }

  /**
   * What node-llama-cpp's `LlamaText.tokenize` gives, in slices.
   *
   * @param values plain strings are foreign texts
   */
  async tokens(values: readonly LlamaTextValue[], slice: Slice): Promise<readonly Token[]> {
    const tokens: Token[] = [];
    let text = "";
    const addText = async () => {
      if (text !== "") append(tokens, await this.foreign(text, slice, tokens.length > 0));
      text = "";
    };
    for (const value of values) {
      if (typeof value === "string") {
        text += value;
        continue;
      }
      await addText();
      if (slice.over) await slice.rest();
      const inside = tokens.length > 0;
      if (value instanceof SpecialTokensText) {
        append(tokens, await this.#own(value.value, slice, inside));
      } else append(tokens, value.tokenize(this.#tokenizer));
    }
    await addText();
    return tokens;
  }

  /** The template's text, control tokens and all; descriptions of tools can make it long. */
  async #own(text: string, slice: Slice, inside: boolean): Promise<readonly Token[]> {
    const key = `${inside} ${text}`;
    const known = this.#known.get(key);
    if (known) return known;
    const tokens: Token[] = [];
    for (const part of partsOf(text)) {
      if (slice.over) await slice.rest();
      append(tokens, this.#cut(part, true, inside || tokens.length > 0));
    }
    if (text.length > MAX_KNOWN_LENGTH) return tokens;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(key, tokens);
    return tokens;
  }

  #cut(text: string, special: boolean, inside: boolean): readonly Token[] {
    return this.#tokenizer(text, special, inside ? "trimLeadingSpace" : undefined);
  }
}

/** In a loop: as arguments of a call, so many would be too many for the stack. */
function append(tokens: Token[], more: readonly Token[]): void {
  for (const token of more) tokens.push(token);
}
