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
/** A temperature under this takes the likeliest token alone. */
export const GREEDY = 1e-6;
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

/** What is left of the distribution before the nucleus: llama.cpp's top-k and min-p. */
export interface Cut {
  /** So many of the likeliest tokens; of equals, those with the lowest ids. */
  readonly topK?: number | undefined;
  /** Tokens with this share of the likeliest one's probability, before temperature: 0 to 1. */
  readonly minP?: number | undefined;
}

/**
 * Softmax at a temperature, cut to the smallest set of likeliest tokens that together reach `topP`
 * (Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020).
 *
 * @param logits one for each token of the vocabulary; -Infinity forbids
 * @param temperature above 0, or 0 for the likeliest token alone
 * @param topP above 0, up to 1; a share of what `cut` leaves
 */
export function nucleus(
  logits: Float32Array,
  temperature: number,
  topP: number,
  cut: Cut = {},
): Candidates {
  const best = argmax(logits);
  const max = logits[best] as number;
  // A temperature next to nothing would overflow the quotient below.
  if (temperature < GREEDY || max === Number.NEGATIVE_INFINITY)
    return { ids: Int32Array.of(best), probabilities: Float64Array.of(1) };
  const scale = 1 / temperature;
  const weight = (id: number) => Math.exp(((logits[id] as number) - max) * scale);
  const kept = likeliest(logits, max, cut);
  if (kept) {
    const total = topP < 1 ? kept.reduce((mass, id) => mass + weight(id), 0) : Infinity;
    return normalised(kept, weightsUpTo(topP * total, kept, weight).weights);
  }
  const sum = sumOfWeights(logits, max, scale);
  for (let least = topP < 1 ? FIRST_CUT : NEGLIGIBLE; ; least *= 2) {
    const ids: number[] = [];
    for (let id = 0; id < logits.length; id++) {
      if (((logits[id] as number) - max) * scale > least) ids.push(id);
    }
    if (topP >= 1) return normalised(ids, ids.map(weight));
    sortByLogit(ids, logits);
    const { weights, reached } = weightsUpTo(topP * sum, ids, weight);
    if (reached || least <= NEGLIGIBLE) return normalised(ids, weights);
  }
}

/** The weights of the first tokens that together reach `mass`, or of all. */
function weightsUpTo(mass: number, ids: readonly number[], weight: (id: number) => number) {
  const weights: number[] = [];
  let sum = 0;
  for (const id of ids) {
    weights.push(weight(id));
    sum += weights.at(-1) as number;
    if (sum >= mass) return { weights, reached: true };
  }
  return { weights, reached: false };
}

/** What a cut leaves, likeliest first; undefined where it leaves everything. */
function likeliest(logits: Float32Array, max: number, { topK = 0, minP = 0 }: Cut) {
  const some = topK > 0 && topK < logits.length;
  if (!some && minP <= 0) return undefined;
  const least = Math.max(some ? nth(logits, topK) : -Infinity, max + Math.log(minP));
  const ids: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    if ((logits[id] as number) >= least && logits[id] !== -Infinity) ids.push(id);
  }
  sortByLogit(ids, logits);
  return some ? ids.slice(0, topK) : ids;
}

const sortByLogit = (ids: number[], logits: Float32Array) =>
  ids.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);

/** The largest value but `n - 1`: the root of a heap of the `n` largest, smallest on top. */
export function nth(values: Float32Array | Float64Array, n: number): number {
  const heap = values.slice(0, n);
  const sink = (from: number) => {
    const value = heap[from] as number;
    let place = from;
    for (let child = 2 * place + 1; child < n; child = 2 * place + 1) {
      if (child + 1 < n && (heap[child + 1] as number) < (heap[child] as number)) child += 1;
      if ((heap[child] as number) >= value) break;
      heap[place] = heap[child] as number;
      place = child;
    }
    heap[place] = value;
  };
  for (let at = (n >> 1) - 1; at >= 0; at--) sink(at);
  for (let id = n; id < values.length; id++) {
    if ((values[id] as number) <= (heap[0] as number)) continue;
    heap[0] = values[id] as number;
    sink(0);
  }
  return heap[0] as number;
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

/** @param weights of the first ids; the others are left out */
function normalised(ids: readonly number[], weights: readonly number[]): Candidates {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return {
    ids: Int32Array.from({ length: weights.length }, (_, at) => ids[at] as number),
    probabilities: Float64Array.from(weights, (weight) => weight / sum),
  };
}
