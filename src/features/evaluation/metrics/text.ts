/** Texts as Python's reference tools take them apart, which is not always as JavaScript does. */

/** What `str.isspace` says of a character: without U+FEFF, with U+001C to U+001F and U+0085. */
const SPACE =
  "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const SPACES = new RegExp(`${SPACE}+`);
const AT_END = new RegExp(`${SPACE}+$`);
const ALL = new RegExp(`${SPACE}+`, "g");

/** `str.split()` */
export const words = (text: string): string[] => text.split(SPACES).filter((word) => word !== "");

/** `str.rstrip()` */
export const trimEnd = (text: string): string => text.replace(AT_END, "");

/** `"".join(str.split())` */
export const withoutSpaces = (text: string): string => text.replace(ALL, "");

/** A text as Unicode code points, which are what Python counts. */
export function codePoints(text: string): number[] {
  const points: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) as number;
    if (point > 0xffff) at++;
    points.push(point);
  }
  return points;
}

/** Gives equal words equal numbers, from 1, for one comparison. */
export class Numbering {
  readonly #numbers = new Map<string, number>();

  of(list: readonly string[]): number[] {
    return list.map((word) => {
      const known = this.#numbers.get(word);
      if (known !== undefined) return known;
      const next = this.#numbers.size + 1;
      this.#numbers.set(word, next);
      return next;
    });
  }
}

/** The sums of each column; all rows are of the same width. */
export function sums(rows: readonly (readonly number[])[]): number[] {
  const total = [...(rows[0] ?? [])];
  for (const row of rows.slice(1)) {
    for (const [column, value] of row.entries()) total[column] = (total[column] ?? 0) + value;
  }
  return total;
}
