/**
 * JSON that has one text for one value (RFC 8785), so that it can be hashed and signed, and a reader
 * that takes nothing two programs could understand differently: no key twice, no half of a surrogate
 * pair, no integer above 2^53, which many programs would round.
 */
import { CharlaError } from "../errors.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Deeper than anything of ours; a text of brackets alone must not use up the stack. */
const MAX_DEPTH = 64;

/** @throws CharlaError `json_not_canonical` */
export function canonical(value: Json, depth = 0): string {
  if (depth > MAX_DEPTH) throw notCanonical("deeper than 64 levels");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return number(value);
  if (typeof value === "string") return string(value);
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, depth + 1)).join(",")}]`;
  if (typeof value !== "object") throw notCanonical(`a ${typeof value}`);
  // The default order is that of UTF-16 code units, as section 3.2.3 asks.
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, one]) => `${string(key)}:${canonical(one, depth + 1)}`).join(",")}}`;
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw notCanonical("a number that is not finite");
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw notCanonical("an integer above 2^53");
  }
  // Section 3.2.2.3 is what JavaScript does.
  return JSON.stringify(value);
}

function string(value: string): string {
  if (!value.isWellFormed()) throw notCanonical("half of a surrogate pair");
  return JSON.stringify(value);
}

/** @throws CharlaError `json_not_canonical` for what is JSON but could be understood in two ways */
export function parseStrict(source: string): Json {
  return new Reader(source).whole();
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORD = /true|false|null/y;

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): Json {
    const value = this.#value(0);
    this.#take(SPACE);
    if (this.#at < this.#source.length) throw this.#wrong();
    return value;
  }

  #value(depth: number): Json {
    if (depth > MAX_DEPTH) throw notCanonical("deeper than 64 levels");
    this.#take(SPACE);
    switch (this.#source[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      case "t":
      case "f":
      case "n":
        return JSON.parse(this.#need(WORD));
      default:
        return this.#number();
    }
  }

  #object(depth: number): Json {
    const members = new Map<string, Json>();
    this.#at++;
    if (this.#skips("}")) return {};
    do {
      this.#take(SPACE);
      const key = this.#string();
      if (members.has(key)) throw notCanonical("a key that occurs twice");
      if (!this.#skips(":")) throw this.#wrong();
      members.set(key, this.#value(depth + 1));
    } while (this.#skips(","));
    if (!this.#skips("}")) throw this.#wrong();
    return Object.fromEntries(members);
  }

  #array(depth: number): Json {
    const items: Json[] = [];
    this.#at++;
    if (this.#skips("]")) return items;
    do items.push(this.#value(depth + 1));
    while (this.#skips(","));
    if (!this.#skips("]")) throw this.#wrong();
    return items;
  }

  #string(): string {
    const text: string = JSON.parse(this.#need(STRING));
    if (!text.isWellFormed()) throw notCanonical("half of a surrogate pair");
    return text;
  }

  #number(): number {
    const value = Number(this.#need(NUMBER));
    number(value);
    return value;
  }

  /** A sign after any space. */
  #skips(sign: string): boolean {
    this.#take(SPACE);
    if (this.#source[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ""] = pattern.exec(this.#source) ?? [];
    this.#at += found.length;
    return found;
  }

  #need(pattern: RegExp): string {
    const found = this.#take(pattern);
    if (found === "") throw this.#wrong();
    return found;
  }

  #wrong(): CharlaError {
    return notCanonical(`no JSON at character ${this.#at + 1}`);
  }
}

function notCanonical(reason: string): CharlaError {
  return new CharlaError("json_not_canonical", {
    status: 400,
    message: "This JSON cannot be read in one way alone: it holds {reason}.",
    hint: "Take the file as it was given out; a program in between may have changed it.",
    params: { reason },
  });
}
