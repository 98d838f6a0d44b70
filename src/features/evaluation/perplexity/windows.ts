/**
 * How texts are cut into windows. A perplexity is only comparable with one by the same protocol:
 *
 * - `llama`, as llama-perplexity does: windows of the context beside each other, of each the second
 *   half but for its first token is scored; what is left over at the end is dropped.
 * - `strided`, as Hugging Face's guide does: a window moves on by the stride, and scores what the one
 *   before has not.
 * - `bits`: each document by itself, in windows that overlap by half, so that every token is scored.
 */
import { textTooShort } from "../errors.ts";
import type { PerplexityPlan } from "../plan.ts";
import type { Document } from "../texts/read.ts";

export interface Window {
  /** Index of the text. */
  readonly text: number;
  readonly tokens: readonly number[];
  /** The first token, as an index, that is scored. */
  readonly from: number;
}

type How = Pick<PerplexityPlan, "protocol" | "context" | "stride" | "windows">;

/** The texts that a protocol reads: the two that are known from elsewhere read all as one. */
export function textsOf({ protocol }: Pick<How, "protocol">, documents: readonly Document[]) {
  if (protocol === "bits") return documents;
  const byLanguage = Map.groupBy(documents, ({ language }) => language);
  return [...byLanguage].map(([language, some]) => ({
    language,
    text: some.map(({ text }) => text).join("\n\n"),
  }));
}

/**
 * @param texts in tokens, without the model's own at their beginning
 * @param opening how many tokens of the model's own stand before each window
 * @throws CharlaError `evaluation_text_short`
 */
export function windowsOf(
  how: How,
  texts: readonly (readonly number[])[],
  opening: number,
): readonly Window[] {
  const cut = { llama, strided, bits }[how.protocol];
  return texts.flatMap((tokens, text) => {
    const all = cut(tokens, how, opening).map((window) => ({ text, ...window }));
    return all.slice(0, how.windows);
  });
}

type Cut = (
  tokens: readonly number[],
  how: How,
  opening: number,
) => readonly Omit<Window, "text">[];

/** Source: llama.cpp, tools/perplexity/perplexity.cpp, tag v0.5.0, `perplexity()`. */
const llama: Cut = (tokens, { context }, opening) => {
  const count = Math.floor((tokens.length + opening) / context);
  // As the tool demands it, so that there is more than one to average over.
  if (count < 2) throw textTooShort(tokens.length + opening, 2 * context);
  return Array.from({ length: count }, (_, index) => ({
    // The model's own token stands in the place of the window's first.
    tokens: tokens.slice(index * context, (index + 1) * context - opening),
    from: Math.floor(context / 2) + 1 - opening,
  }));
};

/** Source: huggingface.co/docs/transformers/perplexity. */
const strided: Cut = (tokens, { context, stride }, opening) => {
  const size = context - opening;
  const step = Math.min(stride, size);
  const windows: Omit<Window, "text">[] = [];
  for (let [begin, scored] = [0, 0]; scored < tokens.length; begin += step) {
    const end = Math.min(begin + size, tokens.length);
    windows.push({ tokens: tokens.slice(begin, end), from: scored - begin });
    scored = end;
  }
  return windows;
};

const bits: Cut = (tokens, { context }, opening) => {
  const half = Math.max(1, Math.floor((context - opening) / 2));
  return strided(tokens, { protocol: "strided", context, stride: half }, opening);
};
