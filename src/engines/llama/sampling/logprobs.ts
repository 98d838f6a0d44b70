/** Log-probabilities: what the model itself says, before bias, penalties and temperature. */

export interface Logprobs {
  /** Natural logarithm of the token's probability. */
  readonly logprob: number;
  /** The likeliest tokens, likeliest first. */
  readonly top: ReadonlyArray<{ readonly id: number; readonly logprob: number }>;
}

/**
 * @param logits one for each token of the vocabulary
 * @param id the token to look up
 * @param count how many of the likeliest tokens to name
 */
export function logprobsOf(logits: Float32Array, id: number, count: number): Logprobs {
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index++) {
    max = Math.max(max, logits[index] as number);
  }
  let sum = 0;
  for (let index = 0; index < logits.length; index++) {
    sum += Math.exp((logits[index] as number) - max);
  }
  const norm = max + Math.log(sum);
  const top = likeliest(logits, count).map((one) => ({
    id: one,
    logprob: (logits[one] as number) - norm,
  }));
  return { logprob: (logits[id] as number) - norm, top };
}

/** Ids of the largest logits, largest first; of equals, the lowest id first. */
function likeliest(logits: Float32Array, count: number): readonly number[] {
  const best: number[] = [];
  if (count === 0) return best;
  let least = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (best.length === count && logit <= least) continue;
    let place = best.length;
    while (place > 0 && (logits[best[place - 1] as number] as number) < logit) place -= 1;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
    least = logits[best.at(-1) as number] as number;
  }
  return best;
}
