/**
 * Where a text is cut before it is tokenised: into parts that are short enough for one slice of the
 * event loop and for the library's regular expressions, whose recursion is as deep as a run of one
 * kind of character is long; and within whatever would become a token that means more than its
 * letters.
 */

/** Longest part, in UTF-16 units: a few milliseconds. */
const MOST = 8192;
/**
 * Between a letter and the blank or the newline before another letter, tokenizers with words (BPE,
 * SentencePiece, WordPiece, unigrams) cut by themselves, so that the tokens stay the same.
 */
const WORD_ENDS = /\p{L}(?=[ \n]\p{L})/gu;

/**
 * The text in parts. A text without a word that ends is cut all the same, after `MOST` units; its
 * tokens may then be others, though their text is the same.
 */
export function* partsOf(text: string): Generator<string> {
  let from = 0;
  while (text.length - from > MOST) {
    const window = text.slice(from, from + MOST);
    const end = from + (lastWordEnd(window) ?? wholeCharacters(window));
    yield text.slice(from, end);
    from = end;
  }
  if (from < text.length) yield text.slice(from);
}

/** Looks at the last part of the window first: words are short. */
function lastWordEnd(window: string): number | undefined {
  for (let back = 256; ; back *= 4) {
    const start = Math.max(0, window.length - back);
    let found: number | undefined;
    for (const { index, 0: letter } of window.slice(start).matchAll(WORD_ENDS)) {
      found = start + index + letter.length;
    }
    if (found !== undefined || start === 0) return found;
  }
}

/** Its length, or one less where it ends with half of a character. */
function wholeCharacters(window: string): number {
  const last = window.charCodeAt(window.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? window.length - 1 : window.length;
}

/**
 * llama.cpp makes tokens of what a vocabulary calls "user defined", even where control tokens are
 * not to be read: by the vocabularies of well-known models those are the marks of thoughts, calls
 * and results. Cut after its first character, such a text is only text.
 */
export class Marks {
  readonly #texts: RegExp | undefined;

  /** @param texts of such tokens; blanks among them mean nothing and stay whole */
  constructor(texts: readonly string[]) {
    const marks = texts
      .filter((text) => [...text].length > 1 && /\S/.test(text.replaceAll("\u2581", " ")))
      .sort((a, b) => b.length - a.length)
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    this.#texts = marks.length > 0 ? new RegExp(marks.join("|"), "gu") : undefined;
  }

  /** The text in parts none of which holds a mark. */
  *apart(text: string): Generator<string> {
    const marks = this.#texts;
    if (!marks) return yield text;
    let from = 0;
    marks.lastIndex = 0;
    for (let found = marks.exec(text); found; found = marks.exec(text)) {
      const end = found.index + String.fromCodePoint(text.codePointAt(found.index) ?? 0).length;
      // Another mark may begin within this one.
      const next = end;
      yield text.slice(from, end);
      from = end;
      marks.lastIndex = next;
    }
    if (from < text.length) yield text.slice(from);
  }
}
