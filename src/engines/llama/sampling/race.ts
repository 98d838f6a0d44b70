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
  readonly #lot: Lot;
  readonly #first: number;
  readonly #running: Candidates;
  readonly #others: Candidates | undefined;
  readonly #mass: number;

  constructor(candidates: Candidates, lot: Lot) {
    const { running, others } = split(candidates);
    this.#lot = lot;
    this.#running = running;
    this.#others = others;
    this.#mass = others ? sum(others.probabilities) : 0;
    this.forced = candidates.ids.length === 1;
    const { ids, probabilities } = running;
    let place = 0;
    let first = Number.POSITIVE_INFINITY;
    if (!this.forced) {
      for (let at = 0; at < ids.length; at++) {
        const time = this.#time(ids[at] as number, probabilities[at] as number);
        if (time < first) [first, place] = [time, at];
      }
    }
    const crowd = others ? this.#time(OTHERS, this.#mass) : Number.POSITIVE_INFINITY;
    if (others && crowd < first) {
      [first, place] = [crowd, this.#among(others)];
      this.winner = others.ids[place] as number;
      this.probability = others.probabilities[place] as number;
    } else {
      this.winner = ids[place] as number;
      this.probability = probabilities[place] as number;
    }
    this.#first = first;
  }

  /**
   * How far a token was from winning: so much its logit would have to be larger, at temperature 1.
   * All of those who ran as one were equally far.
   *
   * @param probability of the token, also if it was no candidate
   */
  behind(id: number, probability: number): number {
    if (id === this.winner) return 0;
    const alone = this.#running.ids.includes(id) || !this.#others?.ids.includes(id);
    const time = alone ? this.#time(id, probability) : this.#time(OTHERS, this.#mass);
    return Math.max(0, Math.log(time / this.#first));
  }

  /** Of the candidates, that of the least likely one. */
  get least(): number {
    const { probabilities } = this.#others ?? this.#running;
    return probabilities.reduce((least, one) => Math.min(least, one), 1);
  }

  #time(id: number, rate: number): number {
    return -Math.log(this.#lot.draw.uniform(this.#lot.context, id)) / rate;
  }

  #among({ probabilities }: Candidates): number {
    let rest = this.#lot.draw.uniform(this.#lot.context, AMONG_OTHERS) * this.#mass;
    const last = probabilities.length - 1;
    for (let at = 0; at < last; at++) {
      rest -= probabilities[at] as number;
      if (rest < 0) return at;
    }
    return last;
  }
}

/** Of equally likely ones, those that come first run by themselves. */
function split(candidates: Candidates): { running: Candidates; others?: Candidates } {
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
