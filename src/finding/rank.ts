/**
 * Ranks passages by the words of a question and by their meaning, and joins both.
 * Sources: Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009;
 * Cormack, Clarke and Büttcher, "Reciprocal rank fusion", 2009.
 */
import type { FileIndex } from "./index-block.ts";
import { type Language, termsOf } from "./words.ts";

/** A passage of one of the files that are searched. */
export interface Ranked {
  /** Which file, by its place among those that are searched. */
  readonly file: number;
  readonly piece: number;
  readonly score: number;
}

/** A word of the question, and how much it counts. */
export interface Asked {
  readonly word: string;
  readonly weight: number;
}

/** As most engines have them. */
const K1 = 1.2;
const B = 0.75;

/** Passages of a ranking; what comes behind them decides nothing. */
const MOST = 200;

/** The best of a file's passages, by their scores. @param above less is nothing */
export function best(file: number, scores: Float32Array, above = 0): Ranked[] {
  let ranked: Ranked[] = [];
  let least = above;
  const cut = () => {
    ranked = ranked.sort(better).slice(0, MOST);
    if (ranked.length === MOST) least = ranked.at(-1)?.score ?? least;
  };
  for (let piece = 0; piece < scores.length; piece++) {
    const score = scores[piece] as number;
    if (score <= least) continue;
    ranked.push({ file, piece, score });
    // Sorted now and then, so that nothing is made of most of them.
    if (ranked.length === 4 * MOST) cut();
  }
  cut();
  return ranked;
}

/** Of several files together. */
export const together = (ranked: readonly Ranked[]): Ranked[] =>
  ranked.toSorted(better).slice(0, MOST);

/** The passages that hold most of the words of a question, best first. */
export function byWords(files: readonly FileIndex[], asked: readonly Asked[]): Ranked[] {
  const pieces = files.reduce((sum, { pieces }) => sum + pieces, 0);
  const mean = files.reduce((sum, { length }) => sum + length, 0) / Math.max(1, pieces);
  const stemmed = new Map<Language, readonly Asked[]>();
  const inLanguage = (language: Language) => {
    const known = stemmed.get(language);
    if (known) return known;
    const made = new Map<string, number>();
    for (const { word, weight } of asked)
      for (const term of termsOf(word, language))
        made.set(term, Math.max(made.get(term) ?? 0, weight));
    const list = [...made].map(([word, weight]) => ({ word, weight }));
    stemmed.set(language, list);
    return list;
  };
  // A word is as rare as its stems are in all files together.
  const rarity = new Map<string, number>();
  for (const file of files)
    for (const { word } of inLanguage(file.language))
      rarity.set(word, (rarity.get(word) ?? 0) + file.postings(word).length);
  const ranked: Ranked[] = [];
  for (const [index, file] of files.entries()) {
    const scores = new Float32Array(file.pieces);
    for (const { word, weight } of inLanguage(file.language)) {
      const holding = rarity.get(word) ?? 0;
      const idf = Math.log(1 + (pieces - holding + 0.5) / (holding + 0.5));
      for (const posting of file.postings(word)) {
        const piece = posting >>> 8;
        const times = posting & 255;
        const norm = K1 * (1 - B + (B * file.lengthOf(piece)) / mean);
        scores[piece] =
          (scores[piece] as number) + (weight * idf * times * (K1 + 1)) / (times + norm);
      }
    }
    ranked.push(...best(index, scores));
  }
  return together(ranked);
}

/** Where scores are the same, what stands first in the first file. */
const better = (one: Ranked, other: Ranked): number =>
  other.score - one.score || one.file - other.file || one.piece - other.piece;

/** Ranks count as 1 / (60 + rank). */
const RANK = 60;
export const FIRST = 1 / (RANK + 1);
const keyOf = ({ file, piece }: Ranked) => file * 2 ** 32 + piece;

/** @param lists with the weight of each; what a list does not have gets nothing from it */
export function join(
  ...lists: readonly { readonly ranked: readonly Ranked[]; weight(one: Ranked): number }[]
): Ranked[] {
  const scores = new Map<number, Ranked>();
  for (const { ranked, weight } of lists)
    for (const [rank, one] of ranked.entries()) {
      const key = keyOf(one);
      const score = (scores.get(key)?.score ?? 0) + weight(one) / (RANK + rank + 1);
      if (score > 0) scores.set(key, { ...one, score });
    }
  return [...scores.values()].sort(better);
}
