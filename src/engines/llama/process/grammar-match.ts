/**
 * Reads text byte by byte along a grammar: an automaton with a stack (like llama.cpp's, of which
 * `llama_grammar_advance_stack` is the model), whose states are remembered, so that the second time
 * at the same place costs one look into a table. Nothing that is read ends more than its own answer:
 * llama.cpp's own ends the process when a token is taken that its grammar refuses.
 */
import { BYTES, END, type Program } from "./grammar-compile.ts";
import { invalidGrammar } from "./grammar-parse.ts";

/** A place in the program, and where to go on when its rule ends. */
interface Stack {
  readonly id: number;
  readonly at: number;
  readonly below: Stack | undefined;
}

/** Everything that the text so far can mean. */
export interface State {
  /** Each at an element of bytes. */
  readonly stacks: readonly Stack[];
  /** The text may end here. */
  readonly final: boolean;
  /** By the next byte, as far as known: null leads nowhere. */
  readonly next: Array<State | null | undefined>;
}

/**
 * Readings of one text at a time, beyond which a way counts as closed. Most grammars have fewer than
 * ten, a list of words as many as it has; only one made to be ambiguous doubles them with each byte.
 */
const MAX_STACKS = 5000;
/** Remembered states, of about 2 KB each, and stacks; then all are forgotten and found again. */
const MAX_STATES = 4000;
const MAX_MEMORY = 200_000;

export class Matcher {
  readonly start: State;
  /** Places looked at so far: what the grammar has cost. */
  work = 0;
  /** So much work is too much: what reads on then throws `invalid_grammar`. */
  limit = Number.POSITIVE_INFINITY;
  readonly #program: Program;
  readonly #states = new Map<string, State>();
  readonly #stacks = new Map<string, Stack>();
  #lastId = 0;

  constructor(program: Program) {
    this.#program = program;
    const roots = [...this.#alternatives(program.root)].map((at) => this.#push(at, undefined));
    this.start = this.#state(roots) ?? { stacks: [], final: false, next: [] };
  }

  /** The state after one more byte, or null if no text of the grammar goes on like that. */
  step(state: State, byte: number): State | null {
    const known = state.next[byte];
    if (known !== undefined) return known;
    const { args, tables } = this.#program;
    const after: Array<Stack | undefined> = [];
    for (const { at, below } of state.stacks) {
      if (tables[256 * (args[at] as number) + byte] === 1) after.push(this.#push(at + 1, below));
    }
    const next = after.length === 0 ? null : this.#state(after);
    state.next[byte] = next;
    return next;
  }

  /** @param bytes one byte in each character ("latin1") */
  read(state: State, bytes: string): State | null {
    let now: State | null = state;
    for (let at = 0; at < bytes.length && now; at++) now = this.step(now, bytes.charCodeAt(at));
    return now;
  }

  /** A stack with this place on top; nothing is pushed for the end of a rule. */
  #push(at: number, below: Stack | undefined): Stack | undefined {
    if (this.#program.ops[at] === END) return below;
    const key = `${at},${below?.id ?? 0}`;
    const known = this.#stacks.get(key);
    if (known) return known;
    const stack = { id: ++this.#lastId, at, below };
    this.#stacks.set(key, stack);
    return stack;
  }

  /** Follows calls until every stack stands at bytes. Null if that are too many. */
  #state(from: ReadonlyArray<Stack | undefined>): State | null {
    const { ops, args } = this.#program;
    const todo = [...from];
    const seen = new Set<Stack | undefined>();
    const stacks: Stack[] = [];
    while (todo.length > 0) {
      const stack = todo.pop();
      if (seen.has(stack)) continue;
      seen.add(stack);
      this.work += 1;
      if (this.work > this.limit) throw invalidGrammar("it can be read in too many ways");
      if (stack === undefined) continue;
      if (ops[stack.at] === BYTES) stacks.push(stack);
      else {
        const rest = this.#push(stack.at + 1, stack.below);
        for (const at of this.#alternatives(args[stack.at] as number)) {
          todo.push(this.#push(at, rest));
        }
      }
      if (seen.size > 10 * MAX_STACKS || stacks.length > MAX_STACKS) return null;
    }
    stacks.sort((a, b) => a.id - b.id);
    const final = seen.has(undefined);
    const key = `${final}${stacks.map(({ id }) => id)}`;
    const known = this.#states.get(key);
    if (known) return known;
    if (this.#states.size >= MAX_STATES || this.#stacks.size >= MAX_MEMORY) this.#forget();
    const state = { stacks, final, next: [] };
    this.#states.set(key, state);
    return state;
  }

  /** Where the alternatives of a rule begin. */
  #alternatives(rule: number): Int32Array {
    const { starts, rules } = this.#program;
    return starts.subarray(rules[rule], rules[rule + 1]);
  }

  #forget(): void {
    for (const { next } of this.#states.values()) next.length = 0;
    this.#states.clear();
    this.#stacks.clear();
  }
}
