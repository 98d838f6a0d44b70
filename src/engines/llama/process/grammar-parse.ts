/**
 * Reads GBNF, llama.cpp's notation of grammars, into a tree. The same language as
 * `llama_grammar_parser` in llama.cpp's src/llama-grammar.cpp, less its elements for whole tokens
 * (`<[12]>`, `!<think>`): those are about one vocabulary and not about text.
 */
import { CharlaError } from "../../../core/errors.ts";

/** Inclusive ranges of Unicode code points. */
export type Ranges = ReadonlyArray<readonly [low: number, high: number]>;

export type Expression =
  | { readonly type: "text"; readonly codes: readonly number[] }
  | { readonly type: "class"; readonly ranges: Ranges; readonly negated: boolean }
  | { readonly type: "rule"; readonly name: string }
  | { readonly type: "choice"; readonly alternatives: readonly Sequence[] }
  /** `max` is Infinity where there is no bound. */
  | {
      readonly type: "repeat";
      readonly of: Expression;
      readonly min: number;
      readonly max: number;
    };

export type Sequence = readonly Expression[];

/** Rules by name, each a list of alternatives. */
export type GrammarRules = ReadonlyMap<string, readonly Sequence[]>;

/** In characters; what is made of a schema can be long, what others send is not. */
const MAX_SOURCE = 5_000_000;
const MAX_DEPTH = 200;
const MAX_REPEAT = 20_000;
const LAST_CODE = 0x10ffff;

const BOUNDS: Record<string, readonly [number, number]> = {
  "*": [0, Number.POSITIVE_INFINITY],
  "+": [1, Number.POSITIVE_INFINITY],
  "?": [0, 1],
};
const ESCAPES: Record<string, string> = { t: "\t", r: "\r", n: "\n" };
const HEX_DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 };

/** @throws CharlaError `invalid_grammar` */
export function parseGbnf(source: string): GrammarRules {
  if (source.length > MAX_SOURCE) {
    throw invalidGrammar(`it is longer than ${MAX_SOURCE} characters`);
  }
  const rules = new Map<string, Sequence[]>();
  const reader = new Reader(source);
  reader.skip(true);
  while (!reader.done) {
    const name = reader.take(/[a-zA-Z0-9-]+/y) ?? reader.fail("expected the name of a rule");
    reader.skip(false);
    if (!reader.take(/::=/y)) reader.fail("expected ::=");
    reader.skip(true);
    rules.set(name, alternatives(reader, 0));
    if (!reader.done && !reader.take(/\r\n|\r|\n/y)) reader.fail("expected the end of the line");
    reader.skip(true);
  }
  return rules;
}

/** What is wrong with a grammar, as an error to throw. */
export function invalidGrammar(reason: string): CharlaError {
  return new CharlaError("invalid_grammar", {
    status: 400,
    message: "This grammar cannot be used: {reason}.",
    hint: "Correct the grammar; its notation is llama.cpp's GBNF.",
    params: { reason },
  });
}

function alternatives(reader: Reader, depth: number): Sequence[] {
  if (depth > MAX_DEPTH) reader.fail(`parentheses are nested deeper than ${MAX_DEPTH}`);
  const found = [sequence(reader, depth)];
  while (reader.take(/\|/y)) {
    reader.skip(true);
    found.push(sequence(reader, depth));
  }
  return found;
}

function sequence(reader: Reader, depth: number): Sequence {
  const found: Expression[] = [];
  for (;;) {
    const bounds = repetition(reader, depth);
    const last = found.at(-1);
    if (bounds) {
      if (!last) reader.fail("there is nothing to repeat");
      found[found.length - 1] = { type: "repeat", of: last, min: bounds[0], max: bounds[1] };
    } else {
      const next = element(reader, depth);
      if (!next) return found;
      found.push(next);
    }
    reader.skip(depth > 0);
  }
}

function element(reader: Reader, depth: number): Expression | undefined {
  if (reader.take(/"/y)) {
    const codes: number[] = [];
    while (!reader.take(/"/y)) codes.push(reader.character());
    return { type: "text", codes };
  }
  const open = reader.take(/\[\^?/y);
  if (open) return { type: "class", ranges: ranges(reader), negated: open === "[^" };
  if (reader.take(/\./y)) return { type: "class", ranges: [[0, LAST_CODE]], negated: false };
  if (reader.take(/\(/y)) {
    reader.skip(true);
    const inner = alternatives(reader, depth + 1);
    if (!reader.take(/\)/y)) reader.fail("expected )");
    return { type: "choice", alternatives: inner };
  }
  if (reader.take(/[<!]/y)) reader.fail("elements for whole tokens are not supported");
  const name = reader.take(/[a-zA-Z0-9-]+/y);
  return name === undefined ? undefined : { type: "rule", name };
}

function ranges(reader: Reader): Ranges {
  const found: Array<[number, number]> = [];
  while (!reader.take(/\]/y)) {
    const low = reader.character();
    // A hyphen before the bracket stands for itself.
    const high = reader.take(/-(?!\])/y) ? reader.character() : low;
    found.push([low, high]);
  }
  return found;
}

function repetition(reader: Reader, depth: number): readonly [number, number] | undefined {
  const sign = reader.take(/[*+?]/y);
  if (sign) return BOUNDS[sign];
  if (!reader.take(/\{/y)) return;
  const number = () => {
    reader.skip(depth > 0);
    const digits = reader.take(/[0-9]+/y);
    reader.skip(depth > 0);
    if (digits && Number(digits) > MAX_REPEAT) reader.fail(`more than ${MAX_REPEAT} repetitions`);
    return digits;
  };
  const min = number() ?? reader.fail("expected a number");
  const max = reader.take(/,/y) ? (number() ?? "Infinity") : min;
  if (!reader.take(/\}/y)) reader.fail("expected }");
  if (Number(max) < Number(min)) reader.fail("the lower bound is above the upper one");
  return [Number(min), Number(max)];
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get done(): boolean {
    return this.#at >= this.#source.length;
  }

  /** @param pattern sticky; @returns what it matched here */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  /** Blanks and comments, and line ends where a rule cannot end. */
  skip(lines: boolean): void {
    this.take(lines ? /(?:[ \t\r\n]+|#[^\r\n]*)*/y : /(?:[ \t]+|#[^\r\n]*)*/y);
  }

  character(): number {
    if (this.done) this.fail("it ends within quotes or brackets");
    if (!this.take(/\\/y)) {
      const code = this.#source.codePointAt(this.#at) as number;
      this.#at += code > 0xffff ? 2 : 1;
      return code;
    }
    const letter = this.take(/[\s\S]/y) ?? this.fail("it ends after a backslash");
    const digits = HEX_DIGITS[letter];
    if (digits === undefined) {
      if (!'trn\\"[]-'.includes(letter)) this.fail(`\\${letter} is no escape`);
      return (ESCAPES[letter] ?? letter).charCodeAt(0);
    }
    const hex = this.take(new RegExp(`[0-9a-fA-F]{${digits}}`, "y"));
    const code = Number.parseInt(hex ?? "", 16);
    if (!(code <= LAST_CODE)) this.fail(`\\${letter} needs ${digits} digits of a code point`);
    return code;
  }

  fail(what: string): never {
    const before = this.#source.slice(0, this.#at).split("\n");
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw invalidGrammar(`${what} at line ${before.length}, column ${column}`);
  }
}
