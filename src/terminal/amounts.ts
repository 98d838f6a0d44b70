/** Amounts of bytes as people read them, in the language of the terminal. */
import type { Language } from "../core/words.ts";

/** "25.3 GB" in English, "25,3 GB" in Spanish; from a gigabyte on with one digit behind the point. */
export function sizeIn(language: Language, bytes: number): string {
  const [amount, unit, digits] = bytes < 1e9 ? [bytes / 1e6, "MB", 0] : [bytes / 1e9, "GB", 1];
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${amount.toLocaleString(language, format)} ${unit}`;
}
