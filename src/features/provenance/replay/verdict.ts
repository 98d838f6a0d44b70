/**
 * What a replay says: the same model with the same settings, another one, or an answer that was edited,
 * and at which tokens. Pure, so that a verifier without a server can have it.
 *
 * Honest runs differ by how a processor rounds: few tokens change, and those were nearly even. Another
 * file or setting changes many tokens a little; an edit changes a few beyond reach.
 * `npm run eval:provenance` measures all of this, docs/evaluations/provenance.md has the
 * figures; the thresholds are not calibrated on enough of them yet.
 */
import type { Replayed } from "../../../core/extras.ts";

/** What one token can add to the mean. */
const CLIP = 4;
/** A token that is so far behind was not taken by any model like this one. */
const BEYOND = 2;
/**
 * Behind an edit the places have other numbers, from which tokens are drawn where the last ones have
 * come before: what is so far off there is no sign of another model.
 */
const SHIFTED = 1;
/** The same mean, where an edit has changed what the model had read: what stands before it has `SAME`. */
const EDITED = 0.1;
/** Mean of the clipped distances, edits left out, up to which an answer is the same's. */
const SAME = 0.02;
/** Of these tokens before one, an edit changes the numbers. */
const CONTEXT = 4;
/** More edits than this share of the tokens are no edits. */
const MOST_EDITED = 0.1;
/** And in a text that nobody has edited, so many may be cut in another way than they were written. */
const MOST_CUT = 0.01;
/** Fewer tokens say nothing. */
const LEAST = 20;

export interface Verdict {
  readonly verdict: "same" | "edited" | "different" | "inconclusive";
  readonly tokens: number;
  /** Tokens that would have been taken. */
  readonly agree: number;
  /** Of the clipped distances, edits and what stands right behind them left out. */
  readonly mean: number;
  readonly p99: number;
  /** Indices of tokens that nothing but an edit explains. */
  readonly edits: readonly number[];
}

/** @param unedited the text is the receipt's: no edit explains what is beyond reach */
export function verdictOf(replayed: readonly Replayed[], unedited = false): Verdict {
  const tokens = replayed.length;
  const behind = replayed.map((one) => Math.min(one.behind, CLIP));
  const edits = [...behind.keys()].filter((at) => (behind[at] as number) >= BEYOND);
  const touched = new Set(
    edits.flatMap((at) => Array.from({ length: CONTEXT + 1 }, (_, n) => at + n)),
  );
  const few = edits.length <= (unedited ? MOST_CUT : MOST_EDITED) * tokens;
  const first = few ? (edits[0] ?? tokens) : tokens;
  const counts = (one: number, at: number) =>
    at < first || (!touched.has(at) && (unedited || one < SHIFTED)) || !few;
  const rest = behind.filter(counts);
  const mean = meanOf(rest);
  const untouched = first < LEAST ? 0 : meanOf(behind.slice(0, first));
  const sorted = behind.toSorted((a, b) => a - b);
  const p99 = sorted[Math.min(tokens - 1, Math.floor(0.99 * tokens))] ?? 0;
  const agree = behind.filter((one) => one === 0).length;
  const explained = !unedited && few ? edits : [];
  // Before an edit at the beginning stands too little to tell the same from another question.
  const bound = explained.length > 0 && first >= LEAST ? EDITED : SAME;
  const same = few && mean <= bound && untouched <= SAME;
  const verdict =
    tokens < LEAST
      ? "inconclusive"
      : !same
        ? "different"
        : explained.length > 0
          ? "edited"
          : "same";
  return { verdict, tokens, agree, mean, p99, edits: explained };
}

const meanOf = (list: readonly number[]) =>
  list.reduce((sum, one) => sum + one, 0) / Math.max(1, list.length);
