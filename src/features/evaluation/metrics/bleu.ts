/**
 * BLEU, as sacrebleu computes it. For a corpus, counts are added before the score is made; for a
 * single answer, `effectiveOrder` leaves out the orders that a short one cannot have.
 *
 * Sources: Papineni et al. 2002; Chen and Cherry 2014 (smoothing); sacrebleu 2.6.0 (Apache-2.0).
 */
import { clippedMatches, ngramCount } from "./ngrams.ts";
import { Numbering, trimEnd } from "./text.ts";
import { type Tokeniser, tokenise } from "./tokenise.ts";
import { type CorpusMetric, signed } from "./types.ts";

/** What stands in for an order of which nothing matches, with its value where it has one. */
export const SMOOTHINGS = { exp: undefined, floor: 0.1, "add-k": 1, none: undefined } as const;
export type Smoothing = keyof typeof SMOOTHINGS;

export interface BleuOptions {
  readonly tokeniser?: Tokeniser;
  readonly smoothing?: Smoothing;
  readonly effectiveOrder?: boolean;
  readonly lowercase?: boolean;
}

const ORDERS = 4;
/** sacrebleu's logarithm of 0. */
const LOG_OF_ZERO = -9999999999;

export function bleu(options: BleuOptions = {}): CorpusMetric {
  const { tokeniser = "13a", smoothing = "exp", effectiveOrder = false } = options;
  const { lowercase = false } = options;
  const tokens = (text: string) =>
    tokenise(trimEnd(lowercase ? text.toLowerCase() : text), tokeniser);
  const value = SMOOTHINGS[smoothing];
  return {
    name: "BLEU",
    /** Length, closest reference's length, matches of each order, n-grams of each order. */
    counts({ hypothesis, references }) {
      const numbering = new Numbering();
      const mine = numbering.of(tokens(hypothesis));
      const theirs = references.map((text) => numbering.of(tokens(text)));
      const orders = Array.from({ length: ORDERS }, (_, n) => ngramCount(mine.length, n + 1));
      const matches = clippedMatches(mine, theirs, ORDERS);
      return [mine.length, closest(mine.length, theirs), ...matches, ...orders];
    },
    score: (counts) => scored(counts, smoothing, effectiveOrder),
    signature: (of) =>
      signed(of, [
        `case:${lowercase ? "lc" : "mixed"}`,
        `eff:${effectiveOrder ? "yes" : "no"}`,
        `tok:${tokeniser}`,
        `smooth:${smoothing}${value === undefined ? "" : `[${value.toFixed(2)}]`}`,
      ]),
  };
}

/** Of equally close ones, the shorter. */
function closest(length: number, references: readonly (readonly number[])[]): number {
  const lengths = references.map((reference) => reference.length);
  return lengths.reduce((best, other) => {
    const [near, nearer] = [Math.abs(length - best), Math.abs(length - other)];
    return nearer < near || (nearer === near && other < best) ? other : best;
  });
}

function scored(counts: readonly number[], smoothing: Smoothing, effective: boolean): number {
  const [length = 0, reference = 0] = counts;
  const matches = counts.slice(2, 2 + ORDERS);
  const totals = counts.slice(2 + ORDERS);
  if (matches.every((match) => match === 0)) return 0;
  const brevity = length < reference ? (length > 0 ? Math.exp(1 - reference / length) : 0) : 1;
  let orders = ORDERS;
  let halving = 1;
  const precisions = new Array<number>(ORDERS).fill(0);
  for (let n = 0; n < ORDERS; n++) {
    const added = smoothing === "add-k" && n > 0 ? SMOOTHINGS["add-k"] : 0;
    const match = (matches[n] ?? 0) + added;
    const total = (totals[n] ?? 0) + added;
    if (total === 0) break;
    if (effective) orders = n + 1;
    if (match > 0) precisions[n] = (100 * match) / total;
    else if (smoothing === "exp") {
      halving *= 2;
      precisions[n] = 100 / (halving * total);
    } else if (smoothing === "floor") precisions[n] = (100 * SMOOTHINGS.floor) / total;
  }
  const logs = precisions.slice(0, orders).map((one) => (one === 0 ? LOG_OF_ZERO : Math.log(one)));
  return brevity * Math.exp(logs.reduce((sum, log) => sum + log, 0) / orders);
}
