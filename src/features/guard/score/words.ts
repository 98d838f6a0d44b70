/**
 * A text as words with their classes: look-alikes, digits for letters, letters apart and one
 * misspelt letter are undone first. Each expression here is linear in the text.
 */
import { skeleton } from "../confusables.ts";
import { type Class, classesOf, corrected, lengthAt } from "./lexicon.ts";

export interface Word {
  readonly text: string;
  readonly classes: readonly Class[];
  /** It stands between quotation marks or in code. */
  readonly quoted: boolean;
}

const TOKEN =
  /https?:\/\/[^\s)\]>"'`]{1,2000}|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|[\p{L}\p{N}@$!|]+|["“”«»`]/gu;
const LEET: Readonly<Record<string, string>> = {
  ...{ 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", "@": "a", $: "s", "!": "i", "|": "l" },
};
/** Four letters and more, each apart from the next by one sign. */
const APART = /(?<![\p{L}\p{N}])(?:\p{L}[ .\-_*/]){3,}\p{L}(?![\p{L}\p{N}])/gu;
const QUOTES = new Set(['"', "“", "”", "«", "»", "`"]);

/** @param text normalised by NFKC is enough; anything goes */
export function wordsOf(text: string): readonly Word[] {
  const plain = skeleton(text).replace(
    APART,
    (run) => ` ${segment(run.replace(/[^\p{L}]/gu, ""))} `,
  );
  const words: Word[] = [];
  let quoted = false;
  let since = 0;
  for (const [token] of plain.matchAll(TOKEN)) {
    if (QUOTES.has(token)) {
      quoted = !quoted;
      since = words.length;
      continue;
    }
    // A mark that is never closed quotes no more than a sentence or two.
    if (quoted && words.length - since > 60) quoted = false;
    words.push({ ...read(token), quoted });
  }
  return joined(words);
}

const URL_CLASS: readonly Class[] = [];

type Read = Pick<Word, "text" | "classes">;

/** Most words of a text come again, and to look one up takes some microseconds. */
const remembered = new Map<string, Read>();
const MAX_REMEMBERED = 20_000;

function read(token: string): Read {
  const known = remembered.get(token);
  if (known) return known;
  const found = lookUp(token);
  if (remembered.size === MAX_REMEMBERED) remembered.clear();
  if (token.length < 30) remembered.set(token, found);
  return found;
}

function lookUp(token: string): Read {
  if (token.startsWith("http")) return { text: "<url>", classes: URL_CLASS };
  if (token.includes("@") && token.includes(".")) return { text: "<email>", classes: URL_CLASS };
  const text = token.replace(/[@$!|]+$/, "");
  const classes = classesOf(text);
  if (classes.length > 0) return { text, classes };
  if (/[\p{N}@$!|]/u.test(text) && /\p{L}/u.test(text)) {
    const letters = Array.from(text, (char) => LEET[char] ?? char).join("");
    const meant = classesOf(letters);
    if (meant.length > 0) return { text: letters, classes: meant };
    const right = corrected(letters);
    if (right) return { text: right, classes: classesOf(right) };
  }
  const right = corrected(text);
  return right ? { text: right, classes: classesOf(right) } : { text, classes };
}

/** Two halves that are no words but one together. */
function joined(words: readonly Word[]): readonly Word[] {
  const result: Word[] = [];
  for (let at = 0; at < words.length; at++) {
    const one = words[at] as Word;
    const next = words[at + 1];
    if (next && one.classes.length === 0 && next.classes.length === 0) {
      const text = one.text + next.text;
      const classes = text.length >= 6 ? classesOf(text) : [];
      if (classes.length > 0) {
        result.push({ text, classes, quoted: one.quoted });
        at++;
        continue;
      }
    }
    result.push(one);
  }
  return result;
}

/** Known words in letters without spaces, longest first; what is between them stays together. */
function segment(letters: string): string {
  const found: string[] = [];
  let from = 0;
  for (let at = 0; at < letters.length; ) {
    const length = lengthAt(letters, at);
    if (length > 0) {
      if (from < at) found.push(letters.slice(from, at));
      found.push(letters.slice(at, at + length));
      from = at + length;
    }
    at += length || 1;
  }
  found.push(letters.slice(from));
  return found.join(" ");
}
