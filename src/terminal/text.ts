/**
 * Texts of so many columns: how wide one stands in a terminal, its lines, and tables that give way
 * where there is little room.
 */
import { stripVTControlCharacters } from "node:util";

const PLAIN = /^[\x20-\x7e]*$/;
/** Two columns: the scripts of East Asia, and emoji. Source: Unicode, UAX #11. */
export const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const INVISIBLE = /^[\p{M}\p{Cf}]+$/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** In columns; colours take none. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) {
    width += INVISIBLE.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** What a stream has; a file is as wide as it gets. */
export const columnsOf = (stream: { readonly isTTY?: boolean; readonly columns?: number }) =>
  stream.isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY;

/** Fills up to so many columns. */
export const pad = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - widthOf(text)));

/**
 * The lines of a text, broken between words, or inside one that is longer than a line.
 *
 * @param columns of a line, that of `indent` included
 * @param indent before every line but the first
 */
export function wrap(text: string, columns: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/).flatMap((word) => cut(word, columns - widthOf(indent)))) {
    const longer = line === "" || line === indent ? line + word : `${line} ${word}`;
    if (line.trim() === "" || widthOf(longer) <= columns) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}

/** A word in parts that fit a line. */
function cut(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word];
  const parts = [""];
  for (const { segment } of graphemes.segment(word)) {
    const longer = parts.at(-1) + segment;
    if (parts.at(-1) === "" || widthOf(longer) <= columns) parts[parts.length - 1] = longer;
    else parts.push(segment);
  }
  return parts;
}

/** The least that a column of a table is worth reading at. */
const NARROWEST = 8;

/**
 * The lines of a table whose first row is its head. Where there is too little room the widest columns
 * give way and break their cells; where there is far too little, each row becomes a list.
 *
 * @param between what stands between two columns
 * @param head what is done to the cells of the head
 */
export function table(
  rows: readonly (readonly string[])[],
  columns: number,
  { between = "  ", rule = "", head = (cell: string) => cell } = {},
): string[] {
  const [names = []] = rows;
  const widths = names.map((_, at) => Math.max(1, ...rows.map((row) => widthOf(row[at] ?? ""))));
  const room = columns - widthOf(between) * (names.length - 1);
  if (room < names.length * NARROWEST && sum(widths) > room) return listed(rows, columns, head);
  while (sum(widths) > room) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const drawn = (row: readonly string[], style: (cell: string) => string) => {
    const cells = widths.map((width, at) => wrap(row[at] ?? "", width));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) => {
      const parts = cells.map((cell, at) => pad(style(cell[line] ?? ""), widths[at] ?? 0));
      return parts.join(between).trimEnd();
    });
  };
  const [first = [], ...body] = rows;
  const crossing = between.replaceAll(" ", rule).replaceAll("│", "┼");
  const line = widths.map((width) => rule.repeat(width)).join(crossing);
  return [
    ...drawn(first, head),
    ...(rule === "" ? [] : [line]),
    ...body.flatMap((row) => drawn(row, (cell) => cell)),
  ];
}

/** Each row as lines of "name: cell", with an empty line between two rows. */
function listed(
  [names = [], ...rows]: readonly (readonly string[])[],
  columns: number,
  head: (cell: string) => string,
): string[] {
  return rows.flatMap((row, at) => [
    ...(at === 0 ? [] : [""]),
    ...row.flatMap((cell, column) => {
      const [line = "", ...more] = wrap(`${names[column]}: ${cell}`, columns, "  ");
      const end = line.indexOf(":");
      return cell === "" ? [] : [head(line.slice(0, end)) + line.slice(end), ...more];
    }),
  ]);
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
