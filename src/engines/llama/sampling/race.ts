/**
 * Which of the candidates is taken: each draws a time with its probability as the rate, and the first
 * one wins, so each wins as often as it is likely (the Gumbel-max trick). A small change of the
 * probabilities changes the winner only where two were nearly even, so that an answer can be computed
 * again on another machine, and compared.
 *
 * Source: Maddison, Tarlow, Minka, "A* Sampling", NeurIPS 2014; Aaronson and Kirchner, "Watermarking
 * GPT outputs", 2022.
 */
import type { Draw } from "../../../core/draw.ts";
import { type Candidates, nth } from "./candidates.ts";

/** What a race draws its numbers from. */
export interface Lot {
  readonly draw: Draw;
  /** The last tokens, or whatever else has not been drawn for before. */
  readonly context: readonly number[];
}

/**
 * So many of the likeliest run by themselves, all others as one runner, among whom a second draw
 * decides if it wins: the distribution is the same, and a wide one costs no more than this.
 */
const RUNNERS = 128;
/** What stands for all others, and for the draw among them: ids of no token. */
const OTHERS = 0xffffffff;
const AMONG_OTHERS = 0xfffffffe;

export class Race {
  /** Token id. */
  readonly winner: number;
  /** The winner's probability. */
  readonly probability: number;
  /** Whether there was only one to take. */
  readonly forced: boolean;

  constructor(candidates: Candidates, lot: Lot) {
    const { running, others } = split(candidates);
    this.forced = candidates.ids.length === 1;
    const { ids, probabilities } = running;
    let place = 0;
    let first = Number.POSITIVE_INFINITY;
    if (!this.forced) {
      for (let at = 0; at < ids.length; at++) {
        const time = runTime(lot, ids[at] as number) / (probabilities[at] as number);
        if (time < first) [first, place] = [time, at];
      }
    }
    if (others && crowdTime(lot, others) < first) {
      place = among(others, lot);
      this.winner = others.ids[place] as number;
      this.probability = others.probabilities[place] as number;
    } else {
      this.winner = ids[place] as number;
      this.probability = probabilities[place] as number;
    }
  }
}

/** Of a token at a rate of 1; its rate divides it. */
export const runTime = ({ draw, context }: Lot, id: number): number =>
  -Math.log(draw.uniform(context, id));

/** Of all those who run as one. */
export const crowdTime = (lot: Lot, { probabilities }: Candidates): number =>
  runTime(lot, OTHERS) / sum(probabilities);

function among({ probabilities }: Candidates, { draw, context }: Lot): number {
  let rest = draw.uniform(context, AMONG_OTHERS) * sum(probabilities);
  const last = probabilities.length - 1;
  for (let at = 0; at < last; at++) {
    rest -= probabilities[at] as number;
    if (rest < 0) return at;
  }
  return last;
}

/** Of equally likely ones, those that come first run by themselves. */
export function split(candidates: Candidates): { running: Candidates; others?: Candidates } {
  const { ids, probabilities } = candidates;
  if (ids.length <= RUNNERS) return { running: candidates };
  const least = nth(probabilities, RUNNERS);
  let even = RUNNERS;
  for (const one of probabilities) if (one > least) even -= 1;
  const sides: [number[], number[]] = [[], []];
  for (let at = 0; at < ids.length; at++) {
    const one = probabilities[at] as number;
    const runs = one > least || (one === least && even-- > 0);
    sides[runs ? 0 : 1].push(at);
  }
  const [running, others] = sides.map((places) => ({
    ids: Int32Array.from(places, (at) => ids[at] as number),
    probabilities: Float64Array.from(places, (at) => probabilities[at] as number),
  })) as [Candidates, Candidates];
  return { running, others };
}

const sum = (values: Float64Array) => values.reduce((total, one) => total + one, 0);
