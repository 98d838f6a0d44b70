/**
 * What a replay says: the same model with the same settings, another one, an answer that was edited, and
 * at which tokens, or that so few tokens do not tell. Pure, so that a verifier without a server can have it.
 *
 * Honest runs differ by how a processor rounds: few tokens change, and those were nearly even. Another
 * file or setting changes many tokens, by more; an edit changes a few beyond reach. An answer is accused
 * only where an honest one would be so far off in fewer than one of 10,000 cases, by its number of tokens,
 * and found to be the same only where the next quantisation would come so near in fewer than one of 100.
 * `npm run eval:provenance` measures all of this, docs/evaluations/provenance.md has the figures.
 */
import type { Replayed } from "../../../core/extras.ts";
import { type Apart, atLeast, atMost, moreThan } from "./chance.ts";

/** So often an honest answer may be accused, in all. */
export const ACCUSED = 1e-4;
/** So often one of the next quantisation may be taken for the same. */
const MISSED = 1e-2;
/** What one token can add: more is no rounding, and says no more. */
const CLIP = 0.5;
/** A token that is so far behind was not taken by any model like this one. */
const BEYOND = 2;
/** From above: prompts in other batches, other attention; another processor is not measured. */
const HONEST: Apart = { rate: 0.06, size: 0.15 };
/** The next quantisation of the same file, from below. */
const NEXT: Apart = { rate: 0.1, size: 0.25 };
/**
 * One word for so many tokens is written in other pieces than the text is cut into, and none of the tries
 * has found them: a few tokens in a row are off there, one by `FAR` at least, and nobody has edited anything.
 */
const CUT_OTHERWISE = 1 / 400;
const FAR = 1.5;
/** Of these tokens before one, its numbers are drawn: an edit or another cut changes theirs. */
const CONTEXT = 4;
/** And so many tokens a word may have that is cut otherwise. */
const WORD = 4;
/**
 * Behind an edit the places have other numbers, from which tokens are drawn where the last ones have
 * come before: what is so far off there is no sign of another model.
 */
const SHIFTED = 1;
/** The mean up to which an answer is the same's where an edit has changed what the model had read. */
const EDITED = 0.1;
/** More edits than this share of the tokens are no edits. */
const MOST_EDITED = 0.1;
/** With fewer tokens before the first edit, all of the others have to come out as strictly. */
const LEAST = 20;

export interface Verdict {
  readonly verdict: "same" | "edited" | "different" | "inconclusive";
  readonly tokens: number;
  /** Tokens that would have been taken. */
  readonly agree: number;
  /** Of the clipped distances, edits and what stands right behind them left out. */
  readonly mean: number;
  readonly p99: number;
  /** How often an honest answer of so many tokens is so far off. */
  readonly chance: number;
  /** Indices of tokens that nothing but an edit explains. */
  readonly edits: readonly number[];
}

/** @param unedited the text is the receipt's: no edit explains what is beyond reach */
export function verdictOf(
  replayed: readonly Pick<Replayed, "behind">[],
  unedited = false,
): Verdict {
  const off = replayed.map(({ behind }) => behind);
  const tokens = off.length;
  const sorted = off.toSorted((a, b) => a - b);
  const told = {
    tokens,
    agree: off.filter((one) => one === 0).length,
    p99: sorted[Math.min(tokens - 1, Math.floor(0.99 * tokens))] ?? 0,
  };
  const beyond = placesOf(off, BEYOND);
  const edits = unedited || beyond.length > MOST_EDITED * tokens ? [] : beyond;
  if (edits.length === 0) {
    const { chance, accused, shown } = weighed(off);
    const verdict = accused ? "different" : shown ? "same" : "inconclusive";
    return { ...told, verdict, chance, mean: meanOf(off), edits };
  }
  const first = edits[0] as number;
  const touched = new Set(edits.flatMap((at) => from(at, CONTEXT)));
  const rest = off.filter((one, at) => at < first || (!touched.has(at) && one < SHIFTED));
  const before = weighed(off.slice(0, first));
  const all = weighed(rest);
  // Before an edit at the beginning stands too little to tell the same from another question.
  const loose = first >= LEAST;
  const accused = before.accused || (loose ? meanOf(rest) > EDITED : all.accused);
  const shown = (loose && before.shown) || all.shown;
  const verdict = accused ? "different" : shown ? "edited" : "inconclusive";
  return { ...told, verdict, chance: (loose ? before : all).chance, mean: meanOf(rest), edits };
}

/** Whether an honest answer is so far off too seldom, and whether the next quantisation is so near. */
function weighed(off: readonly number[]) {
  let cuts = 0;
  while (moreThan(cuts, CUT_OTHERWISE * off.length) >= ACCUSED / 2) cuts += 1;
  const heaviest = runsOf(off).toSorted((a, b) => b.weight - a.weight);
  const some = new Set(heaviest.slice(0, cuts).flatMap(({ at }) => from(at, WORD + CONTEXT)));
  const rest = off.filter((_, at) => !some.has(at));
  const chance = atLeast(HONEST, rest.length, clipped(rest));
  const shown = atMost(NEXT, off.length, clipped(off)) < MISSED;
  return { chance, accused: chance < ACCUSED / 2, shown };
}

interface Run {
  /** Index of the first of the tokens that another cut may have touched. */
  readonly at: number;
  readonly weight: number;
}

/** Where a word may be cut otherwise, none within another. */
function runsOf(off: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  let next = 0;
  for (const at of placesOf(off, CLIP)) {
    if (at < next) continue;
    const some = off.slice(at, at + WORD + CONTEXT + 1);
    if (!some.some((one) => one >= FAR)) continue;
    runs.push({ at, weight: clipped(some) });
    next = at + some.length;
  }
  return runs;
}

const placesOf = (off: readonly number[], least: number) =>
  [...off.keys()].filter((at) => (off[at] as number) >= least);
/** What one change touches, from its place on. */
const from = (at: number, more: number) => Array.from({ length: more + 1 }, (_, n) => at + n);
const clipped = (list: readonly number[]) =>
  list.reduce((all, one) => all + Math.min(CLIP, one), 0);
const meanOf = (list: readonly number[]) => clipped(list) / Math.max(1, list.length);
