/**
 * Characters that look like Latin letters, as those letters: for comparing only, never for what is
 * stored or computed. The scripts that attacks borrow from; a text in Cyrillic or Greek becomes
 * nonsense here, which harms nothing, since the nonsense matches no rule.
 * Source: UTS 39, "confusables.txt", the letters of Cyrillic, Greek, Armenian, Cherokee and Latin
 * that have an ASCII prototype, written out by hand.
 */
import { unmarked } from "../../core/normal.ts";

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: "аɑαᴀӑ",
  b: "ЬƄᏏʙ",
  c: "сϲᴄҫ",
  d: "ԁᏧɗ",
  e: "еҽєεᴇ",
  f: "ғꞙ",
  g: "ɡցɢ",
  h: "һհᏂʜ",
  i: "іιɩɪ",
  j: "јϳᴊ",
  k: "кκᴋ",
  l: "ӏⅼʟ",
  m: "мᴍ",
  n: "пոηɴ",
  o: "оοσօᴏ",
  p: "рρᴘ",
  q: "ԛգ",
  r: "гᴦʀ",
  s: "ѕꜱʂ",
  t: "тτᴛ",
  u: "υսʋᴜ",
  v: "νѵᴠ",
  w: "ԝωաᴡ",
  x: "хχ",
  y: "уγүʏ",
  z: "ᴢʐ",
};

const table = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([latin, others]) =>
    [...others].flatMap((other) => [
      [other, latin] as const,
      [other.toUpperCase(), latin] as const,
    ]),
  ),
);
table.set("ı", "i");
/** Capitals that look like another letter than their small form does. */
for (const [other, latin] of [
  ["В", "b"],
  ["Н", "h"],
  ["Р", "p"],
  ["С", "c"],
  ["У", "y"],
  ["Х", "x"],
  ["Β", "b"],
  ["Η", "h"],
  ["Ρ", "p"],
  ["Υ", "y"],
  ["Χ", "x"],
  ["Ν", "n"],
] as const) {
  table.set(other, latin);
}

/** @param char one character, in any case */
const latin = (char: string): string => table.get(char) ?? char;

/** Small letters without accents, compatibility forms or borrowed shapes. */
export function skeleton(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text.toLowerCase();
  let folded = "";
  for (const char of unmarked(text)) folded += latin(char);
  return folded.toLowerCase().replace(/[\p{M}\p{DI}]/gu, "");
}

/** Digits and signs that stand for letters, and letters that look like each other. */
const LEET: Readonly<Record<string, string>> = {
  ...{ 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", "@": "a", $: "s", l: "i" },
};
const ALPHANUMERIC = /[\p{L}\p{N}]/gu;
const remembered = new Map<string, string>();
/** Characters beyond ASCII that are remembered; a text seldom has more than a few hundred. */
const MAX_REMEMBERED = 4096;

/** The letters and digits of a character as the stream's filter compares them; often none or one. */
export function folded(char: string): string {
  const known = remembered.get(char);
  if (known !== undefined) return known;
  const letters = Array.from(skeleton(char), (one) => LEET[one] ?? one).join("");
  const plain = (letters.match(ALPHANUMERIC) ?? []).join("");
  if (remembered.size < MAX_REMEMBERED) remembered.set(char, plain);
  return plain;
}

/** The same of a whole text. */
export function foldedText(text: string): string {
  let plain = "";
  for (const char of text) plain += folded(char);
  return plain;
}
