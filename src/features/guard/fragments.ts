/**
 * All fragments of some texts, in an automaton that is told one character after the other and knows
 * how long the fragment is that ends there. Building takes time linear in the texts, and a step is
 * constant on average.
 * Source: Blumer et al., "The smallest automaton recognizing the subwords of a text", 1985.
 */

/** Never part of a folded text, so no fragment reaches from one text into the next. */
const BOUNDARY = "\n";

interface State {
  /** Length of the longest fragment that ends in this state. */
  length: number;
  /** The state of its longest ending that is in another state. */
  link: number;
  readonly next: Map<string, number>;
}

export class Fragments {
  readonly #states: State[] = [{ length: 0, link: -1, next: new Map() }];

  /** @param texts folded */
  constructor(texts: readonly string[]) {
    let last = 0;
    for (const char of texts.join(BOUNDARY)) last = this.#extend(last, char);
  }

  #state(index: number): State {
    return this.#states[index] as State;
  }

  #extend(last: number, char: string): number {
    const added = this.#states.push({
      length: this.#state(last).length + 1,
      link: 0,
      next: new Map(),
    });
    const current = added - 1;
    let at = last;
    while (at >= 0 && !this.#state(at).next.has(char)) {
      this.#state(at).next.set(char, current);
      at = this.#state(at).link;
    }
    if (at < 0) return current;
    const target = this.#state(at).next.get(char) as number;
    if (this.#state(at).length + 1 === this.#state(target).length) {
      this.#state(current).link = target;
      return current;
    }
    const { link, next } = this.#state(target);
    const clone =
      this.#states.push({ length: this.#state(at).length + 1, link, next: new Map(next) }) - 1;
    while (at >= 0 && this.#state(at).next.get(char) === target) {
      this.#state(at).next.set(char, clone);
      at = this.#state(at).link;
    }
    this.#state(target).link = clone;
    this.#state(current).link = clone;
    return current;
  }

  /** Follows a text of its own. */
  follow(): Follower {
    let state = 0;
    let length = 0;
    return (char) => {
      while (state > 0 && !this.#state(state).next.has(char)) {
        state = this.#state(state).link;
        length = this.#state(state).length;
      }
      const next = this.#state(state).next.get(char);
      if (next === undefined) return 0;
      state = next;
      length += 1;
      return length;
    };
  }
}

/** Takes the next folded character; gives the length of the longest fragment that ends with it. */
export type Follower = (char: string) => number;
