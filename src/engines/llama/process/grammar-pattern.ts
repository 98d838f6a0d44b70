/**
 * Regular expressions of `pattern` (ECMA-262 with the flag u) as languages: whole texts in which
 * the expression finds something. What looks back (`\1`, `\b`, `(?<=`) is no such language.
 */
import type { Language, Languages } from "./grammar-language.ts";
import type { Ranges } from "./grammar-parse.ts";

/** What is wrong with a pattern, or cannot be held to. */
export class BadPattern extends Error {}

type Node =
  | { readonly type: "chars"; readonly ranges: Ranges }
  | { readonly type: "row" | "choice"; readonly of: readonly Node[] }
  | { readonly type: "repeat"; readonly of: Node; readonly min: number; readonly max: number }
  | { readonly type: "look"; readonly of: Node; readonly negated: boolean }
  | { readonly type: "start" | "end" };

const LAST_CODE = 0x10ffff;
const MAX_DEPTH = 50;
/** Repetitions of what has anchors or looks ahead are written out. */
const MAX_WRITTEN = 20;
const CODES: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, "0": 0 };
const DIGITS: Ranges = [[48, 57]];
const WORDS: Ranges = [...DIGITS, [65, 90], [95, 95], [97, 122]];
const SPACES: Ranges = [
  ...[
    [9, 13],
    [32, 32],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
  ],
  ...[
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ],
] as unknown as Ranges;
const CLASSES: Readonly<Record<string, Ranges>> = {
  ...{ d: DIGITS, w: WORDS, s: SPACES },
  ...{ D: complement(DIGITS), W: complement(WORDS), S: complement(SPACES) },
};
const LINE_ENDS: Ranges = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];

/** @throws BadPattern, TooComplex */
export function languageOf(source: string, languages: Languages): Language {
  const reader = new Reader(source);
  const node = reader.choice(0);
  if (!reader.done) reader.fail();
  const { any, all } = languages;
  const at = (start: boolean) => follow(node, all, start, languages);
  if (!has(node, "start")) return languages.row(all, at(true));
  return languages.either([at(true), languages.row(any, languages.row(all, at(false)))]);
}

/** The texts of a part and of what comes after it. @param start whether the text begins here */
function follow(node: Node, rest: Language, start: boolean, languages: Languages): Language {
  const { blank, none, all } = languages;
  switch (node.type) {
    case "chars":
      return languages.row(languages.chars(node.ranges), rest);
    case "start":
      return start ? rest : none;
    case "end":
      return rest.nullable ? blank : none;
    case "look": {
      const ahead = follow(node.of, all, start, languages);
      return languages.both([node.negated ? languages.not(ahead) : ahead, rest]);
    }
    case "choice":
      if (!zeroWidth(node) && rest !== blank) {
        return languages.row(follow(node, blank, start, languages), rest);
      }
      return languages.either(node.of.map((it) => follow(it, rest, start, languages)));
    case "row": {
      // Where the text begins is known as long as nothing of it was read.
      const reads = node.of.findIndex((it) => !isWidthless(it));
      const first = reads < 0 ? node.of.length : reads;
      if (node.of.slice(first + 1).some((it) => has(it, "start"))) {
        throw new BadPattern("^ stands behind what it should begin");
      }
      return node.of.reduceRight(
        (after, it, at) => follow(it, after, start && at <= first, languages),
        rest,
      );
    }
    case "repeat": {
      const { of, min, max } = node;
      if (!zeroWidth(of)) {
        return languages.row(languages.times(follow(of, blank, start, languages), min, max), rest);
      }
      if (has(of, "start") || max > MAX_WRITTEN)
        throw new BadPattern("it repeats what looks ahead");
      let after = rest;
      for (let left = max; left > 0; left--) {
        const once = follow(of, after, false, languages);
        after = left > min ? languages.either([once, rest]) : once;
      }
      return after;
    }
  }
}

function has(node: Node, type: Node["type"]): boolean {
  if (node.type === type) return true;
  if (!("of" in node)) return false;
  return [node.of].flat().some((it) => has(it as Node, type));
}

/** Something in it reads no character and asks for what stands around. */
function zeroWidth(node: Node): boolean {
  return has(node, "start") || has(node, "end") || has(node, "look");
}

function isWidthless(node: Node): boolean {
  return node.type === "start" || node.type === "look";
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

  fail(): never {
    throw new BadPattern(`it cannot be held to from character ${this.#at + 1} on`);
  }

  choice(depth: number): Node {
    if (depth > MAX_DEPTH) throw new BadPattern(`its groups are nested deeper than ${MAX_DEPTH}`);
    const of = [this.#row(depth)];
    while (this.#take(/\|/y) !== undefined) of.push(this.#row(depth));
    return of.length === 1 ? (of[0] as Node) : { type: "choice", of };
  }

  #row(depth: number): Node {
    const of: Node[] = [];
    for (let one = this.#atom(depth); one; one = this.#atom(depth)) {
      const times = this.#take(/[*+?]|\{\d+(,\d*)?\}/y);
      // A lazy repetition finds another place, but in the same texts.
      if (times) this.#take(/\?/y);
      of.push(times ? { type: "repeat", of: one, ...timesOf(times) } : one);
    }
    return of.length === 1 ? (of[0] as Node) : { type: "row", of };
  }

  #atom(depth: number): Node | undefined {
    const char = this.#take(/[^|)]/uy);
    if (char === undefined) return;
    if (char === "(") {
      const look = this.#take(/\?[=!]/y);
      if (look === undefined && this.#take(/\?(:|<[A-Za-z_]\w*>)/y) === undefined) {
        if (this.#source[this.#at] === "?") this.fail();
      }
      const of = this.choice(depth + 1);
      if (this.#take(/\)/y) === undefined) this.fail();
      return look === undefined ? of : { type: "look", of, negated: look === "?!" };
    }
    if (char === "^") return { type: "start" };
    if (char === "$") return { type: "end" };
    if (char === ".") return { type: "chars", ranges: complement(LINE_ENDS) };
    if (char === "[") return { type: "chars", ranges: this.#class() };
    if (char === "\\") return { type: "chars", ranges: this.#escaped() };
    if ("*+?{}".includes(char)) {
      this.#at--;
      this.fail();
    }
    return { type: "chars", ranges: one(char) };
  }

  #class(): Ranges {
    const negated = this.#take(/\^/y) !== undefined;
    const found: Array<readonly [number, number]> = [];
    for (;;) {
      const low = this.#take(/[\s\S]/uy) ?? this.fail();
      if (low === "]") break;
      const ranges = low === "\\" ? this.#escaped() : one(low);
      const [from, more] = [ranges[0], ranges.length > 1];
      if (from === undefined || this.#take(/-(?!\])/y) === undefined) {
        found.push(...ranges);
        continue;
      }
      const end = this.#take(/[^\]]/uy) ?? this.fail();
      const to = end === "\\" ? this.#escaped() : one(end);
      const single = !more && from[0] === from[1] && to.length === 1 && to[0]?.[0] === to[0]?.[1];
      const [first, last] = [from[0], to[0]?.[1] ?? -1];
      if (!single || first > last) this.fail();
      found.push([first, last]);
    }
    return negated ? complement(found) : found;
  }

  /** After a backslash. */
  #escaped(): Ranges {
    const char = this.#take(/[\s\S]/uy) ?? this.fail();
    const known = CLASSES[char];
    if (known) return known;
    const code = CODES[char];
    if (code !== undefined) return [[code, code]];
    if (char === "x" || char === "u") {
      const hex = this.#take(char === "x" ? /[0-9a-f]{2}/iy : /[0-9a-f]{4}|\{[0-9a-f]{1,6}\}/iy);
      const given = Number.parseInt(hex?.replace("{", "") ?? "", 16);
      if (!(given <= LAST_CODE)) this.fail();
      return [[given, given]];
    }
    if (char === "p" || char === "P") {
      const property = this.#take(/\{[\w=]{1,60}\}/y) ?? this.fail();
      const ranges = propertyOf(property) ?? this.fail();
      return char === "P" ? complement(ranges) : ranges;
    }
    if (/[\p{L}\p{N}]/u.test(char)) {
      this.#at -= 2;
      this.fail();
    }
    return one(char);
  }

  /** @param pattern sticky */
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }
}

function timesOf(times: string): { min: number; max: number } {
  if (times === "?") return { min: 0, max: 1 };
  if (times === "*" || times === "+") {
    return { min: times === "+" ? 1 : 0, max: Number.POSITIVE_INFINITY };
  }
  const [min = "0", max = min] = times.slice(1, -1).split(",");
  const most = max === "" ? Number.POSITIVE_INFINITY : Number(max);
  if (most < Number(min)) throw new BadPattern(`${times} counts backwards`);
  return { min: Number(min), max: most };
}

function one(char: string): Ranges {
  const code = char.codePointAt(0) as number;
  return [[code, code]];
}

export function complement(ranges: Ranges): Ranges {
  const found: Array<[number, number]> = [];
  let next = 0;
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (low > next) found.push([next, low - 1]);
    next = Math.max(next, high + 1);
  }
  if (next <= LAST_CODE) found.push([next, LAST_CODE]);
  return found;
}

const properties = new Map<string, Ranges>();
const MAX_PROPERTIES = 40;

/** The characters with a property of Unicode, such as `{L}`; each looks through all of them once. */
function propertyOf(name: string): Ranges | undefined {
  const known = properties.get(name);
  if (known) return known;
  let test: RegExp;
  try {
    test = new RegExp(`\\p${name}`, "u");
  } catch {
    return;
  }
  if (properties.size >= MAX_PROPERTIES) properties.clear();
  const found: Array<[number, number]> = [];
  for (let code = 0; code <= LAST_CODE; code++) {
    if (code === 0xd800) code = 0xe000;
    if (!test.test(String.fromCodePoint(code))) continue;
    const last = found.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else found.push([code, code]);
  }
  properties.set(name, found);
  return found;
}
