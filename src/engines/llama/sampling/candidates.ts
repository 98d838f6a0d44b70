/**
 * From the logits of one position to the tokens that may stand there, with their probabilities.
 */

/** Tokens with probabilities that sum to 1, in an order that depends on nothing but the logits. */
export interface Candidates {
  /** Token ids. */
  readonly ids: Int32Array;
  readonly probabilities: Float64Array;
}

/** exp(-32) is 1e-14: a whole vocabulary of such tokens does not change the sum in float32. */
const NEGLIGIBLE = -32;
/** Where the search for the nucleus begins: exp(-12) is 6e-6. It goes further down if need be. */
const FIRST_CUT = -12;

/**
 * The likeliest token; of equals, the one with the lowest id. Eight are compared at once, since
 * hardly ever one of them is above all before: a third less time, and a loop that V8 compiles well.
 */
export function argmax(logits: Float32Array): number {
  const { length } = logits;
  let best = 0;
  let max = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < length; from += 8) {
    // Beyond the end there is nothing, which is above nothing.
    const one = (logits[from] as number) > max || (logits[from + 1] as number) > max;
    const two = (logits[from + 2] as number) > max || (logits[from + 3] as number) > max;
    const three = (logits[from + 4] as number) > max || (logits[from + 5] as number) > max;
    const four = (logits[from + 6] as number) > max || (logits[from + 7] as number) > max;
    if (!(one || two || three || four)) continue;
    for (let id = from; id < from + 8 && id < length; id++) {
      const logit = logits[id] as number;
      if (!(logit > max)) continue;
      max = logit;
      best = id;
    }
  }
  return best;
}

/**
 * Softmax at a temperature, cut to the smallest set of likeliest tokens that together reach `topP`
 * (Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020).
 *
 * @param logits one for each token of the vocabulary; -Infinity forbids
 * @param temperature above 0, or 0 for the likeliest token alone
 * @param topP above 0, up to 1
 */
export function nucleus(logits: Float32Array, temperature: number, topP: number): Candidates {
  const best = argmax(logits);
  const max = logits[best] as number;
  // A temperature next to nothing would overflow the quotient below.
  if (temperature < 1e-6 || max === Number.NEGATIVE_INFINITY)
    return { ids: Int32Array.of(best), probabilities: Float64Array.of(1) };
  const scale = 1 / temperature;
  const sum = sumOfWeights(logits, max, scale);
  for (let cut = topP < 1 ? FIRST_CUT : NEGLIGIBLE; ; cut *= 2) {
    const ids: number[] = [];
    for (let id = 0; id < logits.length; id++) {
      if (((logits[id] as number) - max) * scale > cut) ids.push(id);
    }
    const weight = (id: number) => Math.exp(((logits[id] as number) - max) * scale);
    const last = cut <= NEGLIGIBLE;
    if (topP >= 1) return normalised(ids, ids.map(weight));
    ids.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
    const weights: number[] = [];
    let mass = 0;
    for (const id of ids) {
      weights.push(weight(id));
      mass += weights.at(-1) as number;
      if (mass >= topP * sum) break;
    }
    if (mass >= topP * sum || last) return normalised(ids.slice(0, weights.length), weights);
  }
}

/** exp(-k / STEPS) for each step down to what is negligible, and one more. */
const STEPS = 256;
const EXP = Float64Array.from({ length: -NEGLIGIBLE * STEPS + 2 }, (_, k) => Math.exp(-k / STEPS));

/**
 * The sum of exp((logit - max) * scale), from a table with linear interpolation: off by 2 in a
 * million at most, which is less than float32 leaves of a logit, and six times as fast as Math.exp.
 */
function sumOfWeights(logits: Float32Array, max: number, scale: number): number {
  const stretch = -scale * STEPS;
  const end = -NEGLIGIBLE * STEPS;
  let sum = 0;
  for (let id = 0; id < logits.length; id++) {
    const place = ((logits[id] as number) - max) * stretch;
    if (place >= end) continue;
    const step = place | 0;
    const low = EXP[step] as number;
    sum += low + ((EXP[step + 1] as number) - low) * (place - step);
  }
  return sum;
}

function normalised(ids: readonly number[], weights: readonly number[]): Candidates {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return {
    ids: Int32Array.from(ids),
    probabilities: Float64Array.from(weights, (weight) => weight / sum),
  };
}
