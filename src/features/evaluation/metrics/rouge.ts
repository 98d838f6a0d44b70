/**
 * ROUGE-1, -2, -L and -Lsum, as `rouge-score` computes them, and under their own names ("ROUGE-1u")
 * with letters of every language.
 *
 * The reference cuts a text at whatever is not a to z or a digit, so "Dónde" becomes "d" and "nde":
 * in Spanish its numbers are wrong by design. They are reported as they are, for comparison only.
 *
 * Sources: Lin 2004; rouge-score 0.1.2 (Apache-2.0).
 */
import { stemmer as spanish } from "@orama/stemmers/spanish";
import { longestCommon, unionOfCommon } from "./lcs.ts";
import { clippedMatches, ngramCount } from "./ngrams.ts";
import { porter } from "./porter.ts";
import { Numbering } from "./text.ts";
import type { Pair } from "./types.ts";

export const ROUGES = ["rouge1", "rouge2", "rougeL", "rougeLsum"] as const;
export type Rouge = (typeof ROUGES)[number];

/** Shares from 0 to 1. */
export interface RougeScore {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

export interface RougeOptions {
  /** Words of more than three letters by their stems. */
  readonly stem?: boolean;
  /** Letters of every language, in composed form; the stems are the language's. */
  readonly unicode?: "en" | "es";
}

/** How the numbers were made: `tok:rouge|stem:no|version:0.1.2` is the reference's own. */
export function rougeSignature({ stem = false, unicode }: RougeOptions = {}): string {
  const stems = unicode === "es" ? "snowball-es" : "porter-nltk";
  const own = unicode ? `tok:unicode-nfc|lang:${unicode}` : "tok:rouge";
  return `${own}|stem:${stem ? stems : "no"}|${unicode ? "own:1" : "version:0.1.2"}`;
}

/** Of several references, for each kind that with the highest F. */
export function rouge(
  { hypothesis, references }: Pair,
  options: RougeOptions = {},
): Readonly<Record<Rouge, RougeScore>> {
  const tokens = tokeniser(options);
  const mine = prepare(hypothesis, tokens);
  const each = references.map((reference) => compare(mine, prepare(reference, tokens)));
  return each.reduce((best, other) => {
    const of = (kind: Rouge) => (other[kind].f > best[kind].f ? other[kind] : best[kind]);
    const [rouge1, rouge2, rougeL, rougeLsum] = ROUGES.map(of) as [
      RougeScore,
      RougeScore,
      RougeScore,
      RougeScore,
    ];
    return { rouge1, rouge2, rougeL, rougeLsum };
  });
}

function tokeniser({ stem = false, unicode }: RougeOptions): (text: string) => string[] {
  const pattern = unicode ? /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu : /[a-z0-9]+/g;
  const byStem = unicode === "es" ? spanish : porter;
  return (text) => {
    const found = (unicode ? text.normalize("NFC") : text).toLowerCase().match(pattern) ?? [];
    return stem ? found.map((word) => (word.length > 3 ? byStem(word) : word)) : found;
  };
}

interface Prepared {
  readonly tokens: readonly string[];
  /** The same by lines. */
  readonly lines: readonly (readonly string[])[];
}

function prepare(text: string, tokens: (text: string) => string[]): Prepared {
  const lines = text.split("\n").filter((line) => line !== "");
  const byLine = lines.map(tokens);
  return { tokens: byLine.flat(), lines: byLine };
}

function compare(mine: Prepared, theirs: Prepared): Record<Rouge, RougeScore> {
  const numbering = new Numbering();
  const numbered = ({ lines }: Prepared) => lines.map((line) => numbering.of(line));
  const [myLines, theirLines] = [numbered(mine), numbered(theirs)];
  const [my, their] = [myLines.flat(), theirLines.flat()];
  const [ones = 0, twos = 0] = clippedMatches(my, [their], 2);
  const grams = (matched: number, order: number) =>
    score(matched, ngramCount(my.length, order), ngramCount(their.length, order));
  const common = longestCommon(my, their);
  const union = theirLines.length > 1 || myLines.length > 1;
  return {
    rouge1: grams(ones, 1),
    rouge2: grams(twos, 2),
    rougeL: score(common, my.length, their.length),
    rougeLsum: score(union ? unionOfCommon(theirLines, myLines) : common, my.length, their.length),
  };
}

function score(matched: number, mine: number, theirs: number): RougeScore {
  const precision = matched / Math.max(mine, 1);
  const recall = matched / Math.max(theirs, 1);
  const both = precision + recall;
  return { precision, recall, f: both > 0 ? (2 * precision * recall) / both : 0 };
}
