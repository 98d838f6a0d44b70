/** The vocabulary of a model as a grammar reads it: the bytes of each token, and an order of them. */
import { setImmediate } from "node:timers/promises";
import type { Model } from "../native/model.ts";

/** In a part of these, the vocabulary is read while others wait for a few milliseconds. */
const TOKENS_AT_ONCE = 1000;
const MAX_PIECE_BYTES = 1024;

export interface Vocabulary {
  /** Number of tokens. */
  readonly size: number;
  /**
   * The bytes that a token adds to the answer, one in each character ("latin1"); empty for a token
   * that adds none, which a grammar never lets through.
   */
  piece(token: number): string;
  /** The answer ends with this token. */
  ends(token: number): boolean;
}

/**
 * Made once for a model: what it finds out is kept.
 *
 * @param marks control tokens that count as the texts that they are written as
 * @param stops tokens that end an answer besides the model's own
 */
export function vocabularyOf(
  model: Pick<Model, "api" | "vocab" | "vocabSize" | "isEnd">,
  marks: ReadonlyMap<number, string>,
  stops: ReadonlySet<number>,
): Vocabulary {
  const pieces: string[] = [];
  const ends: boolean[] = [];
  // Read past the model's own memory of pieces, which would come to hold the whole vocabulary.
  const bytes = Buffer.alloc(MAX_PIECE_BYTES);
  const latin1 = (token: number) => {
    const mark = marks.get(token);
    if (mark !== undefined) return Buffer.from(mark).toString("latin1");
    const length = model.api.tokenToPiece(model.vocab, token, bytes, bytes.length, 0, false);
    // A longer one is left out: no grammar needs it.
    return bytes.toString("latin1", 0, Math.max(0, length));
  };
  return {
    size: model.vocabSize,
    piece: (token) => (pieces[token] ??= latin1(token)),
    ends: (token) => (ends[token] ??= stops.has(token) || model.isEnd(token)),
  };
}

/** Tokens in the order of their bytes: neighbours share the beginnings that need be read once. */
export interface Sorted {
  readonly tokens: Int32Array;
  readonly pieces: readonly string[];
  /** How many bytes each piece shares with the one before it. */
  readonly shared: Uint16Array;
  readonly ends: readonly number[];
}

const known = new WeakMap<Vocabulary, Sorted>();

/** Reads the whole vocabulary and sorts it, if that is still to be done, bit by bit. */
export async function prepare(vocabulary: Vocabulary): Promise<void> {
  if (known.has(vocabulary)) return;
  for (let token = 0; token < vocabulary.size; token++) {
    vocabulary.piece(token);
    if (token % TOKENS_AT_ONCE === 0) await setImmediate();
  }
  sorted(vocabulary);
}

/** Sorted once for each vocabulary, when it is first needed; 50,000 take 0.1 s once they are read. */
export function sorted(vocabulary: Vocabulary): Sorted {
  const before = known.get(vocabulary);
  if (before) return before;
  const all = Array.from({ length: vocabulary.size }, (_, token) => token);
  const ends = all.filter((token) => vocabulary.ends(token));
  const entries = all
    .filter((token) => !vocabulary.ends(token))
    .map((token) => ({ token, piece: vocabulary.piece(token) }))
    .filter(({ piece }) => piece !== "")
    .sort((a, b) => (a.piece < b.piece ? -1 : a.piece > b.piece ? 1 : 0));
  const pieces = entries.map(({ piece }) => piece);
  const shared = Uint16Array.from(pieces, (piece, at) => {
    const previous = pieces[at - 1] ?? "";
    let same = 0;
    while (same < previous.length && previous[same] === piece[same]) same++;
    return same;
  });
  const result = {
    tokens: Int32Array.from(entries, ({ token }) => token),
    pieces,
    shared,
    ends,
  };
  known.set(vocabulary, result);
  return result;
}
