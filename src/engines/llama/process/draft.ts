/**
 * Guesses the tokens to come from the prompt: where the last few stood before, what followed them
 * then may follow again. It helps where an answer repeats its prompt (corrections, quotes, code).
 *
 * Source: Saxena, "Prompt Lookup Decoding", 2023; checked as in Leviathan et al., "Fast Inference
 * from Transformers via Speculative Decoding", ICML 2023, so that the answer stays the same.
 */

/** Tokens that must match, at least. */
const NEEDLE = 3;

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
