/**
 * What each token of an answer is drawn from. The numbers follow from a key and the last four tokens:
 * the key is the seed's, which all may know, or a secret one that many answers share, by which they
 * can be recognised. The same four tokens a second time would draw the same numbers again, so then,
 * and wherever else the key must not or need not be used, they follow from the seed and the place.
 */
import { createHash, createHmac } from "node:crypto";
import { CONTEXT_TOKENS, Draw } from "../../../core/draw.ts";
import type { Drawing, DrawWish } from "../../../core/extras.ts";
import type { Lot, Race } from "./race.ts";

/**
 * Answers to the same question draw the same numbers wherever they agree, so under a shared key they
 * would stay the same for good once their first four tokens were. The key is used only after an answer
 * has made choices that another makes again in fewer than one of 256 cases: in nats.
 */
export const APART = Math.log(256);

/** The choices of some 15 tokens, computed in other batches, differ by so much together at most; nats. */
const ROUNDED = 1;

export interface KeyedLot extends Lot {
  readonly keyed: boolean;
}

export class Lots {
  readonly #key: Draw;
  /** Of this answer alone. */
  readonly #own: Draw;
  readonly #shared: boolean;
  readonly #seen = new Set<string>();
  #drawn: number;
  #last = 0;
  #apart: number;

  /** @param before what a process that died had said of the same answer */
  constructor(seed: number, wish?: DrawWish, before: Drawing = { tokens: 0, nats: 0 }) {
    const key = wish ? Buffer.from(wish.key, "hex") : seedKey(seed);
    this.#key = new Draw(key);
    this.#own = new Draw(createHmac("sha256", key).update(`own1 ${seed}`).digest());
    this.#shared = wish !== undefined;
    this.#drawn = before.tokens;
    this.#apart = before.nats;
  }

  /** For another process, if this one dies. */
  get drawing(): Drawing {
    return { tokens: this.#drawn, nats: this.#apart };
  }

  /**
   * @param tokens of the answer so far
   * @param bare the next one is not to carry the key
   */
  next(tokens: readonly number[], bare: boolean): KeyedLot {
    const keyed = bare ? undefined : this.#keyed(tokens);
    const apart = !this.#shared || this.#apart >= APART;
    return keyed && apart ? keyed : this.#bare(tokens);
  }

  /**
   * What the next token may have been drawn from when the answer was written: nearly always one lot.
   * Where the key begins to be used follows from probabilities, which another computation rounds
   * otherwise, so that near there it may have been either.
   */
  possible(tokens: readonly number[]): readonly KeyedLot[] {
    const near = this.#shared && Math.abs(this.#apart - APART) < ROUNDED;
    const keyed = near ? this.#keyed(tokens) : undefined;
    return keyed ? [keyed, this.#bare(tokens)] : [this.next(tokens, false)];
  }

  #keyed(tokens: readonly number[]): KeyedLot | undefined {
    const context = tokens.slice(-CONTEXT_TOKENS);
    const fresh = context.length === CONTEXT_TOKENS && !this.#seen.has(context.join());
    return fresh ? { draw: this.#key, context, keyed: true } : undefined;
  }

  #bare({ length }: readonly number[]): KeyedLot {
    return { draw: this.#own, context: [length, 0, 0, 0], keyed: false };
  }

  /** @param race in which the next token was chosen */
  chosen({ probability, forced }: Pick<Race, "probability" | "forced">, keyed: boolean): void {
    this.#last = keyed && !forced ? 1 : 0;
    this.#drawn += this.#last;
    if (this.#shared && this.#apart < APART) this.#apart -= Math.log(probability);
  }

  /** The token that was chosen last is no part of the answer. */
  withdraw(): void {
    this.#drawn -= this.#last;
  }

  /** A token follows these; whatever it was drawn from, they are not used again. */
  passed(tokens: readonly number[]): void {
    if (tokens.length >= CONTEXT_TOKENS) this.#seen.add(tokens.slice(-CONTEXT_TOKENS).join());
  }
}

const seedKey = (seed: number) => createHash("sha256").update(`seed1 ${seed}`).digest();
