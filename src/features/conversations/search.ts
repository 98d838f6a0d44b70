/**
 * Search that finds "canción" by "cancion": texts are compared without case and accents, and every
 * word of the query has to occur in the same text. See `docs/decisions/0015-search-in-sealed-texts.md`
 * for why there is no index.
 */

import { fold, matches } from "../../core/folded.ts";

/** Characters of context on each side of a match. */
const AROUND = 60;
const [OPEN, CLOSE] = ["\u{E000}", "\u{E001}"];

/** Whether a text holds every word, whatever characters a word is made of. */
export function holdsAll(text: string, words: readonly string[]): boolean {
  const folded = fold(text);
  return words.every((word) => folded.includes(word));
}

/**
 * The text around the first match, on one line, with every word of the query that stands there
 * between U+E000 and U+E001.
 *
 * @returns null when no word occurs in it
 */
export function snippet(text: string, words: readonly string[]): string | null {
  const plain = text.replace(/[\u{E000}\u{E001}]/gu, " ");
  const folded = fold(plain);
  const firsts = words.map((word) => ({ at: folded.indexOf(word), length: word.length }));
  const first = firsts.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0];
  if (!first) return null;

  const unfold = /[^\p{ASCII}]/u.test(plain)
    ? (at: number) => originOf(plain, at)
    : (at: number) => at;
  const from = unfold(first.at);
  // Up to the next character of the folded text, and at least the whole of the last one matched.
  const last = unfold(first.at + first.length - 1);
  const whole = last + String.fromCodePoint(plain.codePointAt(last) ?? 0).length;
  const to = Math.max(whole, unfold(first.at + first.length));
  const start = Math.max(0, from - AROUND);
  const end = Math.min(plain.length, to + AROUND);
  const line = (begin: number, stop: number) =>
    plain
      .slice(begin, stop)
      .replace(/\s+/g, " ")
      .replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
  const before = `${start > 0 ? "…" : ""}${line(start, from)}`;
  const after = `${marked(line(to, end), words)}${end < plain.length ? "…" : ""}`;
  return `${before}${OPEN}${line(from, to)}${CLOSE}${after}`;
}

/** A short text with the words between U+E000 and U+E001. */
function marked(text: string, words: readonly string[]): string {
  const cut = matches(text, words).flat();
  const marks = [OPEN, CLOSE];
  return [0, ...cut]
    .map((at, index) => `${index ? marks[(index + 1) % 2] : ""}${text.slice(at, cut[index])}`)
    .join("");
}

/** UTF-16 units that are folded at once to see whether a place is among them. */
const STRIDE = 4096;

/**
 * Where in a text a place of its folded form comes from, for texts that folding makes longer or
 * shorter. Each character folds by itself, so that whole strides can be passed over: a table of all
 * of them would take a gigabyte for the longest text that can be imported.
 */
function originOf(text: string, place: number): number {
  let [unit, folded] = [0, 0];
  for (let next = unit; next < text.length; unit = next) {
    next = Math.min(text.length, unit + STRIDE);
    if (/[\uD800-\uDBFF]/.test(text.charAt(next - 1)) && next < text.length) next += 1;
    const length = fold(text.slice(unit, next)).length;
    if (folded + length > place) break;
    folded += length;
  }
  for (const character of text.slice(unit, unit + STRIDE + 1)) {
    folded += fold(character).length;
    if (folded > place) return unit;
    unit += character.length;
  }
  return text.length;
}
