/**
 * What is too much for the renderer: its time grows with the square of the signs that may belong
 * together and of the depth, and its functions call themselves at each level. Such a block, or the
 * whole of such a text, is shown as it was written. What the bounds let through takes about a fifth of
 * a second at most for a block (`npm run bench:markdown`).
 */
import { isCode } from "./blocks.ts";

/** Characters of a text (a book of a hundred pages), and of a block that is not code. */
const LONGEST = 200_000;
const LONGEST_BLOCK = 30_000;

/** Levels, in the text as in the tree that it becomes; further in there is no width to read in. */
export const DEEPEST = 60;

/** Cells of a table, whose short rows are filled up to the width of its head. */
const MOST_CELLS = 5000;

/** Runs of stars and underscores, each of which is compared with all before it. */
const MOST_RUNS = 1000;

/** Signs that something is made of: links, formulas, code, tags, items, footnotes. */
const MOST_SIGNS = 1500;
const MOST_SIGNS_IN_ALL = 4000;

/** Lines, each of which may be a paragraph. */
const MOST_LINES = 3000;
const MOST_LINES_IN_ALL = 10_000;
const MOST_BLOCKS = 1000;

const RUN = /[*_~]+/g;
const SIGN = /[[\]`$<]|\\[([]|:\/\/|@|^[ \t>]*(?:[-*+#]|\d{1,9}[.)])/gm;

/** The quotes and lists that a line stands in; each takes at least one character. */
const MARKERS = /^(?:[ \t>]|[-*+](?!\S)|\d{1,9}[.)](?!\S))+/gm;

/** What stands below a table's head. */
const RULE = /^[ \t>]*[|:-][|:\- \t]*$/gm;

const count = (text: string, sign: RegExp): number => text.match(sign)?.length ?? 0;

/** Of one block, as `blocks.ts` cuts them. */
export function isTooMuch(block: string): boolean {
  if (isCode(block)) return false;
  if (block.length > LONGEST_BLOCK) return true;
  if (count(block, RUN) > MOST_RUNS || count(block, SIGN) > MOST_SIGNS) return true;
  const lines = count(block, /\n/g);
  if (lines > MOST_LINES) return true;
  const columns = (block.match(RULE) ?? []).map((rule) => rule.split("|").length);
  if (columns.some((count) => count * lines > MOST_CELLS)) return true;
  return (block.match(MARKERS) ?? []).some((markers) => markers.trimEnd().length > DEEPEST);
}

/** Of all blocks of a text together. */
export function areTooMuch(blocks: readonly string[]): boolean {
  let [length, signs, lines] = [0, 0, 0];
  for (const block of blocks) {
    length += block.length;
    if (isCode(block) || isTooMuch(block)) continue;
    signs += count(block, RUN) + count(block, SIGN);
    lines += count(block, /\n/g);
  }
  if (length > LONGEST || blocks.length > MOST_BLOCKS) return true;
  return signs > MOST_SIGNS_IN_ALL || lines > MOST_LINES_IN_ALL;
}
