/**
 * Exact match and F1 of short answers, as SQuAD's evaluation computes them for English and MLQA's for
 * Spanish: in lower case, without punctuation and articles. Of several right answers the best counts.
 *
 * Sources: Rajpurkar et al. 2018, evaluate-v2.0.py; Lewis et al. 2019, mlqa_evaluation_v1.py.
 */
import { words } from "./text.ts";
import type { Pair } from "./types.ts";

export type AnswerLanguage = "en" | "es";

/** SQuAD takes out ASCII's punctuation only, so that "¿" would stay. */
const ASCII_PUNCTUATION = /[!-/:-@[-`{-~]/g;
const ALL_PUNCTUATION = /[\p{P}$+<=>^`|~]/gu;
/** Between what Python's `\b` takes for the ends of words. */
const whole = (list: string) =>
  new RegExp(`(?<![\\p{L}\\p{N}_])(?:${list})(?![\\p{L}\\p{N}_])`, "gu");
const ENGLISH = whole("a|an|the");
const SPANISH = whole("un|una|unos|unas|el|la|los|las");

/** What is compared, as tokens. */
export function normalised(text: string, language: AnswerLanguage): string[] {
  const lower = text.toLowerCase();
  return words(
    language === "en"
      ? lower.replace(ASCII_PUNCTUATION, "").replace(ENGLISH, " ")
      : lower.replace(ALL_PUNCTUATION, "").replace(SPANISH, " "),
  );
}

/** Whether the answer is one of the right ones. */
export function exactMatch({ hypothesis, references }: Pair, language: AnswerLanguage): boolean {
  const mine = normalised(hypothesis, language).join(" ");
  return references.some((gold) => normalised(gold, language).join(" ") === mine);
}

/** Of the tokens in common, from 0 to 1. */
export function answerF1({ hypothesis, references }: Pair, language: AnswerLanguage): number {
  const mine = normalised(hypothesis, language);
  // Where there is nothing to compare on both sides, SQuAD says 1 and MLQA 0.
  const nothing = language === "en" ? 1 : 0;
  return Math.max(
    ...references.map((text) => {
      const gold = normalised(text, language);
      return mine.length === 0 && gold.length === 0 ? nothing : f1(mine, gold);
    }),
  );
}

function f1(mine: readonly string[], gold: readonly string[]): number {
  const left = new Map<string, number>();
  for (const token of gold) left.set(token, (left.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of mine) {
    const times = left.get(token) ?? 0;
    if (times === 0) continue;
    left.set(token, times - 1);
    common++;
  }
  if (common === 0) return 0;
  const [precision, recall] = [common / mine.length, common / gold.length];
  return (2 * precision * recall) / (precision + recall);
}
