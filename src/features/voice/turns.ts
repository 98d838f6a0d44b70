/**
 * Where a turn of somebody who speaks begins and ends, from nothing but sound as it comes: what is clearly
 * louder than the room has been in the last seconds. It needs no model and keeps no sound.
 */

/** begins: it has just been seen that somebody speaks; ends: they have been silent since. */
export type Mark = "begins" | "ends";

const FRAME_S = 0.02;
/** Of the sound that is looked at, in hertz: below are fans and cars, above is hiss. */
const [LOW_HZ, HIGH_HZ] = [200, 3500];
/** What counts as loud, in decibels above the room; while somebody speaks, less does. */
const [BEGIN_DB, GO_ON_DB] = [9, 6];
/** And above this of the loudest that there can be, however quiet the room. */
const QUIETEST_DB = -52;
/** So much of the last so much has to be loud: words are, clicks and taps are shorter. */
const [LOUD_S, WITHIN_S] = [0.2, 0.4];
/** Silence that ends a turn; a loud frame in it takes back so many quiet ones. */
const PAUSE_S = 1.2;
const TAKES_BACK = 2;
/** The room is as loud as its quietest tenth of a second in so many stretches of so long. */
const [STRETCHES, STRETCH_S] = [6, 0.7];
const SMOOTH_FRAMES = 5;

export class Turns {
  /** Whether somebody is speaking. */
  speaking = false;
  /** Seconds since somebody spoke last, or since the beginning. */
  silence = 0;
  /** Of the last frame, in decibels of the loudest that there can be. */
  level = -100;
  readonly #frame: number;
  readonly #band: (sample: number) => number;
  /** Power of a frame that is not whole yet. */
  #power = 0;
  #samples = 0;
  #smooth: number[] = [];
  /** The quietest of each stretch, the last one still going on. */
  #quietest: number[] = [Number.POSITIVE_INFINITY];
  #frames = 0;
  #loud: boolean[] = [];
  #quiet = 0;

  /** @param rate samples in a second */
  constructor(rate: number) {
    this.#frame = Math.round(FRAME_S * rate);
    this.#band = bandOf(rate);
  }

  /** Takes the next samples. @returns what was seen in them, in its order */
  push(samples: Float32Array): readonly Mark[] {
    const marks: Mark[] = [];
    for (const sample of samples) {
      this.#power += this.#band(sample) ** 2;
      this.#samples += 1;
      if (this.#samples < this.#frame) continue;
      this.level = 10 * Math.log10(this.#power / this.#frame + 1e-10);
      this.#power = this.#samples = 0;
      const mark = this.#judge(this.level);
      if (mark) marks.push(mark);
    }
    return marks;
  }

  #judge(level: number): Mark | undefined {
    const room = this.#room(level);
    const above = this.speaking ? GO_ON_DB : BEGIN_DB;
    const loud = level > Math.max(QUIETEST_DB, room + above);
    this.silence += FRAME_S;
    if (this.speaking) {
      this.#quiet = loud ? Math.max(0, this.#quiet - TAKES_BACK) : this.#quiet + 1;
      if (this.#quiet === 0) this.silence = 0;
      if (this.#quiet * FRAME_S < PAUSE_S) return undefined;
      this.speaking = false;
      this.#loud = [];
      return "ends";
    }
    this.#loud.push(loud);
    if (this.#loud.length * FRAME_S > WITHIN_S) this.#loud.shift();
    if (this.#loud.filter(Boolean).length * FRAME_S < LOUD_S) return undefined;
    this.speaking = true;
    this.#quiet = 0;
    this.silence = 0;
    return "begins";
  }

  /** How loud it is where nobody speaks, as far as it is known by now. */
  #room(level: number): number {
    this.#smooth.push(level);
    if (this.#smooth.length > SMOOTH_FRAMES) this.#smooth.shift();
    const now = this.#smooth.reduce((sum, one) => sum + one, 0) / this.#smooth.length;
    const last = this.#quietest.length - 1;
    this.#quietest[last] = Math.min(this.#quietest[last] ?? now, now);
    this.#frames += 1;
    if (this.#frames * FRAME_S >= STRETCH_S) {
      this.#frames = 0;
      this.#quietest.push(Number.POSITIVE_INFINITY);
      if (this.#quietest.length > STRETCHES) this.#quietest.shift();
    }
    return Math.min(...this.#quietest);
  }
}

/** Two poles take away what is low, one what is high. */
function bandOf(rate: number): (sample: number) => number {
  const high = Math.exp((-2 * Math.PI * LOW_HZ) / rate);
  const low = 1 - Math.exp((-2 * Math.PI * HIGH_HZ) / rate);
  let [before, first, second, third, out] = [0, 0, 0, 0, 0];
  return (sample) => {
    const one = high * (first + sample - before);
    second = high * (second + one - third);
    [before, first, third] = [sample, one, one];
    out += low * (second - out);
    return out;
  };
}
