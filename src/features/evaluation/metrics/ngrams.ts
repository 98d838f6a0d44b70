/**
 * N-grams that two sequences have in common: the inner loop of BLEU, chrF and ROUGE.
 *
 * An n-gram is named by the name of its first n-1 symbols and its last one, so that no text is cut
 * out and each order costs one look-up for each place, whatever its length.
 */

/** Of a sequence of symbols; none where it is shorter than the order. */
export const ngramCount = (length: number, order: number): number =>
  Math.max(0, length - order + 1);

/**
 * How many n-grams of a sequence stand in a reference, each at most as often as there; of several
 * references, as often as in that which has most of it.
 *
 * @param sequence symbols as numbers from 1, up to 2^31 - 1
 * @returns for the orders 1 to `orders`
 */
export function clippedMatches(
  sequence: readonly number[],
  references: readonly (readonly number[])[],
  orders: number,
): number[] {
  const all = [sequence, ...references].map((symbols) => Int32Array.from(symbols));
  // Of the n-gram that begins at each place, its name; in the beginning that of the empty one.
  const names = all.map((symbols) => new Int32Array(symbols.length));
  const most = all.reduce((total, { length }) => total + length, 0);
  const table = new Names(most);
  const matches: number[] = [];
  for (let order = 1; order <= orders; order++) {
    table.clear();
    for (const [index, symbols] of all.entries()) {
      const places = names[index] as Int32Array;
      const count = ngramCount(symbols.length, order);
      for (let at = 0; at < count; at++) {
        places[at] = table.name(places[at] as number, symbols[at + order - 1] as number);
      }
    }
    matches.push(clipped(all, names, order, table.size));
  }
  return matches;
}

function clipped(
  all: readonly Int32Array[],
  names: readonly Int32Array[],
  order: number,
  size: number,
): number {
  const allowed = new Int32Array(size);
  const seen = new Int32Array(size);
  for (let index = 1; index < all.length; index++) {
    const count = ngramCount((all[index] as Int32Array).length, order);
    const places = names[index] as Int32Array;
    for (let at = 0; at < count; at++) {
      const name = places[at] as number;
      const times = (seen[name] as number) + 1;
      seen[name] = times;
      if (times > (allowed[name] as number)) allowed[name] = times;
    }
    seen.fill(0);
  }
  const count = ngramCount((all[0] as Int32Array).length, order);
  const places = names[0] as Int32Array;
  let matched = 0;
  for (let at = 0; at < count; at++) {
    const name = places[at] as number;
    const left = allowed[name] as number;
    if (left === 0) continue;
    allowed[name] = left - 1;
    matched++;
  }
  return matched;
}

/** Names for pairs of numbers, from 0 in the order in which they are first seen (open addressing). */
class Names {
  readonly #mask: number;
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #name: Int32Array;
  /** In which round a place was taken, so that clearing costs nothing. */
  readonly #round: Int32Array;
  #now = 0;
  size = 0;

  /** @param most how many pairs there can be */
  constructor(most: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(8, most * 2)));
    this.#mask = capacity - 1;
    this.#first = new Int32Array(capacity);
    this.#second = new Int32Array(capacity);
    this.#name = new Int32Array(capacity);
    this.#round = new Int32Array(capacity);
  }

  clear(): void {
    this.#now++;
    this.size = 0;
  }

  name(first: number, second: number): number {
    const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    let at = (mixed ^ (mixed >>> 15)) & this.#mask;
    while (this.#round[at] === this.#now) {
      if (this.#first[at] === first && this.#second[at] === second) return this.#name[at] as number;
      at = (at + 1) & this.#mask;
    }
    this.#round[at] = this.#now;
    this.#first[at] = first;
    this.#second[at] = second;
    this.#name[at] = this.size;
    return this.size++;
  }
}
