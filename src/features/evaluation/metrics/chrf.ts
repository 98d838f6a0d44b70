/**
 * chrF (character n-grams) and chrF++ (words too), as sacrebleu computes them. They know nothing of
 * words, so they serve Spanish as well as English.
 *
 * Sources: Popović 2015 and 2017; sacrebleu 2.6.0 (Apache-2.0).
 */
import { clippedMatches, ngramCount } from "./ngrams.ts";
import { codePoints, Numbering, withoutSpaces, words } from "./text.ts";
import { type CorpusMetric, signed } from "./types.ts";

export interface ChrfOptions {
  /** Orders of words that count besides: 2 is chrF++. */
  readonly wordOrder?: number;
  readonly lowercase?: boolean;
}

const CHAR_ORDER = 6;
/** How much more recall weighs than precision, squared. */
const FACTOR = 2 ** 2;
const PUNCTUATION = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

export function chrf({ wordOrder = 0, lowercase = false }: ChrfOptions = {}): CorpusMetric {
  const prepare = (text: string) => (lowercase ? text.toLowerCase() : text);
  return {
    name: `chrF2${"+".repeat(wordOrder)}`,
    /** Three for each order: n-grams of the answer, of the reference, of both. */
    counts({ hypothesis, references }) {
      const mine = prepare(hypothesis);
      const each = references.map((text) => compare(mine, prepare(text), wordOrder));
      return each.reduce((best, other) => (f(other) > f(best) ? other : best));
    },
    score: f,
    signature: (of) =>
      signed(of, [
        `case:${lowercase ? "lc" : "mixed"}`,
        ...["eff:yes", `nc:${CHAR_ORDER}`, `nw:${wordOrder}`, "space:no"],
      ]),
  };
}

function compare(hypothesis: string, reference: string, wordOrder: number): number[] {
  const chars = [hypothesis, reference].map((text) => codePoints(withoutSpaces(text)));
  const counts = triples(chars as [number[], number[]], CHAR_ORDER);
  if (wordOrder === 0) return counts;
  const numbering = new Numbering();
  const both = [hypothesis, reference].map((text) => numbering.of(separated(text)));
  return [...counts, ...triples(both as [number[], number[]], wordOrder)];
}

function triples([mine, theirs]: readonly [number[], number[]], orders: number): number[] {
  return clippedMatches(mine, [theirs], orders).flatMap((matched, index) => {
    const ofReference = ngramCount(theirs.length, index + 1);
    // What no reference can have counts for nothing.
    return [ofReference > 0 ? ngramCount(mine.length, index + 1) : 0, ofReference, matched];
  });
}

/** Words with one punctuation mark apart, at the end or else at the beginning. */
function separated(text: string): string[] {
  return words(text).flatMap((word) => {
    if (word.length === 1) return [word];
    if (PUNCTUATION.has(word.at(-1) as string)) return [word.slice(0, -1), word.slice(-1)];
    return PUNCTUATION.has(word[0] as string) ? [word.slice(0, 1), word.slice(1)] : [word];
  });
}

/** From precision and recall, each a mean over the orders that both texts have. */
function f(counts: readonly number[]): number {
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let at = 0; at < counts.length; at += 3) {
    const [mine = 0, theirs = 0, matched = 0] = counts.slice(at, at + 3);
    if (mine === 0 || theirs === 0) continue;
    precision += matched / mine;
    recall += matched / theirs;
    orders++;
  }
  if (orders === 0 || precision + recall === 0) return 0;
  precision /= orders;
  recall /= orders;
  return (100 * ((1 + FACTOR) * precision * recall)) / (FACTOR * precision + recall);
}
