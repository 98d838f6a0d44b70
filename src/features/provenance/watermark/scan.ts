/**
 * Whether a text carries the mark of a key, and where. Pure: token ids in, probabilities out.
 *
 * Each token that is the first to follow its four has a number under the key (`core/draw.ts`). In text
 * of anybody else these numbers are uniform, and -ln(1 - u) is an exponential number of mean 1; where
 * the key was used they are larger. The same four tokens a second time have the same numbers again:
 * counted twice, a false alarm of 1 % became one of 9 %.
 *
 * Source: Aaronson and Kirchner, 2022; Fernandez et al., "Three Bricks to Consolidate Watermarks for
 * Large Language Models", 2023 (exact tails, deduplication).
 */
import { CONTEXT_TOKENS, type Draw } from "../../../core/draw.ts";
import { logGammaTail } from "./gamma.ts";

/** Fewer scored tokens say nothing either way. */
export const LEAST_SCORED = 50;

export interface Scored {
  /** Of the tokens: the index of this one. */
  readonly at: number;
  /** -ln(1 - u). */
  readonly score: number;
}

export function scoresOf(tokens: readonly number[], draw: Draw): Scored[] {
  const seen = new Set<string>();
  const scored: Scored[] = [];
  for (let at = CONTEXT_TOKENS; at < tokens.length; at++) {
    const context = tokens.slice(at - CONTEXT_TOKENS, at);
    const key = context.join();
    if (seen.has(key)) continue;
    seen.add(key);
    scored.push({ at, score: -Math.log1p(-draw.uniform(context, tokens[at] as number)) });
  }
  return scored;
}

export interface Found {
  /** Natural logarithm of the probability that text of anybody else looks so somewhere. */
  readonly logP: number;
  /** Of the passage that is least likely to be another's: the first scored token and the one after. */
  readonly from: number;
  readonly to: number;
}

/**
 * The passage that is least likely to be somebody else's: the whole text, or one of many windows of
 * growing lengths, so that a marked passage is found within a long text of others. Half of the false
 * alarms are left to the whole text, the other half is shared by the windows (Bonferroni).
 *
 * @param scores in the order of the text
 */
export function scan(scores: readonly Scored[]): Found {
  const sums = [0];
  for (const { score } of scores) sums.push((sums.at(-1) as number) + score);
  const all = scores.length;
  if (all === 0) return { logP: 0, from: 0, to: 0 };
  const between = (from: number, to: number) =>
    logGammaTail(to - from, (sums[to] as number) - (sums[from] as number));
  let best: Found = { logP: Math.LN2 + between(0, all), from: 0, to: all };
  const windows = windowsOf(all);
  const correction = Math.log(2 * windows.length);
  for (const [from, to] of windows) {
    const logP = correction + between(from, to);
    if (logP < best.logP) best = { logP, from, to };
  }
  return { ...best, logP: Math.min(0, best.logP) };
}

/** Each length is half as long again as the one before, and each window overlaps the next by 3/4. */
function windowsOf(all: number): readonly (readonly [from: number, to: number])[] {
  const list: [number, number][] = [];
  for (let length = LEAST_SCORED; length < all; length = Math.ceil(length * 1.5)) {
    const step = Math.ceil(length / 4);
    for (let from = 0; from + length < all; from += step) list.push([from, from + length]);
    list.push([all - length, all]);
  }
  return list;
}
