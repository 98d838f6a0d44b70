/**
 * Guesses the tokens to come from the prompt: where the last few stood before, what followed them
 * then may follow again. It helps where an answer repeats its prompt (corrections, quotes, code).
 *
 * Source: Saxena, "Prompt Lookup Decoding", 2023; checked as in Leviathan et al., "Fast Inference
 * from Transformers via Speculative Decoding", ICML 2023, so that the answer stays the same.
 */

/** Tokens that must match, at least. */
const NEEDLE = 3;

/** Tokens of the first guess: two more hardly make a batch slower. */
const FIRST = 2;
/** After so many wrong guesses in a row the pauses grow no longer: 2 to this power, in batches. */
const MOST_WRONG = 6;

/**
 * How far ahead an answer may guess: twice as far after each guess that was right, and not at all
 * for a while after wrong ones. So text that repeats its prompt comes nearly twice as fast, and text
 * that does not loses next to nothing (docs/decisions/0012).
 */
export class Boldness {
  #length = FIRST;
  #wrong = 0;
  #pause = 0;

  /** @returns the most tokens to guess for the next batch */
  next(): number {
    if (this.#pause === 0) return this.#length;
    this.#pause -= 1;
    return 0;
  }

  /** @param right so many of the guessed tokens, from the first on, were right */
  learn(guessed: number, right: number): void {
    if (guessed === 0) return;
    if (right === 0) {
      this.#wrong = Math.min(this.#wrong + 1, MOST_WRONG);
      this.#pause = 2 ** this.#wrong;
    } else this.#wrong = 0;
    this.#length = right === guessed ? Math.max(this.#length, 2 * guessed) : Math.max(FIRST, right);
  }
}

/**
 * @param prompt token ids
 * @param answer token ids of the answer so far
 * @param count most tokens to guess
 */
export function draftFrom(
  prompt: readonly number[],
  answer: readonly number[],
  count: number,
): readonly number[] {
  const length = prompt.length + answer.length;
  if (length < NEEDLE + 1) return [];
  const at = (index: number) =>
    index < prompt.length ? prompt[index] : answer[index - prompt.length];
  // The latest place before the end itself.
  for (let end = length - 1; end >= NEEDLE; end--) {
    let same = 0;
    while (same < NEEDLE && at(end - 1 - same) === at(length - 1 - same)) same += 1;
    if (same < NEEDLE) continue;
    const stop = Math.min(end + count, length);
    return Array.from({ length: stop - end }, (_, offset) => at(end + offset) as number);
  }
  return [];
}
