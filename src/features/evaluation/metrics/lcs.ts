/** Longest common subsequences, for ROUGE-L and ROUGE-Lsum. */

/** Its length, in a row of memory. */
export function longestCommon(mine: readonly number[], theirs: readonly number[]): number {
  let above = new Int32Array(mine.length + 1);
  let row = new Int32Array(mine.length + 1);
  for (const token of theirs) {
    for (let at = 1; at <= mine.length; at++) {
      row[at] =
        token === mine[at - 1]
          ? (above[at - 1] as number) + 1
          : Math.max(above[at] as number, row[at - 1] as number);
    }
    [above, row] = [row, above];
  }
  return above[mine.length] as number;
}

/**
 * How many tokens of the reference's sentences stand in a longest common subsequence with any of the
 * answer's; no token more often than it occurs on both sides.
 * Source: Lin 2004, section 3.2, with rouge-score's rule against counting twice.
 */
export function unionOfCommon(
  reference: readonly (readonly number[])[],
  answer: readonly (readonly number[])[],
): number {
  const left = [tally(reference), tally(answer)];
  let hits = 0;
  for (const sentence of reference) {
    const common = new Set(answer.flatMap((other) => indices(sentence, other)));
    for (const at of [...common].sort((a, b) => a - b)) {
      const token = sentence[at] as number;
      if (left.some((counts) => (counts.get(token) ?? 0) === 0)) continue;
      for (const counts of left) counts.set(token, (counts.get(token) ?? 0) - 1);
      hits++;
    }
  }
  return hits;
}

function tally(sentences: readonly (readonly number[])[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const token of sentences.flat()) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

/** Places in the reference of one of the longest; which one is the reference tool's choice. */
function indices(reference: readonly number[], answer: readonly number[]): number[] {
  const width = answer.length + 1;
  const table = new Int32Array((reference.length + 1) * width);
  for (let i = 1; i <= reference.length; i++) {
    for (let j = 1; j < width; j++) {
      const at = i * width + j;
      table[at] =
        reference[i - 1] === answer[j - 1]
          ? (table[at - width - 1] as number) + 1
          : Math.max(table[at - width] as number, table[at - 1] as number);
    }
  }
  const found: number[] = [];
  let i = reference.length;
  let j = answer.length;
  while (i > 0 && j > 0) {
    const at = i * width + j;
    if (reference[i - 1] === answer[j - 1]) {
      found.push(i - 1);
      i--;
      j--;
    } else if ((table[at - 1] as number) > (table[at - width] as number)) j--;
    else i--;
  }
  return found;
}
