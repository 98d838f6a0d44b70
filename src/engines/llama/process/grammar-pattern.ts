/**
 * Regular expressions of `pattern` as GBNF of the inside of a JSON string. The part of the language
 * that is a grammar: characters, classes, groups, alternatives, repetitions, anchors at the ends.
 */
import { unsupported } from "./grammar-schema-read.ts";
import { inClass } from "./grammar-strings.ts";

const SPACES = String.raw` \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`;
const CLASSES: Readonly<Record<string, string>> = { d: "0-9", w: "0-9A-Za-z_", s: SPACES };
/** What JSON writes with a backslash, as the characters of a class. */
const ESCAPED = String.raw`"\\\x00-\x1f\x7f`;
const ANY = `[^${ESCAPED}]`;

export function patternOf(source: string, path: string): string {
  const from = source.startsWith("^") ? 1 : 0;
  const to = source.endsWith("$") && !source.endsWith("\\$") ? source.length - 1 : source.length;
  const reader = { source: source.slice(from, to), at: 0, path };
  const body = alternatives(reader);
  if (reader.at < reader.source.length) throw refused(reader);
  // An anchor binds one alternative alone; where it is not said, anything may stand around.
  if ((from === 1 || to < source.length) && topLevelChoice(reader.source)) throw refused(reader);
  return `${from === 1 ? "" : `${ANY}* `}(${body})${to < source.length ? "" : ` ${ANY}*`}`;
}

interface Reader {
  readonly source: string;
  at: number;
  readonly path: string;
}

function refused({ source, at, path }: Reader): Error {
  return unsupported(path, `the pattern cannot be held to from character ${at + 1} on: ${source}`);
}

function alternatives(reader: Reader): string {
  const found = [sequence(reader)];
  while (reader.source[reader.at] === "|") {
    reader.at++;
    found.push(sequence(reader));
  }
  return found.join(" | ");
}

function sequence(reader: Reader): string {
  const found: string[] = [];
  for (let one = atom(reader); one !== undefined; one = atom(reader)) {
    const times = take(reader, /[*+?]|\{\d+(,\d*)?\}/y) ?? "";
    // Lazy and possessive repetition find the same texts, but say more than a grammar does.
    if (times && take(reader, /[?+]/y)) throw refused(reader);
    found.push(`${one}${times}`);
  }
  return found.length > 0 ? found.join(" ") : '""';
}

function atom(reader: Reader): string | undefined {
  const char = take(reader, /[^|)]/uy);
  if (char === undefined) return;
  if (char === "(") {
    if (take(reader, /\?:/y) === undefined && reader.source[reader.at] === "?")
      throw refused(reader);
    const inner = alternatives(reader);
    if (take(reader, /\)/y) === undefined) throw refused(reader);
    return `(${inner})`;
  }
  if (char === "[") return charClass(reader);
  if (char === ".") return String.raw`[^${ESCAPED}\u2028\u2029]`;
  if ("^$*+?{}".includes(char)) throw refused(reader);
  return `[${char === "\\" ? escaped(reader) : plain(char, reader)}]`;
}

function charClass(reader: Reader): string {
  const negated = take(reader, /\^/y) !== undefined;
  let found = "";
  for (;;) {
    const char = take(reader, /[\s\S]/uy);
    if (char === undefined) throw refused(reader);
    if (char === "]") break;
    const low = char === "\\" ? escaped(reader) : plain(char, reader);
    if (take(reader, /-(?!\])/y) === undefined) {
      found += low;
      continue;
    }
    const end = take(reader, /[^\\\]]/uy);
    if (end === undefined || !/^\\U/.test(low) || low.length > 10) throw refused(reader);
    const [from, to] = [Number.parseInt(low.slice(2), 16), end.codePointAt(0) as number];
    // Neither quote nor backslash may lie between: JSON writes them with a backslash.
    const between = [0x22, 0x5c, 0x7f].some((code) => from <= code && code <= to);
    if (from > to || between) throw refused(reader);
    found += `${low}-${plain(end, reader)}`;
  }
  if (found === "") throw refused(reader);
  return negated ? `[^${found}${ESCAPED}]` : `[${found}]`;
}

/** After a backslash: what may stand there, as characters of a class. */
function escaped(reader: Reader): string {
  const char = take(reader, /[\s\S]/uy) ?? "";
  const known = CLASSES[char];
  if (known !== undefined) return known;
  if (!/[^a-zA-Z0-9]/u.test(char)) throw refused(reader);
  return plain(char, reader);
}

function plain(char: string, reader: Reader): string {
  if (/["\\\p{Cc}]/u.test(char)) throw refused(reader);
  return inClass(char);
}

function take(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.source)?.[0];
  if (match !== undefined) reader.at += match.length;
  return match;
}

/** Whether there is a bar outside of groups and classes. */
function topLevelChoice(source: string): boolean {
  let depth = 0;
  for (const part of source.match(/\\[\s\S]|\[(?:\\[\s\S]|[^\]])*\]|[\s\S]/g) ?? []) {
    if (part === "(") depth++;
    if (part === ")") depth--;
    if (part === "|" && depth === 0) return true;
  }
  return false;
}
