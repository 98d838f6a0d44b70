/**
 * Texts as a search sees them, on the server and in the page: "canción" is found by "cancion".
 */
import { unmarked } from "./normal.ts";

/** Text as search sees it: compatibility forms made plain, no accents, no case. */
export function fold(text: string): string {
  // The most common case, ten times as fast.
  if (!/[^\p{ASCII}]/u.test(text)) return text.toLowerCase();
  return unmarked(text).toLowerCase();
}

/** More words make no search better. */
const MAX_WORDS = 32;

/** The words of a query, each once. */
export function words(query: string): readonly string[] {
  return [...new Set(fold(query).split(/\s+/).filter(Boolean))].slice(0, MAX_WORDS);
}

/**
 * Where the words stand in a text, from and to which UTF-16 unit, in order and apart from each
 * other. It keeps a number for each character, so it is for what is shown and not for what is stored.
 */
export function matches(text: string, words: readonly string[]): readonly [number, number][] {
  let folded = "";
  // By unit of the folded text: where its character begins, and ends.
  const from: number[] = [];
  const to: number[] = [];
  let at = 0;
  for (const character of text) {
    const made = fold(character);
    folded += made;
    for (let unit = 0; unit < made.length; unit++) {
      from.push(at);
      to.push(at + character.length);
    }
    at += character.length;
    // What has left nothing (an accent of its own) belongs to the letter before it.
    if (made === "" && to.length > 0) to[to.length - 1] = at;
  }
  const found: [number, number][] = [];
  for (const word of words)
    for (let i = folded.indexOf(word); i >= 0; i = folded.indexOf(word, i + word.length))
      found.push([from[i] ?? 0, to[i + word.length - 1] ?? at]);
  found.sort(([a], [b]) => a - b);
  const apart: [number, number][] = [];
  for (const [begin, end] of found) {
    const before = apart.at(-1);
    if (before && begin < before[1]) before[1] = Math.max(before[1], end);
    else apart.push([begin, end]);
  }
  return apart;
}
