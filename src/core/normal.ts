/**
 * Unicode's normal forms in linear time. To normalise is to sort the marks on each letter, and the
 * library sorts by moving one after the other: half a megabyte of marks on one letter would take
 * minutes. No text of any language has more than thirty in a row.
 * Source: UAX 15, section 13 (Stream-Safe Text Format).
 */

const PILE = /(\p{M}{30})\p{M}+/gu;
const THIRTY = /(\p{M}{30})(?=\p{M})/gu;

/** The text without the marks that stand on thirty others. */
export const withoutPiles = (text: string): string =>
  /[^\0-\u02ff]/.test(text) ? text.replace(PILE, "$1") : text;

/**
 * NFC of every text as it stands, piles of marks too: a grapheme joiner after each thirty of them
 * keeps the rest from being moved past it, and nothing is lost. Without piles it is plain NFC.
 */
export const composed = (text: string): string =>
  (/[^\0-\u02ff]/.test(text) ? text.replace(THIRTY, "$1\u034f") : text).normalize("NFC");

export const normal = (text: string, form: "NFC" | "NFKC"): string =>
  withoutPiles(text).normalize(form);

/** Compatibility forms made plain, without any marks. */
export const unmarked = (text: string): string =>
  text.replace(/\p{M}/gu, "").normalize("NFKD").replace(/\p{M}/gu, "");
