/**
 * How BLEU takes a text apart; the number means nothing without it.
 * Source: sacrebleu 2.6.0 (Apache-2.0), tokenizers 13a, intl and char.
 */
import { codePoints, words } from "./text.ts";

export const TOKENISERS = ["13a", "intl", "char", "none"] as const;
export type Tokeniser = (typeof TOKENISERS)[number];

const ENTITIES = { "&quot;": '"', "&amp;": "&", "&lt;": "<", "&gt;": ">" } as const;

/** WMT's: ASCII punctuation apart, dots and commas unless in numbers. */
function of13a(text: string): string[] {
  let line = text.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  if (line.includes("&")) {
    for (const [entity, char] of Object.entries(ENTITIES)) line = line.replaceAll(entity, char);
  }
  return words(
    ` ${line} `
      .replace(/[{-~[-` -&(-+:-@/]/g, " $& ")
      .replace(/([^0-9])([.,])/g, "$1 $2 ")
      .replace(/([.,])([^0-9])/g, " $1 $2")
      .replace(/([0-9])(-)/g, "$1 $2 "),
  );
}

/** The same by Unicode's classes; what stands escaped stays so. */
function ofIntl(text: string): string[] {
  return words(
    text
      .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
      .replace(/(\p{P})(\P{N})/gu, " $1 $2")
      .replace(/\p{S}/gu, " $& "),
  );
}

const ofChar = (text: string) =>
  words(
    codePoints(text)
      .map((point) => String.fromCodePoint(point))
      .join(" "),
  );

const BY_NAME: Readonly<Record<Tokeniser, (text: string) => string[]>> = {
  "13a": of13a,
  intl: ofIntl,
  char: ofChar,
  none: words,
};

export const tokenise = (text: string, by: Tokeniser): string[] => BY_NAME[by](text);
