/** What a second process writes, held against what the reader has from the first. */
import type { Written } from "../process/protocol.ts";

export type TextPart = Extract<Written, { ids: unknown }>;

export class Comparison {
  readonly #given: readonly number[];
  readonly #text: string;
  readonly #toolCalls: number;
  /** Of tokens, text and calls: what has come again, and what is new beyond it. */
  #known = 0;
  #written = "";
  #called = 0;

  constructor(given: readonly number[], text: string, toolCalls: number) {
    this.#given = [...given];
    this.#text = text;
    this.#toolCalls = toolCalls;
  }

  /** All that was given has come again. */
  get over(): boolean {
    return (
      this.#known === this.#given.length &&
      this.#written.length >= this.#text.length &&
      this.#called >= this.#toolCalls
    );
  }

  /** @returns what the reader does not have yet */
  add(part: TextPart): TextPart | "differs" | undefined {
    if (this.over) return part;
    const known = Math.min(part.ids.length, this.#given.length - this.#known);
    const expected = this.#given.slice(this.#known, this.#known + known);
    if (expected.some((id, at) => id !== part.ids[at])) return "differs";
    this.#known += known;
    this.#written += part.text;
    if (part.toolCall) this.#called += 1;
    const ids = part.ids.slice(known);
    // One token may end in several parts, of which only the first has its id.
    if (!this.over) return ids.length > 0 ? "differs" : undefined;
    if (!this.#written.startsWith(this.#text)) return "differs";
    const text = this.#written.slice(this.#text.length);
    const toolCall = this.#called > this.#toolCalls ? part.toolCall : undefined;
    return { ...part, text, ids, tokens: part.tokens?.slice(known), toolCall };
  }
}
