/**
 * All fragments of some texts, in an automaton that is told one character after the other and knows
 * how long the fragment is that ends there. Building takes time linear in the texts, and a step is
 * constant on average. It stands in arrays of numbers: about 60 bytes for a character, where objects
 * and maps would take 400.
 * Source: Blumer et al., "The smallest automaton recognizing the subwords of a text", 1985.
 */
import type { Sliced } from "../../core/slices.ts";

/** Never part of a folded text, so no fragment reaches from one text into the next. */
const BOUNDARY = "\n";
/** Characters that are added before others get their turn: some milliseconds. */
const SLICE = 8192;

export class Fragments {
  /** By state: length of the longest fragment that ends there. */
  readonly #lengths: Int32Array;
  /** By state: that of its longest ending that is in another state; -1 for the first. */
  readonly #links: Int32Array;
  /** By state: the last of its transitions, and from there by transition; -1 is none. */
  readonly #last: Int32Array;
  readonly #before: Int32Array;
  readonly #chars: Int32Array;
  readonly #targets: Int32Array;
  /** Transitions of the first state, which may have one for each character of a script. */
  readonly #first = new Map<number, number>();
  #states = 1;
  #transitions = 0;

  /** @param length characters of all texts with their boundaries: at most 2n states, 3n transitions */
  private constructor(length: number) {
    const [states, transitions] = [2 * length + 2, 3 * length + 3];
    this.#lengths = new Int32Array(states);
    this.#links = new Int32Array(states).fill(-1);
    this.#last = new Int32Array(states).fill(-1);
    this.#before = new Int32Array(transitions);
    this.#chars = new Int32Array(transitions);
    this.#targets = new Int32Array(transitions);
  }

  /** @param texts folded */
  static *of(texts: readonly string[]): Sliced<Fragments> {
    const chars = Array.from(texts.join(BOUNDARY), (char) => char.codePointAt(0) as number);
    const made = new Fragments(chars.length);
    let last = 0;
    for (const [at, char] of chars.entries()) {
      if (at % SLICE === SLICE - 1) yield;
      last = made.#extend(last, char);
    }
    return made;
  }

  /** What it takes of the memory. */
  get bytes(): number {
    const parts = [this.#lengths, this.#links, this.#last, this.#before, this.#chars];
    return parts.reduce((sum, { byteLength }) => sum + byteLength, this.#targets.byteLength);
  }

  /** The transition of a state by a character, or -1. */
  #transition(state: number, char: number): number {
    let at = this.#last[state] as number;
    while (at >= 0 && this.#chars[at] !== char) at = this.#before[at] as number;
    return at;
  }

  #next(state: number, char: number): number {
    if (state === 0) return this.#first.get(char) ?? -1;
    const at = this.#transition(state, char);
    return at < 0 ? -1 : (this.#targets[at] as number);
  }

  #lead(state: number, char: number, target: number): void {
    if (state === 0) {
      this.#first.set(char, target);
      return;
    }
    let at = this.#transition(state, char);
    if (at < 0) {
      at = this.#transitions++;
      this.#chars[at] = char;
      this.#before[at] = this.#last[state] as number;
      this.#last[state] = at;
    }
    this.#targets[at] = target;
  }

  #extend(last: number, char: number): number {
    const current = this.#states++;
    this.#lengths[current] = (this.#lengths[last] as number) + 1;
    let at = last;
    while (at >= 0 && this.#next(at, char) < 0) {
      this.#lead(at, char, current);
      at = this.#links[at] as number;
    }
    this.#links[current] = at < 0 ? 0 : this.#split(at, char);
    return current;
  }

  /** The state that a transition leads to, or a copy of it for the shorter of its fragments. */
  #split(from: number, char: number): number {
    const target = this.#next(from, char);
    const length = (this.#lengths[from] as number) + 1;
    if (length === this.#lengths[target]) return target;
    const copy = this.#states++;
    this.#lengths[copy] = length;
    for (let at = this.#last[target] as number; at >= 0; at = this.#before[at] as number) {
      this.#lead(copy, this.#chars[at] as number, this.#targets[at] as number);
    }
    for (let at = from; at >= 0 && this.#next(at, char) === target; ) {
      this.#lead(at, char, copy);
      at = this.#links[at] as number;
    }
    this.#links[copy] = this.#links[target] as number;
    this.#links[target] = copy;
    return copy;
  }

  /** Follows a text of its own. */
  follow(): Follower {
    let state = 0;
    let length = 0;
    return (text) => {
      const char = text.codePointAt(0) as number;
      let next = this.#next(state, char);
      while (state > 0 && next < 0) {
        state = this.#links[state] as number;
        length = this.#lengths[state] as number;
        next = this.#next(state, char);
      }
      if (next < 0) return 0;
      state = next;
      length += 1;
      return length;
    };
  }
}

/** Takes the next folded character; gives the length of the longest fragment that ends with it. */
export type Follower = (char: string) => number;
