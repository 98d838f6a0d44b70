/**
 * What is too much for the renderer, whose time grows with the square of the depth and whose
 * functions call themselves at each level. Such a text is shown as it was written.
 */

/** Characters; a book of a hundred pages. */
const LONGEST = 200_000;

/** Levels, in the text as in the tree that it becomes; further in there is no width to read in. */
export const DEEPEST = 60;

/** Cells of a table, whose short rows are filled up to the width of its head. */
const MOST_CELLS = 100_000;

/** The quotes and lists that a line stands in; each takes at least one character. */
const MARKERS = /^(?:[ \t>]|[-*+](?!\S)|\d{1,9}[.)](?!\S))+/gm;

/** What stands below a table's head. */
const RULE = /^[ \t>]*[|:-][|:\- \t]*$/gm;

export function isTooMuch(text: string): boolean {
  if (text.length > LONGEST) return true;
  const lines = text.split("\n").length;
  const columns = (text.match(RULE) ?? []).map((rule) => rule.split("|").length);
  if (columns.some((count) => count * lines > MOST_CELLS)) return true;
  return (text.match(MARKERS) ?? []).some((markers) => markers.trimEnd().length > DEEPEST);
}
