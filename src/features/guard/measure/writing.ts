/** `{{how:text}}` in a case, written that way: readable in the file, hidden or encoded in the case. */
import { rot13 } from "../secrets.ts";

const each = (change: (char: string, code: number) => string) => (text: string) =>
  Array.from(text, (char) => change(char, char.codePointAt(0) as number)).join("");

/** Letters of an alphabet that begins at two places, for capitals and small letters. */
const alphabet = (capitals: number, small: number) =>
  each((char, code) => {
    if (/[A-Z]/.test(char)) return String.fromCodePoint(capitals + code - 65);
    return /[a-z]/.test(char) ? String.fromCodePoint(small + code - 97) : char;
  });

const CYRILLIC: Readonly<Record<string, string>> = {
  ...{ a: "а", c: "с", e: "е", i: "і", j: "ј", o: "о", p: "р", s: "ѕ", x: "х", y: "у" },
  ...{ A: "А", C: "С", E: "Е", I: "І", O: "О", P: "Р", S: "Ѕ", T: "Т", M: "М", H: "Н" },
};

const WAYS: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => Buffer.from(text).toString("base64"),
  hex: (text) => Buffer.from(text).toString("hex"),
  binary: (text) =>
    Array.from(Buffer.from(text), (byte) => byte.toString(2).padStart(8, "0")).join(" "),
  rot13,
  reverse: (text) => [...text].reverse().join(""),
  percent: (text) =>
    Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  escapes: each((_, code) => `\\u${code.toString(16).padStart(4, "0")}`),
  tags: each((_, code) => (code < 0x80 ? String.fromCodePoint(0xe0000 + code) : "")),
  homoglyph: each((char) => CYRILLIC[char] ?? char),
  fullwidth: each((char, code) =>
    code > 0x20 && code < 0x7f ? String.fromCodePoint(code + 0xfee0) : char,
  ),
  zerowidth: each((char) => `${char}\u200B`),
  softhyphen: each((char) => `${char}\u00AD`),
  math: alphabet(0x1d400, 0x1d41a),
  circled: alphabet(0x24b6, 0x24d0),
  bidi: (text) => `\u202E${[...text].reverse().join("")}\u202C`,
  /** Bytes as variation selectors behind one emoji (Paul Butler, "Smuggling arbitrary data", 2025). */
  variation: (text) =>
    `😊${Array.from(Buffer.from(text), (byte) =>
      String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16),
    ).join("")}`,
};

const INNERMOST = /\{\{(\w+):((?:(?!\{\{|\}\})[\s\S])*)\}\}/g;

export function written(source: string): string {
  let text = source;
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(INNERMOST, (_, how: string, inner: string) => {
      const way = WAYS[how];
      if (!way) throw new Error(`no way to write: ${how}`);
      return way(inner);
    });
  }
  return text;
}
