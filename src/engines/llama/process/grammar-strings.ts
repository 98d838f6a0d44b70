/** Strings of JSON as GBNF: literals, formats, patterns, and every key but some. */

/** Any character of a JSON string; escapes of half a surrogate pair count as none. */
export const CHARACTER = String.raw`[^"\\\x00-\x1f\x7f] | "\\" (["\\/bfnrt] | "u" ([0-9a-cA-CefEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))`;
/** The same without escapes, where two spellings of one text would be two keys. */
export const PLAIN = String.raw`[^"\\\x00-\x1f\x7f]`;

/** A text as a literal of GBNF. */
export function literal(text: string): string {
  const quoted = (char: string) => {
    if (char === '"' || char === "\\") return `\\${char}`;
    const code = char.codePointAt(0) as number;
    return code < 32 || code === 127 ? `\\x${code.toString(16).padStart(2, "0")}` : char;
  };
  return `"${[...text].map(quoted).join("")}"`;
}

/**
 * One of these texts, as GBNF that reads what they have in common once.
 *
 * @param rule gives a name to a part of it
 */
export function oneOf(texts: readonly string[], rule: (body: string) => string): string {
  const different = [...new Set(texts)];
  const [first = ""] = different;
  if (different.length === 1) return literal(first);
  const characters = [...first];
  let same = 0;
  while (different.every((text) => [...text][same] === characters[same])) same++;
  const groups = Map.groupBy(
    different.map((text) => [...text].slice(same)),
    ([char]) => char,
  );
  const parts = [...groups.values()].map((group) =>
    oneOf(
      group.map((it) => it.join("")),
      rule,
    ),
  );
  const prefix = same > 0 ? `${literal(characters.slice(0, same).join(""))} ` : "";
  return `${prefix}${rule(parts.join(" | "))}`;
}

/** A value as the JSON text that it is written as. */
export function json(value: unknown): string {
  return literal(JSON.stringify(value));
}

const LEAP =
  '[0-9]{2} ("0" [48] | [2468] [048] | [13579] [26]) | ([02468] [048] | [13579] [26]) "00"';
const DATE = [
  '[0-9]{4} "-" ("0" [13578] | "1" [02]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])',
  '[0-9]{4} "-" ("0" [469] | "11") "-" ("0" [1-9] | [12] [0-9] | "30")',
  '[0-9]{4} "-02-" ("0" [1-9] | "1" [0-9] | "2" [0-8])',
  `(${LEAP}) "-02-29"`,
].join(" | ");
const HOUR = '("0" [0-9] | "1" [0-9] | "2" [0-3])';
const TIME = `${HOUR} ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})? ("Z" | [+-] ${HOUR} ":" [0-5] [0-9])`;
const HEX = "[0-9a-f]";
const BYTE = '("25" [0-5] | "2" [0-4] [0-9] | "1" [0-9] [0-9] | [1-9]? [0-9])';

const LABEL = '[a-z0-9]{1,20} ("-" [a-z0-9]{1,20}){0,2}';
const HOST = `${LABEL} ("." ${LABEL}){1,4}`;

/** What stands between the quotes (RFC 3339, 9562, 5321, 1123, 4291, ISO 8601): not all of it. */
export const FORMATS: Readonly<Record<string, string>> = {
  date: DATE,
  time: TIME,
  "date-time": `(${DATE}) "T" ${TIME}`,
  uuid: `${HEX}{8} "-" ${HEX}{4} "-" ${HEX}{4} "-" ${HEX}{4} "-" ${HEX}{12}`,
  email: `[a-zA-Z0-9]{1,20} ([._+-] [a-zA-Z0-9]{1,20}){0,2} "@" ${HOST}`,
  hostname: HOST,
  ipv6: `${HEX}{1,4} (":" ${HEX}{1,4}){7}`,
  duration: '"P" ([0-9]{1,4} "D" | "T" [0-9]{1,6} [HMS] | [0-9]{1,3} [YMW])',
  ipv4: `${BYTE} ("." ${BYTE}){3}`,
};

/** The keys that are none of these, with their quotes. A tree of what they have in common. */
export function otherKeys(keys: readonly string[]): string {
  type Node = { end: boolean; readonly next: Map<string, Node> };
  const root: Node = { end: false, next: new Map() };
  for (const key of keys) {
    let node = root;
    for (const char of key) {
      const next: Node = node.next.get(char) ?? { end: false, next: new Map() };
      node.next.set(char, next);
      node = next;
    }
    node.end = true;
  }
  const rest = (node: Node): string => {
    const taken = [...node.next.keys()].map(inClass).join("");
    const parts = [`[^${taken}"\\\\\\x00-\\x1f\\x7f] (${PLAIN})*`];
    for (const [char, next] of node.next) {
      // A character that JSON escapes begins no key here: its spellings would be two.
      if (/["\\\p{Cc}]/u.test(char)) continue;
      parts.push(`${literal(char)} (${rest(next)})`);
    }
    if (!node.end) parts.push('""');
    return parts.join(" | ");
  };
  return `"\\"" (${rest(root)}) "\\""`;
}

/** A character within the brackets of a class. */
export function inClass(char: string): string {
  const code = char.codePointAt(0) as number;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}
