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
  const norm = logOfSum(logits);
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

/** Of 2^(-1/FINE), and one more table for the whole powers: e^x costs two looks and a correction. */
const FINE = 1024;
const STEPS_A_NAT = FINE / Math.LN2;
const NATS_A_STEP = Math.LN2 / FINE;
const PARTS = Float64Array.from({ length: FINE }, (_, at) => 2 ** (-at / FINE));
/** Below 2^-64 of the largest, all of the tokens of a vocabulary together change nothing. */
const POWERS = Float64Array.from({ length: 64 }, (_, at) => 2 ** -at);
const STEPS = 64 * FINE;

/**
 * Logarithm of the sum of e^x over all logits. A text that is scored asks this of every token, for
 * 50,000 and more numbers each time, and `Math.exp` would take as long as a fifth of the model; this
 * one is right to 1e-9.
 */
export function logOfSum(logits: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index++) {
    const logit = logits[index] as number;
    if (logit > max) max = logit;
  }
  let sum = 0;
  for (let index = 0; index < logits.length; index++) {
    const steps = (max - (logits[index] as number)) * STEPS_A_NAT;
    if (steps >= STEPS) continue;
    const whole = steps | 0;
    // e^-r for a rest below a 1,024th of ln 2, by its series.
    const rest = (steps - whole) * NATS_A_STEP;
    const near = 1 - rest * (1 - rest * 0.5);
    sum += (POWERS[whole >> 10] as number) * (PARTS[whole & (FINE - 1)] as number) * near;
  }
  return max + Math.log(sum);
}
