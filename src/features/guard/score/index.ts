/**
 * How much a text looks as if it gave orders to the model: advice for people, which decides nothing.
 * `docs/evaluations/guard.md` has what it finds and what it misses; whoever knows the rules can
 * write around them.
 */
import type { Removed } from "../unicode.ts";
import { decodings } from "./decode.ts";
import { findSequence, manyShot, RULES } from "./rules.ts";
import { type Word, wordsOf } from "./words.ts";

export interface Score {
  /** 0 to 1. */
  readonly score: number;
  /** Names of the rules, heaviest first. */
  readonly signs: readonly string[];
}

/** From here on the page draws attention to it; docs/evaluations/guard.md says why here. */
export const SUSPICIOUS = 0.5;

/** Characters that are looked at, in about 20 ms: of a longer text, its beginning and its end. */
const MAX_LOOK = 32_000;
/** What is decoded may hold something that is encoded once more. */
const MAX_DEPTH = 2;

/**
 * @param from "outside": a tool, a document, a page, which have no orders to give
 * @param removed what was hidden in it
 */
export function scoreOf(text: string, from: "user" | "outside", removed: Removed = {}): Score {
  const seen = text.length <= MAX_LOOK ? text : ends(text);
  const weights = new Map<string, number>();
  const add = (name: string, weight: number) => {
    if (weight > (weights.get(name) ?? 0)) weights.set(name, weight);
  };
  const side = from === "user" ? 0 : 1;
  look(seen, side, 0, add);
  const { tag = 0, variation = 0, direction = 0, joiner = 0 } = removed;
  // No text of people has so many; a few come with what is copied from elsewhere.
  if (tag >= 4 || variation >= 8) add("hidden-text", 0.8);
  else if (variation + direction + joiner >= 2) add("hidden-text", joiner >= 8 ? 0.5 : 0.3);
  const all = [...weights].toSorted(([, a], [, b]) => b - a);
  // Signs that have nothing to do with each other (noisy or).
  const none = all.reduce((rest, [, weight]) => rest * (1 - weight), 1);
  return { score: Math.round((1 - none) * 100) / 100, signs: all.map(([name]) => name) };
}

const ends = (text: string) =>
  `${text.slice(0, MAX_LOOK / 2)}\n${text.slice(-MAX_LOOK / 2)}`.toWellFormed();

function look(text: string, side: 0 | 1, depth: number, add: Add): void {
  const words = wordsOf(text);
  const calm = side === 0 ? calmness(words) : 1;
  // Most texts have too little of most rules for a search.
  const there = new Set<string>(words.flatMap(({ text, classes }) => [text, ...classes]));
  for (const rule of RULES) {
    const { name, weights, sequence, form } = rule;
    const weight = weights[side] * (depth > 0 ? 1 : calm);
    if (weight === 0) continue;
    if (form?.test(text)) add(name, weight);
    const found = sequence?.every((one) => there.has(one)) && findSequence(words, rule);
    // Who quotes an attack mostly talks of it; a text from outside may quote what it likes.
    if (found) add(name, found.quoted && side === 0 ? weight * 0.4 : weight);
  }
  if (manyShot(text)) add("many-shot", 0.5 * calm);
  if (depth === MAX_DEPTH) return;
  for (const inner of decodings(text)) {
    // Every text has these two, so they are nothing to go on from.
    const turned = inner.how === "rot13" || inner.how === "backwards";
    look(inner.text, side, turned ? MAX_DEPTH : depth + 1, (name, weight) => {
      add(name, weight);
      if (weight >= 0.3) add("encoded", 0.4);
    });
  }
}

type Add = (name: string, weight: number) => void;

/** Less than 1 where the words are those of somebody who asks about such things. */
function calmness(words: readonly Word[]): number {
  const talk = new Set(words.filter(({ classes }) => classes.includes("talk")).map((w) => w.text));
  if (talk.size >= 4) return 0.4;
  return talk.size >= 2 ? 0.6 : 1;
}
