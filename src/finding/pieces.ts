/**
 * Passages: what is found and given to a model. They follow the paragraphs of a section, about 250 tokens
 * each, and do not overlap.
 */
export interface Piece {
  /** Of the file. */
  readonly section: number;
  /** From and to which UTF-16 unit of it. */
  readonly from: number;
  readonly to: number;
}

/** Characters: that many are wanted, and no more than that many taken. */
const WANTED = 900;
const MOST = 1400;

export function* piecesOf(text: string, section: number): Generator<Piece> {
  let from = 0;
  while (from < text.length) {
    const to = endOf(text, from);
    const raw = text.slice(from, to);
    const begin = from + raw.length - raw.trimStart().length;
    const end = from + raw.trimEnd().length;
    if (end > begin) yield { section, from: begin, to: end };
    from = to;
  }
}

/** Behind which of these a piece ends, best first: a paragraph, a line, a sentence, a word. */
const BORDERS = [/\n\n+/g, /\n/g, /[.!?…:;]["'»”)\]]*\s+|[。！？]/g, /\s+/g];

function endOf(text: string, from: number): number {
  const rest = text.length - from;
  if (rest <= MOST) return text.length;
  const part = text.slice(from, from + MOST);
  for (const border of BORDERS) {
    let best = 0;
    for (const { index, 0: found } of part.matchAll(border)) {
      const end = index + found.length;
      if (Math.abs(end - WANTED) < Math.abs(best - WANTED)) best = end;
    }
    if (best >= WANTED / 2) return from + best;
  }
  // Half of a character is none.
  return from + MOST - Number(/[\ud800-\udbff]$/.test(part));
}
