/**
 * A text as the recognisers read it, with the way back: each character of it knows where in the
 * original it came from. One code point at a time, so that a stream can be cut anywhere.
 *
 * Compatibility forms are resolved and accents dropped (NFKD), decimal digits of every script
 * become ASCII, dashes and spaces become one of each, and what cannot be seen is left out.
 */

/** What cannot be seen: format characters, combining marks, variation selectors, fillers. */
const UNSEEN = /[\p{Cf}\p{M}\u115F\u1160\u3164\uFFA0]/u;
const DASH = /[\p{Pd}\u2212\u30FB\u00B7]/u;
const SPACE = /[\p{Zs}\u2800]/u;
const LINE = /[\n\r\v\f\u0085\u2028\u2029]/;
const DIGIT = /\p{Nd}/u;

export interface Cells {
  /** One UTF-16 unit for each place in `from` and `to`. */
  readonly text: string;
  /** Where the original of each unit begins and ends, in UTF-16 units. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

const cache = new Map<number, string>();

/** What a code point reads as; empty when it cannot be seen. */
function read(point: number): string {
  const known = cache.get(point);
  if (known !== undefined) return known;
  const result = resolve(String.fromCodePoint(point));
  // Bounded: whoever writes in every script of the world shall not fill the memory.
  if (cache.size > 4096) cache.clear();
  cache.set(point, result);
  return result;
}

function resolve(character: string): string {
  let read = "";
  for (const part of character.normalize("NFKD")) {
    if (LINE.test(part)) read += "\n";
    else if (SPACE.test(part)) read += " ";
    else if (DASH.test(part)) read += "-";
    else if (DIGIT.test(part)) read += digitOf(part.codePointAt(0) ?? 0);
    else if (!UNSEEN.test(part)) read += part;
  }
  return read;
}

/** Unicode keeps the ten digits of a script together, zero first. */
function digitOf(point: number): string {
  if (point <= 0x39) return String.fromCodePoint(point);
  let zero = point;
  while (point - zero < 9 && DIGIT.test(String.fromCodePoint(zero - 1))) zero--;
  return String(point - zero);
}

/** @param offset what is added to every place, for a part of a longer text */
export function normalise(text: string, offset = 0): Cells {
  let out = "";
  const from: number[] = [];
  const to: number[] = [];
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    let part: string;
    let width = 1;
    if (code >= 0x20 && code < 0x7f) {
      part = text[at] as string;
    } else {
      const point = text.codePointAt(at) ?? code;
      width = point > 0xffff ? 2 : 1;
      part = point === 9 ? "\t" : read(point);
    }
    out += part;
    for (let unit = 0; unit < part.length; unit++) {
      from.push(offset + at);
      to.push(offset + at + width);
    }
    at += width;
  }
  return { text: out, from, to };
}
