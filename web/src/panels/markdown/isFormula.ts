/**
 * What stands between two marks, and whether it looks like a formula. Dollars are money and shell
 * variables as well, and an escaped bracket is a bracket more often than not.
 */

export type Mark = "$" | "$$" | "\\(" | "\\[";

/** Signs that TeX has and sentences have not. */
const TEX = /[\\^_={]/;
const COMMAND = /\\[A-Za-z,;!|{}]/;
const NUMBER = /^[-+±]?\d[\d.,]*%?$/;
/** A name of one letter: the x of 2x, not one of a word. */
const LETTER = /(?<!\p{L})\p{L}'*(?!\p{L})/u;
const OPERATION = /[\p{L}\d)]\s*[-+*/<>≤≥≠≈±×·|!]|[A-Za-z]\([^)]*\)/u;
/** A line from A to B; a company. */
const NAME = /^[\p{Lu}\d]+$/u;
/** Two words beside each other, which no formula has outside of `\text{}`. */
const SENTENCE = /\p{L}+,? +\p{L}{2,}|\p{L}{2,},? +\p{L}+/u;
const WORD = /\p{L}{3,}/u;

/**
 * @param text what stands between the marks
 * @param next the character behind the closing mark, "" for none
 */
export function isFormula(text: string, mark: Mark, next: string): boolean {
  const inner = text.trim();
  if (inner === "") return false;
  const command = COMMAND.test(inner);
  if (!command && SENTENCE.test(inner)) return false;
  const tight = inner === text;
  if (mark === "$") {
    // Pandoc's rule, so that "$5 and $6" is money; and what goes on is a variable: "$A_B=$C".
    if (!tight || /[\d_({]/.test(next)) return false;
    if (/[A-Za-z]/.test(next) && !(command || [...inner].length === 1)) return false;
    return command || NUMBER.test(inner) || TEX.test(inner) || LETTER.test(inner);
  }
  if (mark === "\\[") {
    // The text of a link that was escaped.
    if (next === "(") return false;
    if (command || / ?= /.test(inner)) return true;
    if (WORD.test(inner)) return false;
    return LETTER.test(inner) && (TEX.test(inner) || OPERATION.test(inner) || !tight);
  }
  return tight || TEX.test(inner) || NUMBER.test(inner) || LETTER.test(inner) || NAME.test(inner);
}

/**
 * Whether a line begins a formula that goes on in the next one.
 *
 * @returns what ends it
 */
export function opensFormula(line: string): string | undefined {
  const mark = line.slice(0, 2);
  const closing = mark === "$$" ? "$$" : mark === "\\[" ? "\\]" : undefined;
  const rest = line.slice(2);
  if (!closing || rest.includes(closing === "$$" ? "$" : closing)) return undefined;
  return rest.trim() === "" || TEX.test(rest) ? closing : undefined;
}
