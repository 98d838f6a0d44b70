/**
 * Keeps control tokens out of what a template writes by itself: names, descriptions and arguments
 * of tools. Their texts are replaced by words that no template knows, and where these come out, the
 * texts are put back as plain strings, which are tokenised with special tokens off.
 */
import { randomBytes } from "node:crypto";
import type { LlamaTextValue } from "node-llama-cpp";
import { SpecialTokensText } from "./chat-wrapper.ts";

export class Guard {
  readonly #controls: RegExp | undefined;
  /** Begins every word of this guard's. */
  readonly #prefix = `x${randomBytes(8).toString("hex")}x`;
  readonly #hidden: string[] = [];

  /** @param controls texts of control tokens */
  constructor(controls: readonly string[]) {
    const texts = [...controls]
      .sort((a, b) => b.length - a.length)
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    this.#controls = texts.length > 0 ? new RegExp(texts.join("|"), "g") : undefined;
  }

  /** The same value, with a word in the place of each control token in its strings and keys. */
  hide<T>(value: T): T {
    const hidden = (inner: unknown): unknown => {
      if (typeof inner === "string") {
        return this.#controls ? inner.replace(this.#controls, (text) => this.word(text)) : inner;
      }
      if (Array.isArray(inner)) return inner.map(hidden);
      if (typeof inner !== "object" || inner === null) return inner;
      return Object.fromEntries(
        Object.entries(inner).map(([key, it]) => [hidden(key) as string, hidden(it)]),
      );
    };
    return hidden(value) as T;
  }

  /** A word to be replaced by this text. */
  word(text: string): string {
    return `${this.#prefix}${this.#hidden.push(text) - 1}x`;
  }

  /** What the parts of a prompt are in truth. */
  show(values: readonly LlamaTextValue[]): readonly LlamaTextValue[] {
    const word = new RegExp(`${this.#prefix}(\\d+)x`, "g");
    const text = (at: string) => this.#hidden[Number(at)] as string;
    return values.flatMap((value, index): readonly LlamaTextValue[] => {
      if (value instanceof SpecialTokensText) {
        // Every second part is what the expression has captured.
        return value.value
          .split(new RegExp(word.source))
          .map((part, at) => (at % 2 === 0 ? new SpecialTokensText(part) : text(part)));
      }
      if (typeof value !== "string") return [value];
      // Some templates want results as JSON strings; what a tool answered is given as it is,
      const alone = new RegExp(`^[\\\\"]*${word.source}[\\\\"]*$`).exec(value);
      if (!alone) return [value.replace(word, (_, at: string) => text(at))];
      const result = text(alone[1] as string);
      // unless the template itself writes the quotes around it.
      const [before, after] = [values[index - 1], values[index + 1]];
      const quoted =
        before instanceof SpecialTokensText &&
        after instanceof SpecialTokensText &&
        /[^|]"$/.test(before.value) &&
        after.value.startsWith('"');
      return [quoted ? JSON.stringify(result).slice(1, -1) : result];
    });
  }
}
