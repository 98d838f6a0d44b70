/**
 * DRY ("don't repeat yourself"): what a token loses that would go on with a repetition.
 * Source: llama.cpp, `llama_sampler_dry_apply`, after p-e-w's proposal for text-generation-webui.
 */
import type { Dry } from "../../../core/extras.ts";

/** A larger power of the base would be no number of 32 bits any more. */
const LARGEST_LOGARITHM = 88.7228391;

/**
 * @param tokens of prompt and answer, in token ids
 * @param limit no repetition is longer: so many tokens stand behind the last breaker
 * @returns what is to be taken from the logits, by token id
 */
export function dryPenalties(
  tokens: readonly number[],
  dry: Omit<Dry, "breakers">,
  limit: number,
): Map<number, number> {
  const { multiplier, base, allowedLength, lastN = tokens.length } = dry;
  const longest = new Map<number, number>();
  if (limit < allowedLength) return longest;
  const lengths = repetitions(tokens, Math.max(0, tokens.length - lastN));
  for (const [back, length] of lengths.entries()) {
    const repeated = Math.min(length, limit);
    if (back === 0 || repeated < allowedLength) continue;
    // What came after the earlier occurrence would go on with it.
    const next = tokens[tokens.length - back] as number;
    longest.set(next, Math.max(longest.get(next) ?? 0, repeated));
  }
  const most = base > 1.000001 ? Math.floor(LARGEST_LOGARITHM / Math.log(base)) : Infinity;
  for (const [token, length] of longest) {
    longest.set(token, multiplier * base ** Math.min(length - allowedLength, most));
  }
  return longest;
}

/**
 * How many tokens before each place are the same as those at the end, by the distance of the place
 * from the end: the Z-function of the tokens read backwards, in linear time (Gusfield, "Algorithms on
 * Strings, Trees, and Sequences", section 1.3).
 */
function repetitions(tokens: readonly number[], from: number): Int32Array {
  const { length: end } = tokens;
  const lengths = new Int32Array(end - from);
  const same = (a: number, b: number) => tokens[end - 1 - a] === tokens[end - 1 - b];
  // The stretch that was found furthest on: [left, right) is the same as [0, right - left).
  let [left, right] = [0, 0];
  for (let back = 1; back < lengths.length; back++) {
    let length = back < right ? Math.min(right - back, lengths[back - left] as number) : 0;
    while (back + length < lengths.length && same(length, back + length)) length += 1;
    if (back + length > right) [left, right] = [back, back + length];
    lengths[back] = length;
  }
  return lengths;
}

/** Finds the texts that end a repetition, however tokens cut them. */
export class Breakers {
  readonly #texts: readonly string[];
  readonly #longest: number;
  readonly #textOf: (id: number) => string;

  /** @param piece the bytes of a token */
  constructor(texts: readonly string[], piece: (id: number) => Uint8Array) {
    // Bytes as characters, since tokens cut characters too.
    const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
    this.#texts = texts.filter((one) => one !== "").map((one) => latin(Buffer.from(one)));
    this.#longest = Math.max(0, ...this.#texts.map(({ length }) => length));
    this.#textOf = (id) => latin(piece(id));
  }

  /** Whether one stands within the token: it is then never made less likely. */
  within(id: number): boolean {
    return this.#texts.some((one) => this.#textOf(id).includes(one));
  }

  /** How many tokens stand behind the last one, up to `most`. */
  since(tokens: readonly number[], most: number): number {
    if (this.#texts.length === 0) return most;
    let count = 0;
    while (count < most && !this.endsIn(tokens, tokens.length - 1 - count)) count += 1;
    return count;
  }

  /** Whether one ends with or within the token at this place. */
  endsIn(tokens: readonly number[], at: number): boolean {
    const text = this.#textOf(tokens[at] as number);
    let before = "";
    for (let back = at - 1; back >= 0 && before.length < this.#longest - 1; back--) {
      before = this.#textOf(tokens[back] as number) + before;
    }
    const whole = before + text;
    return this.#texts.some((one) => {
      const place = whole.lastIndexOf(one);
      return place >= 0 && place + one.length > before.length;
    });
  }
}
