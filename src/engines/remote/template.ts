/**
 * The chunks of an answer differ in their text alone, so all but the first are read by comparing
 * what stands before and after it: a tenth of the time of `JSON.parse`.
 */

/** Servers whose chunks differ in other things, such as times, are read the long way. */
const MAX_MISSES = 4;
/** Stands for the text; no server writes it. */
const PROBE = "\u{f0000}probe";
/** What does not stand for itself between the quotes of a JSON string. */
const SPECIAL = /["\\\p{Cc}]/u;

export class Template {
  #before = "";
  #after = "";
  #misses = 0;

  /** The text of a chunk that is like the last one that was learnt; undefined for another. */
  read(data: string): string | undefined {
    const [before, after] = [this.#before, this.#after];
    const end = data.length - after.length;
    if (before === "" || end < before.length) return undefined;
    if (!data.startsWith(before) || !data.endsWith(after)) return undefined;
    const written = data.slice(before.length, end);
    const text = SPECIAL.test(written) ? unquoted(written) : written;
    if (text !== undefined) this.#misses = 0;
    return text;
  }

  /**
   * @param data a chunk that says nothing but this text
   * @param textOf reads a chunk the long way
   */
  learn(data: string, text: string, textOf: (data: string) => unknown): void {
    if (this.#misses++ > MAX_MISSES) return;
    const written = JSON.stringify(text);
    const at = data.indexOf(written, data.indexOf('"content":'));
    if (at < 0) return;
    const [before, after] = [data.slice(0, at + 1), data.slice(at + written.length - 1)];
    // The same text may stand elsewhere as well.
    if (textOf(before + PROBE + after) !== PROBE) return;
    [this.#before, this.#after] = [before, after];
  }
}

/** What a string of JSON says; undefined if it ends within: then it is no string alone. */
function unquoted(written: string): string | undefined {
  try {
    return JSON.parse(`"${written}"`);
  } catch {
    return undefined;
  }
}
