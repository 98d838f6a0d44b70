/**
 * Tokens of a text and text of tokens, over the vocabulary that the model has in memory anyway. It
 * does what node-llama-cpp's own tokenizer does, which would load the vocabulary once more (20 MB
 * for 49,152 tokens), so that its templates can use it.
 */
import type { Token, Tokenizer } from "node-llama-cpp";
import type { Model } from "./model.ts";

/** enum llama_token_attr. */
const CONTROL = 8;
const USER_DEFINED = 16;
/** For a space that a tokenizer of SentencePiece adds, and the like. */
const SPARE_TOKENS = 8;

type Options = "trimLeadingSpace" | undefined;

interface Cut {
  /** What the model was trained to find around a text: its beginning, its end. */
  readonly around?: boolean;
  /** Control tokens that the text names become such tokens. */
  readonly special?: boolean;
}

/** Tokens of a text. */
export function cutText({ api, vocab }: Model, text: string, options: Cut = {}): number[] {
  const { around = false, special = false } = options;
  const bytes = Buffer.from(text);
  const write = (into: Int32Array) =>
    api.tokenize(vocab, bytes, bytes.length, into, into.length, around, special);
  let tokens = new Int32Array(bytes.length + SPARE_TOKENS);
  let count = write(tokens);
  if (count < 0) {
    tokens = new Int32Array(-count);
    count = write(tokens);
  }
  if (count < 0) throw new RangeError("llama.cpp could not cut the text into tokens");
  return Array.from(tokens.subarray(0, count));
}

/** Texts of the tokens that llama.cpp makes of any text, though they are more than their letters. */
export function marksOf({ api, vocab, vocabSize }: Model): readonly string[] {
  const marks: string[] = [];
  for (let token = 0; token < vocabSize; token++) {
    const defined = (api.vocabAttributes(vocab, token) & USER_DEFINED) !== 0;
    if (defined) marks.push(api.vocabText(vocab, token));
  }
  return marks;
}

export function tokenizerOf(model: Model): Tokenizer {
  const { api, vocab } = model;
  const cut = (text: string, special: boolean) => cutText(model, text, { special });

  function detokenize(tokens: readonly number[], special = false): string {
    if (tokens.length === 0) return "";
    const ids = Int32Array.from(tokens);
    const write = (into: Buffer) =>
      api.detokenize(vocab, ids, ids.length, into, into.length, false, special);
    let bytes = Buffer.alloc(8 * tokens.length);
    let length = write(bytes);
    if (length < 0) {
      bytes = Buffer.alloc(-length);
      length = write(bytes);
    }
    return bytes.toString("utf8", 0, Math.max(0, length));
  }

  /** Control tokens of the vocabulary; undefined where it has none. */
  const builtin = {
    BOS: known(api.vocabBos(vocab)),
    EOS: known(api.vocabEos(vocab)),
    NL: known(api.vocabNl(vocab)),
    EOT: known(api.vocabEot(vocab)),
    SEP: known(api.vocabSep(vocab)),
  };

  /** As if something stood before it: without the space that opens a text. */
  function inner(text: string, special: boolean): number[] | undefined {
    const spaces = leadingSpaces(text);
    const right = (tokens: number[]) =>
      !special || leadingSpaces(detokenize(tokens, true)) === spaces;
    const before = builtin.BOS ?? builtin.EOS ?? builtin.NL ?? builtin.EOT;
    if (special && before !== undefined) {
      const tokens = cut(api.vocabText(vocab, before) + text, true);
      const at = tokens.indexOf(before);
      const rest = tokens.slice(at + 1);
      if ((at === 0 || at === 1) && right(rest)) return rest;
    }
    const newline = cut("\n", special);
    if (text.startsWith("\n")) {
      const tokens = cut(text, special);
      if (detokenize(tokens, special).startsWith("\n")) return tokens;
    }
    const tokens = cut(`\n${text}`, special);
    const rest = tokens.slice(newline.length);
    const begins = newline.length > 0 && newline.every((token, at) => tokens[at] === token);
    return begins && right(rest) ? rest : undefined;
  }

  function tokenize(text: string, special: boolean | "builtin" = false, options?: Options) {
    if (text === "") return [];
    if (special === "builtin") {
      const token = builtin[text as keyof typeof builtin];
      return token === undefined ? [] : [token];
    }
    const trimmed = options === "trimLeadingSpace" ? inner(text, special) : undefined;
    return trimmed ?? cut(text, special);
  }

  const isEogToken = (token: number) =>
    token === builtin.EOS || token === builtin.EOT || model.isEnd(token);

  return Object.assign(tokenize, {
    detokenize,
    isEogToken,
    isSpecialToken: (token: Token | undefined) => {
      if (token === undefined) return false;
      if ((api.vocabAttributes(vocab, token) & CONTROL) !== 0 || isEogToken(token)) return true;
      return detokenize([token]) === "" && detokenize([token], true) !== "";
    },
  }) as unknown as Tokenizer;
}

const known = (token: number) => (token < 0 ? undefined : token);

function leadingSpaces(text: string): number {
  return /^ */.exec(text)?.[0].length ?? 0;
}
