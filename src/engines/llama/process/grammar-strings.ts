/** Strings of JSON as GBNF: literals, lists of texts, and the automata of languages. */
import type { AutomatonState } from "./grammar-language.ts";
import type { Ranges } from "./grammar-parse.ts";
import { complement } from "./grammar-pattern.ts";

/** Any character of a JSON string; escapes of half a surrogate pair count as none. */
export const CHARACTER = String.raw`[^"\\\x00-\x1f\x7f] | "\\" (["\\/bfnrt] | "u" ([0-9a-cA-CefEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))`;
/** What JSON writes with a backslash or not at all, as far as text goes. */
const SPECIAL: Ranges = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x7f, 0x7f],
  [0xd800, 0xdfff],
];
/** Characters that stand for themselves in a JSON string. */
export const PLAIN: Ranges = complement(SPECIAL);
const SHORT: Readonly<Record<number, string>> = {
  ...{ 8: "b", 9: "t", 10: "n", 12: "f", 13: "r", 34: '\\"', 92: "\\\\" },
};

/** A text as a literal of GBNF. */
export function literal(text: string): string {
  const quoted = (char: string) => {
    if (char === '"' || char === "\\") return `\\${char}`;
    const code = char.codePointAt(0) as number;
    return code < 32 || code === 127 ? `\\x${code.toString(16).padStart(2, "0")}` : char;
  };
  return `"${[...text].map(quoted).join("")}"`;
}

/** A value as the JSON text that it is written as. */
export function json(value: unknown): string {
  return literal(JSON.stringify(value));
}

/**
 * One of these texts, as GBNF that reads what they have in common once.
 *
 * @param rule gives a name to a part of it
 */
export function oneOf(texts: readonly string[], rule: (body: string) => string): string {
  const sorted = [...new Set(texts)].sort().map((text) => [...text]);
  const part = (from: number, to: number, at: number): string => {
    const [first = [], last = []] = [sorted[from], sorted[to - 1]];
    let same = at;
    // What the first and the last have in common, all between them have.
    while (same < first.length && first[same] === last[same]) same++;
    const prefix = first.slice(at, same).join("");
    if (to - from === 1) return literal(first.slice(at).join(""));
    const parts: string[] = [];
    for (let begin = from; begin < to; ) {
      let end = begin + 1;
      while (end < to && sorted[end]?.[same] === sorted[begin]?.[same]) end++;
      parts.push(sorted[begin]?.[same] === undefined ? '""' : part(begin, end, same));
      begin = end;
    }
    return `${prefix === "" ? "" : `${literal(prefix)} `}${rule(parts.join(" | "))}`;
  };
  return part(0, sorted.length, 0);
}

/**
 * The rule of an automaton that has a state.
 *
 * @param quoted whether it is about what stands between the quotes of a JSON string
 */
export function ruleOf(
  states: readonly AutomatonState[],
  quoted: boolean,
  rules: { rule(body: string): string; define(name: string, body: string): void },
): string {
  const names = states.map(() => rules.rule(""));
  for (const [at, { final, next }] of states.entries()) {
    const parts = next.flatMap(({ to, ranges }) => {
      const chars = quoted ? spelled(ranges) : classOf(ranges);
      return chars === "" ? [] : [`${chars} ${names[to]}`];
    });
    if (final) parts.push('""');
    // Left where nothing of it can be written: the class of no character.
    rules.define(names[at] as string, parts.join(" | ") || "[]");
  }
  return names[0] as string;
}

/** One character of these, as a JSON string has it. */
function spelled(ranges: Ranges): string {
  const plain = within(ranges, PLAIN);
  const codes = within(ranges, SPECIAL).flatMap(([low, high]) =>
    low >= 0xd800 ? [] : Array.from({ length: high - low + 1 }, (_, at) => low + at),
  );
  const short = codes.map((code) => SHORT[code]).filter((it) => it !== undefined);
  const parts = plain.length > 0 ? [classOf(plain)] : [];
  if (short.length > 0) parts.push(`"\\\\" [${short.join("")}]`);
  // Control characters without a short name only where nothing else fits: no text needs them.
  if (parts.length === 0) {
    parts.push(...codes.map((code) => `"\\\\u${code.toString(16).padStart(4, "0")}"`));
  }
  return parts.length > 1 ? `(${parts.join(" | ")})` : (parts[0] ?? "");
}

function within(ranges: Ranges, others: Ranges): Ranges {
  return ranges.flatMap(([low, high]) =>
    others
      .map(([from, to]) => [Math.max(low, from), Math.min(high, to)] as const)
      .filter(([from, to]) => from <= to),
  );
}

function classOf(ranges: Ranges): string {
  const hex = (code: number) => `\\U${code.toString(16).padStart(8, "0")}`;
  const part = ([low, high]: readonly [number, number]) =>
    low === high ? hex(low) : `${hex(low)}-${hex(high)}`;
  return ranges.length > 0 ? `[${ranges.map(part).join("")}]` : "";
}
