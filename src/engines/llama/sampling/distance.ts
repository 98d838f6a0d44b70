/**
 * How near a token was to being taken: by so much, at most, two logits would have to move apart or
 * together, divided by the temperature, for it to be the one. Another machine's rounding moves all of
 * them a little, and with them three things: who is first in the race, where the nucleus and the other
 * cuts end, and who runs by himself. Each has its distance, in the same unit; the smallest that is
 * enough counts, so that what has just fallen out of the nucleus is as near as it really is.
 */
import { type Candidates, type Cut, nth, nucleus } from "./candidates.ts";
import { crowdTime, type Lot, Race, runTime, split } from "./race.ts";

export interface Drawing {
  /** Of the whole vocabulary, after bias and penalties. */
  readonly logits: Float32Array;
  /** Above 0. */
  readonly temperature: number;
  readonly topP: number;
  readonly cut: Cut;
  readonly lot: Lot;
}

interface Drawn extends Drawing {
  /** What was left, and who has won. */
  readonly candidates: Candidates;
  readonly winner: number;
}

interface Opponent {
  readonly id: number;
  /** Natural logarithm of its time, in a unit that all share. */
  readonly time: number;
  /** What it takes for it not to run against the token: Infinity where nothing does. */
  readonly leaves: number;
}

/** What is forbidden is no further away, so that the number can be written down. */
export const FARTHEST = 1000;

/** @returns 0 and more; 0 for the winner, and for all of those who ran as one if they have won */
export function distanceOf(id: number, drawing: Drawing): number {
  const { logits, temperature, topP, cut, lot } = drawing;
  const run = (cut: Cut): Drawn => {
    const candidates = nucleus(logits, temperature, topP, cut);
    return { ...drawing, cut, candidates, winner: new Race(candidates, lot).winner };
  };
  const { minP = 0 } = cut;
  const found = [distance(id, run(cut))];
  if (minP > 0 && topP < 1) {
    // The nucleus is a share of what min-p leaves: one token more or less there moves its end.
    const max = largest(logits, () => true);
    const floor = max + Math.log(minP);
    const above = -largest(
      logits.map((logit) => -logit),
      (one) => (logits[one] as number) >= floor,
    );
    const below = largest(logits, (one) => (logits[one] as number) < floor);
    for (const [to, from] of [
      [above + SLIGHTLY, above],
      [below - SLIGHTLY, below],
    ] as const) {
      // Nothing is above the likeliest, and min-p cannot leave it out.
      if (!Number.isFinite(to) || to > max) continue;
      const moved = run({ ...cut, minP: Math.exp(to - max) });
      found.push(Math.max(Math.abs(floor - from) / temperature, distance(id, moved)));
    }
  }
  return Math.min(FARTHEST, ...found);
}
function distance(id: number, drawn: Drawn): number {
  const { logits, temperature, candidates, winner, lot } = drawn;
  if (id === winner) return 0;
  const inside = new Set(candidates.ids);
  const own = logits[id] as number;
  if (own === Number.NEGATIVE_INFINITY) return FARTHEST;
  const scale = 1 / temperature;
  const height = (one: number) => ((logits[one] as number) - (logits[winner] as number)) * scale;
  const ahead = (one: number) =>
    (logits[one] as number) > own || ((logits[one] as number) === own && one < id);
  // Whoever would be left if the cuts ended behind the token.
  const field = [...candidates.ids];
  const within = inside.has(id);
  if (!within) {
    for (let one = 0; one < logits.length; one++)
      if (one === id || (ahead(one) && !inside.has(one))) field.push(one);
  }
  const { running, others } = split({
    ids: Int32Array.from(field),
    probabilities: Float64Array.from(field, (one) => Math.exp(height(one))),
  });
  const edge = edgeOf(drawn);
  const ownEdge = edge.of(id);
  const firstOut = largest(logits, (one) => !inside.has(one));
  const crowd = others && Math.log(crowdTime(lot, others));
  const firstOther = others && (others.ids[highest(others.probabilities)] as number);
  const alone = !others?.ids.includes(id);
  const time = (one: number) => Math.log(runTime(lot, one)) - height(one);
  const runners = [...running.ids].filter((one) => one !== id);
  const opponents = runners.map((one): Opponent => {
    // By falling behind the end of the nucleus, by itself or with it, or among those who run as one.
    const ways = [firstOther === undefined ? Infinity : height(one) - height(firstOther)];
    if (inside.has(one)) ways.push(edge.byLogit(one), ahead(one) ? Infinity : edge.of(one));
    if (within) ways.push(((logits[one] as number) - firstOut) * scale);
    if (within && ahead(one)) ways.push(Math.max(height(one) - height(id), ownEdge));
    return { id: one, time: time(one), leaves: Math.min(...ways) };
  });
  if (crowd !== undefined && firstOther !== undefined) {
    const leaves = ahead(firstOther) ? Infinity : edge.of(firstOther);
    opponents.push({ id: OTHERS, time: crowd, leaves });
  }
  /** The token's way past all others, once it is among them. */
  const passes = (time: number, over: readonly Opponent[]) =>
    over.reduce((most, one) => Math.max(most, Math.min(time - one.time, one.leaves)), 0);
  const itself = passes(time(id), opponents);
  const asOne = passes(
    crowd ?? Infinity,
    opponents.filter((one) => one.id !== OTHERS),
  );
  const swaps =
    height(id) -
    height(alone ? (firstOther ?? id) : (running.ids[lowest(running.probabilities)] as number));
  const runs = !others
    ? itself
    : alone
      ? Math.min(itself, Math.max(swaps, asOne))
      : Math.min(asOne, Math.max(-swaps, itself));
  const byEdge = Math.max(within ? 0 : -ownEdge, runs);
  if (within) return byEdge;
  // Or it takes the place of one that is in.
  const least = candidates.ids[lowest(candidates.probabilities)] as number;
  const instead = [least, winner].map((left) => {
    const over = opponents.filter(
      (one) => one.id !== left && (one.id === OTHERS || inside.has(one.id)),
    );
    const wins = alone ? passes(time(id), over) : asOne;
    return Math.max(height(left) - height(id), wins);
  });
  return Math.min(byEdge, ...instead);
}

/** How far a token is within the cuts; negative for one that they leave out. */
function edgeOf({ logits, temperature, topP, cut }: Drawn) {
  const { topK = 0, minP = 0 } = cut;
  const scale = 1 / temperature;
  const max = largest(logits, () => true);
  const some = topK > 0 && topK < logits.length;
  const floor = max + Math.log(minP);
  const inTopK = some ? nth(logits, topK) : Number.NEGATIVE_INFINITY;
  const belowTopK = some ? nth(logits, topK + 1) : Number.NEGATIVE_INFINITY;
  const weight = (logit: number) => Math.exp((logit - max) * scale);
  const least = Math.max(floor, inTopK);
  let total = 0;
  for (const logit of logits) if (logit >= least) total += weight(logit);
  const byLogit = (id: number) => {
    const own = logits[id] as number;
    const byTopK = !some ? Infinity : own >= inTopK ? own - belowTopK : own - inTopK;
    return Math.min(byTopK, own - floor) * scale;
  };
  const of = (id: number) => {
    if (topP >= 1) return byLogit(id);
    const own = logits[id] as number;
    let before = 0;
    for (let one = 0; one < logits.length; one++) {
      const logit = logits[one] as number;
      if (logit > own || (logit === own && one < id)) before += weight(logit);
    }
    const after = Math.max(total, before + weight(own)) - before;
    return Math.min(byLogit(id), odds(topP, 1 - topP) - odds(before, after));
  };
  /** `byLogit`: what its own logit may fall by, whoever is likelier. */
  return { of, byLogit };
}

/** More than the rounding of a float32 at the size of a logit. */
const SLIGHTLY = 1e-5;
/** In place of an id: those who run as one. */
const OTHERS = -1;

const odds = (one: number, other: number) => Math.log(one / other);

function largest(logits: Float32Array, counts: (id: number) => boolean): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++)
    if ((logits[id] as number) > max && counts(id)) max = logits[id] as number;
  return max;
}

const lowest = (values: Float64Array) =>
  values.reduce((best, one, at) => (one < (values[best] as number) ? at : best), 0);
const highest = (values: Float64Array) =>
  values.reduce((best, one, at) => (one > (values[best] as number) ? at : best), 0);
