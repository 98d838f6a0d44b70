/**
 * Which tokens may come next, so that the answer becomes a text of a grammar. The answer can begin
 * with free text: the grammar then starts at the first trigger, a text that calls for it. The same
 * is `grammar_lazy` in llama.cpp, where a trigger that the grammar refuses ends the process.
 */
import { CharlaError } from "../../../core/errors.ts";
import type { Constraint } from "../sampling/sampler.ts";
import type { Program } from "./grammar-compile.ts";
import { Matcher, type State } from "./grammar-match.ts";
import { sorted, type Vocabulary } from "./grammar-vocabulary.ts";

export interface Lazy {
  /** The grammar starts with the first of these texts, which are beginnings of its own. */
  readonly triggers: readonly string[];
  /** The answer may end without any of them. */
  readonly optional: boolean;
}

/**
 * Places of the grammar that one answer may cost, and one token of it: about 3 and 0.4 s, for which
 * others wait. A look over the vocabulary takes some 20,000 where the grammar is that of a schema.
 */
const MAX_WORK = 3_000_000;
const MAX_AT_ONCE = 400_000;
/** Each takes a byte for a token. */
const MAX_MASKS = 16;

/** Where an answer stands: in free text, whose end is kept for a trigger in it, or in the grammar. */
type Place = { readonly free: string } | { readonly state: State };

interface Options {
  /** The grammar is that of calls of tools, beside which there may be others. */
  readonly calls?: boolean;
  /** Places that the answer may cost. */
  readonly budget?: number;
}

/** @throws CharlaError `invalid_grammar` */
export function constraintOf(
  program: Program,
  vocabulary: Vocabulary,
  lazy?: Lazy,
  options: Options = {},
): Constraint {
  return new GrammarConstraint(new Matcher(program), vocabulary, lazy, options);
}

class GrammarConstraint implements Constraint {
  readonly #matcher: Matcher;
  readonly #vocabulary: Vocabulary;
  readonly #triggers: readonly string[];
  readonly #optional: boolean;
  /** Free text of this length can still be the beginning of a trigger. */
  readonly #kept: number;
  /** Which tokens may come next, by state: within a string it is the same one all the time. */
  readonly #masks = new Map<State, Uint8Array>();
  readonly #budget: number;
  readonly #calls: boolean;
  #place: Place;

  constructor(
    matcher: Matcher,
    vocabulary: Vocabulary,
    lazy: Lazy | undefined,
    { calls = false, budget = MAX_WORK }: Options,
  ) {
    this.#matcher = matcher;
    this.#budget = budget;
    this.#calls = calls;
    this.#vocabulary = vocabulary;
    this.#triggers = (lazy?.triggers ?? []).map((text) => Buffer.from(text).toString("latin1"));
    this.#optional = lazy?.optional ?? false;
    this.#kept = Math.max(0, ...this.#triggers.map(({ length }) => length - 1));
    this.#place = lazy ? { free: "" } : { state: matcher.start };
  }

  get calling(): boolean {
    return this.#calls && "state" in this.#place;
  }

  allows(token: number): boolean {
    this.#allow();
    return this.#allows(token);
  }

  #allows(token: number): boolean {
    if (this.#vocabulary.ends(token)) return this.#mayEnd();
    const piece = this.#vocabulary.piece(token);
    // In free text a token without bytes (a mark of the template's) changes nothing.
    if (piece === "") return "free" in this.#place;
    return this.#after(piece) !== null;
  }

  apply(logits: Float32Array): void {
    this.#allow();
    if ("free" in this.#place) {
      for (let token = 0; token < logits.length; token++) {
        if (!this.#allows(token)) logits[token] = Number.NEGATIVE_INFINITY;
      }
      return;
    }
    const allowed = this.#mask(this.#place.state);
    let left = 0;
    for (let token = 0; token < logits.length; token++) {
      if (allowed[token] !== 1) logits[token] = Number.NEGATIVE_INFINITY;
      else if ((logits[token] as number) > Number.NEGATIVE_INFINITY) left++;
    }
    if (left === 0) throw stuck();
  }

  accept(token: number): void {
    this.#allow();
    const piece = this.#vocabulary.ends(token) ? "" : this.#vocabulary.piece(token);
    const next = this.#after(piece);
    if (!next) throw stuck();
    this.#place = next;
  }

  /** Begins what may cost as much as one token may. */
  #allow(): void {
    this.#matcher.limit = Math.min(this.#budget, this.#matcher.work + MAX_AT_ONCE);
  }

  #mayEnd(): boolean {
    return "free" in this.#place ? this.#optional : this.#place.state.final;
  }

  /** Where the answer stands after these bytes; null where it must not go. */
  #after(bytes: string): Place | null {
    if ("state" in this.#place) {
      const state = this.#matcher.read(this.#place.state, bytes);
      return state && { state };
    }
    const text = this.#place.free + bytes;
    const at = firstTrigger(text, this.#triggers);
    if (at < 0) return { free: this.#kept > 0 ? text.slice(-this.#kept) : "" };
    // The token that completes the trigger can go on behind it.
    const state = this.#matcher.read(this.#matcher.start, text.slice(at));
    return state && { state };
  }

  /** 1 for each token that may come next. */
  #mask(state: State): Uint8Array {
    const known = this.#masks.get(state);
    if (known) return known;
    if (this.#masks.size >= MAX_MASKS) this.#masks.clear();
    const mask = this.#reachable(state);
    this.#masks.set(state, mask);
    return mask;
  }

  #reachable(state: State): Uint8Array {
    const { tokens, pieces, shared, ends } = sorted(this.#vocabulary);
    const allowed = new Uint8Array(this.#vocabulary.size);
    if (state.final) for (const token of ends) allowed[token] = 1;
    // The states along the current piece: the next one goes on where it begins to differ.
    const path: State[] = [state];
    let dead = Number.POSITIVE_INFINITY;
    for (let at = 0; at < tokens.length; at++) {
      const same = shared[at] as number;
      // It begins with the bytes that led nowhere.
      if (same >= dead) continue;
      dead = Number.POSITIVE_INFINITY;
      const piece = pieces[at] as string;
      path.length = same + 1;
      for (let byte = same; byte < piece.length; byte++) {
        const next = this.#matcher.step(path[byte] as State, piece.charCodeAt(byte));
        if (!next) {
          dead = byte + 1;
          break;
        }
        path.push(next);
      }
      if (dead === Number.POSITIVE_INFINITY) allowed[tokens[at] as number] = 1;
    }
    return allowed;
  }
}

/** Where the first trigger of a text begins, or -1. */
export function firstTrigger(text: string, triggers: readonly string[]): number {
  const found = triggers.map((trigger) => text.indexOf(trigger)).filter((at) => at >= 0);
  return found.length > 0 ? Math.min(...found) : -1;
}

function stuck(): CharlaError {
  return new CharlaError("grammar_stuck", {
    status: 422,
    message: "The model has no token that goes on as the grammar demands.",
    hint: "Change the grammar or the schema, or forbid fewer tokens.",
  });
}
