/**
 * From the tree of a grammar to a program over bytes: every class of characters becomes the
 * sequences of UTF-8 bytes that write them, every repetition a chain of rules. What could make the
 * matcher run in circles or end in a blind alley is refused here or left out.
 */
import { tooLarge } from "./grammar-limits.ts";
import {
  type Expression,
  type GrammarRules,
  invalidGrammar,
  type Ranges,
  type Sequence,
} from "./grammar-parse.ts";
import { complement } from "./grammar-pattern.ts";

export const END = 0;
export const BYTES = 1;
export const CALL = 2;

/** Elements in a row, alternative after alternative, each closed by END. It travels between threads. */
export interface Program {
  readonly ops: Uint8Array;
  /** BYTES: index of a table; CALL: index of a rule. */
  readonly args: Int32Array;
  /** 256 flags for each table: which bytes may stand here. */
  readonly tables: Uint8Array;
  /** Where the alternatives of each rule begin, one rule after the other. */
  readonly starts: Int32Array;
  /** The first start of each rule, and behind the last one their number. */
  readonly rules: Int32Array;
  readonly root: number;
}

type Element = { readonly bytes: number } | { readonly call: number };
type Rule = Element[][];

const MAX_ELEMENTS = 500_000;

/** @throws CharlaError `invalid_grammar` */
export function compileGrammar(source: GrammarRules, root = "root"): Program {
  const compiler = new Compiler();
  for (const [name, alternatives] of source) {
    compiler.rules[compiler.named(name)] = alternatives.map((it) => compiler.sequence(it));
  }
  for (const name of [root, ...compiler.names.keys()]) {
    if (!source.has(name)) throw invalidGrammar(`there is no rule named ${name}`);
  }
  const { names, rules, tables } = compiler;
  const name = (wanted: number) =>
    [...names].find(([, index]) => index === wanted)?.[0] ?? "of a repetition";
  const finite = productive(rules);
  const start = names.get(root) as number;
  if (!finite[start]) throw invalidGrammar("no text of finite length fits it");
  // A rule that never ends is a blind alley: whatever leads into one is no alternative.
  const kept = rules.map((rule) =>
    rule.filter((alternative) => alternative.every((it) => !("call" in it) || finite[it.call])),
  );
  const loop = leftRecursive(kept);
  if (loop !== undefined) throw invalidGrammar(`rule ${name(loop)} begins with itself`);
  return { ...flat(kept), tables: joined(tables), root: start };
}

class Compiler {
  readonly names = new Map<string, number>();
  readonly rules: Rule[] = [];
  readonly tables: Uint8Array[] = [];
  readonly #classes = new Map<string, Element>();
  #elements = 0;

  named(name: string): number {
    const index = this.names.get(name) ?? this.rule([]);
    this.names.set(name, index);
    return index;
  }

  rule(alternatives: Rule): number {
    this.#elements += alternatives.reduce((sum, it) => sum + it.length + 1, 0);
    if (this.#elements > MAX_ELEMENTS) throw tooLarge();
    return this.rules.push(alternatives) - 1;
  }

  sequence(expressions: Sequence): Element[] {
    return expressions.flatMap((expression) => this.expression(expression));
  }

  expression(expression: Expression): Element[] {
    if (expression.type === "text") {
      const text = expression.codes.map((code) => String.fromCodePoint(code)).join("");
      return [...Buffer.from(text)].map((byte) => this.#table([[byte, byte]]));
    }
    if (expression.type === "class") return [this.#class(expression.ranges, expression.negated)];
    if (expression.type === "rule") return [{ call: this.named(expression.name) }];
    if (expression.type === "choice") {
      return [{ call: this.rule(expression.alternatives.map((it) => this.sequence(it))) }];
    }
    return this.#repeat(expression.of, expression.min, expression.max);
  }

  #repeat(of: Expression, min: number, max: number): Element[] {
    const once = { call: this.rule([this.expression(of)]) };
    this.#elements += min;
    const elements: Element[] = new Array(min).fill(once);
    if (max === Number.POSITIVE_INFINITY) {
      const more = this.rule([]);
      this.rules[more] = [[once, { call: more }], []];
      return [...elements, { call: more }];
    }
    let rest: Element[] = [];
    for (let left = max - min; left > 0; left--)
      rest = [{ call: this.rule([[once, ...rest], []]) }];
    return [...elements, ...rest];
  }

  #class(wanted: Ranges, negated: boolean): Element {
    const ranges = negated ? complement(wanted) : wanted;
    const key = JSON.stringify(ranges);
    const known = this.#classes.get(key);
    if (known) return known;
    const sequences = ranges.flatMap(([low, high]) => utf8Ranges(low, high));
    // One table for all that is a single byte; the rest are alternatives.
    const single = sequences.filter((it) => it.length === 1).flat();
    const alternatives = sequences
      .filter((it) => it.length > 1)
      .map((it) => it.map((range) => this.#table([range])));
    if (single.length > 0) alternatives.unshift([this.#table(single)]);
    const [only] = alternatives;
    const element =
      only?.length === 1 && alternatives.length === 1
        ? (only[0] as Element)
        : { call: this.rule(alternatives) };
    this.#classes.set(key, element);
    return element;
  }

  #table(ranges: Ranges): Element {
    const key = `bytes ${JSON.stringify(ranges)}`;
    const known = this.#classes.get(key);
    if (known) return known;
    const table = new Uint8Array(256);
    for (const [low, high] of ranges) table.fill(1, low, high + 1);
    const element = { bytes: this.tables.push(table) - 1 };
    this.#classes.set(key, element);
    return element;
  }
}

/**
 * The byte sequences of the characters from low to high, as ranges for each byte.
 * Source: Russ Cox, "Regular Expression Matching in the Wild" (RE2), on UTF-8 ranges.
 */
function utf8Ranges(low: number, high: number): Ranges[] {
  if (low > high) return [];
  const split = (at: number) => [...utf8Ranges(low, at), ...utf8Ranges(at + 1, high)];
  // Surrogates are no characters.
  if (low <= 0xdfff && high >= 0xd800) {
    return [...utf8Ranges(low, 0xd7ff), ...utf8Ranges(0xe000, high)];
  }
  for (const last of [0x7f, 0x7ff, 0xffff]) if (low <= last && high > last) return split(last);
  if (high <= 0x7f) return [[[low, high]]];
  for (let bits = 6; bits <= 18; bits += 6) {
    const mask = (1 << bits) - 1;
    if ((low & ~mask) === (high & ~mask)) continue;
    if ((low & mask) !== 0) return split(low | mask);
    if ((high & mask) !== mask) return split((high & ~mask) - 1);
  }
  const first = Buffer.from(String.fromCodePoint(low));
  const last = Buffer.from(String.fromCodePoint(high));
  return [[...first].map((byte, at) => [byte, last[at] as number] as const)];
}

/** Which rules fit some text of finite length. */
function productive(rules: readonly Rule[]): boolean[] {
  return closure(rules, true);
}

/**
 * The rules with an alternative of nothing but such rules, and bytes if they are allowed. In time
 * that grows with the size of the grammar alone.
 */
function closure(rules: readonly Rule[], bytes: boolean): boolean[] {
  const found = rules.map(() => false);
  const todo: number[] = [];
  const add = (rule: number) => {
    if (!found[rule]) todo.push(rule);
    found[rule] = true;
  };
  /** By what is called: the alternatives that wait for it, as often as they call it. */
  const waiting = rules.map((): Array<{ readonly rule: number; missing: number }> => []);
  for (const [rule, alternatives] of rules.entries()) {
    for (const alternative of alternatives) {
      const calls = alternative.filter((it) => "call" in it);
      if (!bytes && calls.length < alternative.length) continue;
      if (calls.length === 0) add(rule);
      const entry = { rule, missing: calls.length };
      for (const { call } of calls) waiting[call]?.push(entry);
    }
  }
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const entry of waiting[next] ?? []) {
      entry.missing -= 1;
      if (entry.missing === 0) add(entry.rule);
    }
  }
  return found;
}

/** A rule that can call itself before it has read a byte. */
function leftRecursive(rules: readonly Rule[]): number | undefined {
  const empty = closure(rules, false);
  const first = rules.map((rule) => {
    const calls = new Set<number>();
    for (const alternative of rule) {
      for (const it of alternative) {
        if ("call" in it) calls.add(it.call);
        if (!("call" in it) || !empty[it.call]) break;
      }
    }
    return [...calls];
  });
  // Depth first with a stack of our own: the chain of a repetition is long.
  const state = rules.map(() => "new" as "new" | "open" | "closed");
  for (const start of rules.keys()) {
    const path: Array<{ rule: number; next: number }> = [{ rule: start, next: 0 }];
    if (state[start] !== "new") continue;
    state[start] = "open";
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const called = first[top.rule]?.[top.next++];
      if (called === undefined) {
        state[top.rule] = "closed";
        path.pop();
      } else if (state[called] === "open") return called;
      else if (state[called] === "new") {
        state[called] = "open";
        path.push({ rule: called, next: 0 });
      }
    }
  }
  return;
}

function joined(tables: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(256 * tables.length);
  for (const [at, table] of tables.entries()) all.set(table, 256 * at);
  return all;
}

function flat(rules: readonly Rule[]): Pick<Program, "ops" | "args" | "starts" | "rules"> {
  const ops: number[] = [];
  const args: number[] = [];
  const starts: number[] = [];
  const firsts = [0];
  for (const rule of rules) {
    for (const alternative of rule) {
      starts.push(ops.length);
      for (const it of alternative) {
        ops.push("bytes" in it ? BYTES : CALL);
        args.push("bytes" in it ? it.bytes : it.call);
      }
      ops.push(END);
      args.push(0);
    }
    firsts.push(starts.length);
  }
  return {
    ops: Uint8Array.from(ops),
    args: Int32Array.from(args),
    starts: Int32Array.from(starts),
    rules: Int32Array.from(firsts),
  };
}
