/**
 * Token choosers: which of the candidates is taken. A chooser is a pure function, so an answer can
 * be repeated, checked, or taken up by another process from the tokens that it has so far.
 *
 * To add one (a watermark, say), add it to `CHOOSERS`; a request names it, and gives its key.
 */
import { createHash } from "node:crypto";
import type { Candidates } from "./candidates.ts";

/**
 * @param candidates tokens with probabilities that sum to 1
 * @param soFar token ids of the answer, without the prompt
 * @param key what makes the choice another's: the seed of plain sampling, the secret of a watermark
 * @returns the id of one of the candidates
 */
export type Chooser = (candidates: Candidates, soFar: readonly number[], key: string) => number;

/** Plain sampling: a number from the key and the position, looked up in the distribution. */
const plain: Chooser = ({ ids, probabilities }, soFar, key) => {
  let rest = uniform(digest(key, [soFar.length]), 0);
  for (let index = 0; index < ids.length; index++) {
    rest -= probabilities[index] as number;
    if (rest < 0) return ids[index] as number;
  }
  // Rounding has left a crumb over.
  return ids[ids.length - 1] as number;
};

/** How many tokens before the choice decide its random numbers in `race`. */
const RACE_CONTEXT = 4;

/**
 * An exponential race: every candidate draws a time with its probability as the rate, and the first
 * one wins. The draws come from the key and the last tokens, so who has the key can recognise the
 * text; to who has not, it is plain sampling (Aaronson and Kirchner, "Watermarking GPT outputs",
 * 2022; Gumbel's trick).
 */
const race: Chooser = ({ ids, probabilities }, soFar, key) => {
  const seed = digest(key, soFar.slice(-RACE_CONTEXT));
  let winner = ids[0] as number;
  let first = Number.POSITIVE_INFINITY;
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index] as number;
    const time = -Math.log1p(-uniform(seed, id)) / (probabilities[index] as number);
    if (time < first) [first, winner] = [time, id];
  }
  return winner;
};

export const CHOOSERS: Readonly<Record<string, Chooser>> = { plain, race };

/** Two words of 32 bits that depend on every bit of the key and the numbers. */
function digest(key: string, numbers: readonly number[]): readonly [number, number] {
  const hash = createHash("sha256").update(key).update("\0");
  const bytes = hash.update(Int32Array.from(numbers)).digest();
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}

/** A number in [0, 1) with 53 random bits. */
function uniform([high, low]: readonly [number, number], index: number): number {
  const a = mix(high ^ mix(index + 0x9e3779b9));
  const b = mix(low ^ mix(a + index));
  return ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53;
}

/** The finaliser of MurmurHash3: each bit of the input changes half of those of the output. */
function mix(word: number): number {
  let bits = word | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
