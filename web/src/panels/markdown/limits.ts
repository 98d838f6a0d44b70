/**
 * What is too much for the renderer, whose time grows with the square of the depth and whose
 * functions call themselves at each level. Such a text is shown as it was written.
 */

/** Characters; a book of 250 pages. */
const LONGEST = 500_000;

/** Levels, in the text as in the tree that it becomes; nothing written to be read comes close. */
export const DEEPEST = 200;

/** The quotes and lists that a line stands in; each takes at least one character. */
const MARKERS = /^(?:[ \t>]|[-*+](?!\S)|\d{1,9}[.)](?!\S))+/gm;

export function isTooMuch(text: string): boolean {
  if (text.length > LONGEST) return true;
  return (text.match(MARKERS) ?? []).some((markers) => markers.trimEnd().length > DEEPEST);
}
