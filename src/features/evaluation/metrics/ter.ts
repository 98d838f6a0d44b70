/**
 * Translation edit rate: words to insert, delete, replace and blocks to move, for each word of the
 * reference, as sacrebleu computes it after Tercom, with all of Tercom's limits.
 *
 * Sources: Snover et al. 2006; sacrebleu 2.6.0, `lib_ter.py` (Memsource, Apache-2.0).
 */
import { Numbering, trimEnd, words } from "./text.ts";
import { type CorpusMetric, signed } from "./types.ts";

/** Tercom's: words of a block, how far it moves, and half the width of the band that is looked at. */
const LONGEST_BLOCK = 10;
const FARTHEST = 50;
const BAND = 25;
/** sacrebleu's: moves that are tried for one answer. */
const MOST_MOVES = 1000;
const FAR = 1_000_000_000;

const [KEEP, REPLACE, INSERT, DELETE] = [0, 1, 2, 3];

export function ter(): CorpusMetric {
  const tokens = (text: string) => words(trimEnd(text).toLowerCase());
  return {
    name: "TER",
    /** Edits to the nearest reference, and the references' mean length. */
    counts({ hypothesis, references }) {
      const numbering = new Numbering();
      const mine = numbering.of(tokens(hypothesis));
      const theirs = references.map((text) => numbering.of(tokens(text)));
      const length = theirs.reduce((total, other) => total + other.length, 0) / theirs.length;
      return [Math.min(...theirs.map((other) => edits(mine, other))), length];
    },
    score([edited = 0, length = 0]) {
      if (length > 0) return 100 * (edited / length);
      return edited > 0 ? 100 : 0;
    },
    signature: (of) => signed(of, ["case:lc", "tok:tercom", "norm:no", "punct:yes", "asian:no"]),
  };
}

/** Moves blocks as long as that saves more than it costs, then counts the other edits. */
function edits(hypothesis: readonly number[], reference: readonly number[]): number {
  if (reference.length === 0) return hypothesis.length;
  let current = new Edits(hypothesis, reference);
  let moves = 0;
  const budget = { left: MOST_MOVES };
  for (;;) {
    const best = bestMove(current, budget);
    if (budget.left <= 0 || !best || best.saved <= 0) break;
    moves++;
    current = best.edits;
  }
  return moves + current.cost;
}

interface Move {
  readonly saved: number;
  readonly length: number;
  readonly from: number;
  readonly to: number;
  readonly edits: Edits;
}

function bestMove(current: Edits, budget: { left: number }): Move | undefined {
  const { hypothesis, reference } = current;
  const { places, wrongHere, wrongThere } = current.alignment();
  let best: Move | undefined;
  for (const { from, at, length } of blocks(hypothesis, reference)) {
    if (!wrongHere.slice(from, from + length).includes(true)) continue;
    if (!wrongThere.slice(at, at + length).includes(true)) continue;
    const aligned = places[at] as number;
    if (from <= aligned && aligned < from + length) continue;
    let last = -1;
    for (let offset = -1; offset < length; offset++) {
      const place = at + offset === -1 ? -1 : places[at + offset];
      if (place === undefined) break;
      const to = place + 1;
      if (to === last) continue;
      last = to;
      const moved = new Edits(move(hypothesis, from, length, to), reference, current);
      const saved = current.cost - moved.cost;
      const candidate = { saved, length, from, to, edits: moved };
      budget.left--;
      if (!best || better(candidate, best)) best = candidate;
    }
    if (budget.left <= 0) break;
  }
  return best;
}

/** Most saved, then longest, then earliest, then nearest to the beginning. */
function better(one: Move, other: Move): boolean {
  const order =
    one.saved - other.saved ||
    one.length - other.length ||
    other.from - one.from ||
    other.to - one.to;
  return order > 0;
}

function move(list: readonly number[], from: number, length: number, to: number): number[] {
  const block = list.slice(from, from + length);
  const rest = [...list.slice(0, from), ...list.slice(from + length)];
  const place = to < from ? to : to > from + length ? to - length : to;
  return [...rest.slice(0, place), ...block, ...rest.slice(place)];
}

/** Sequences of words that stand in both, and could be moved. */
function* blocks(hypothesis: readonly number[], reference: readonly number[]) {
  for (let from = 0; from < hypothesis.length; from++) {
    const first = Math.max(0, from - FARTHEST);
    const last = Math.min(reference.length - 1, from + FARTHEST);
    for (let at = first; at <= last; at++) {
      for (let length = 1; length <= LONGEST_BLOCK; length++) {
        if (from + length > hypothesis.length || at + length > reference.length) break;
        if (hypothesis[from + length - 1] !== reference[at + length - 1]) break;
        yield { from, at, length };
      }
    }
  }
}

/** The edit distance without moves, in a band around the diagonal, and how it came about. */
class Edits {
  readonly hypothesis: readonly number[];
  readonly reference: readonly number[];
  readonly cost: number;
  readonly #costs: Int32Array[];
  readonly #operations: Int8Array[];

  /** @param near of a sequence of the same length, whose rows for the same beginning are taken over */
  constructor(hypothesis: readonly number[], reference: readonly number[], near?: Edits) {
    this.hypothesis = hypothesis;
    this.reference = reference;
    let same = 0;
    while (near && same < hypothesis.length && hypothesis[same] === near.hypothesis[same]) same++;
    const width = reference.length + 1;
    const first = Int32Array.from({ length: width }, (_, j) => j);
    this.#costs = near ? near.#costs.slice(0, same + 1) : [first];
    this.#operations = near
      ? near.#operations.slice(0, same + 1)
      : [new Int8Array(width).fill(INSERT)];
    for (let i = this.#costs.length; i <= hypothesis.length; i++) this.#row(i);
    this.cost = this.#costs[hypothesis.length]?.[reference.length] as number;
  }

  #row(i: number): void {
    const { hypothesis, reference } = this;
    const above = this.#costs[i - 1] as Int32Array;
    const costs = new Int32Array(reference.length + 1).fill(FAR);
    const operations = new Int8Array(reference.length + 1);
    const ratio = reference.length / hypothesis.length;
    const band = BAND < ratio / 2 ? Math.ceil(ratio / 2 + BAND) : BAND;
    const diagonal = Math.floor(i * ratio);
    const end = i === hypothesis.length ? costs.length : Math.min(costs.length, diagonal + band);
    for (let j = Math.max(0, diagonal - band); j < end; j++) {
      if (j === 0) {
        costs[0] = (above[0] as number) + 1;
        operations[0] = DELETE;
        continue;
      }
      const equal = hypothesis[i - 1] === reference[j - 1];
      // Of equally cheap ones the first, in the order that Tercom prefers.
      let cost = (above[j - 1] as number) + (equal ? 0 : 1);
      let operation = equal ? KEEP : REPLACE;
      if ((above[j] as number) + 1 < cost) {
        cost = (above[j] as number) + 1;
        operation = DELETE;
      }
      if ((costs[j - 1] as number) + 1 < cost) {
        cost = (costs[j - 1] as number) + 1;
        operation = INSERT;
      }
      costs[j] = Math.min(cost, FAR);
      operations[j] = operation as number;
    }
    this.#costs.push(costs);
    this.#operations.push(operations);
  }

  /** For each word of the reference, where the answer has it or would have it; and who is wrong. */
  alignment() {
    const steps: number[] = [];
    let i = this.hypothesis.length;
    let j = this.reference.length;
    while (i > 0 || j > 0) {
      const step = this.#operations[i]?.[j] as number;
      steps.push(step);
      if (step !== INSERT) i--;
      if (step !== DELETE) j--;
    }
    const places: number[] = [];
    const wrongHere: boolean[] = [];
    const wrongThere: boolean[] = [];
    let here = -1;
    for (const step of steps.reverse()) {
      if (step !== INSERT) {
        here++;
        wrongHere.push(step !== KEEP);
      }
      if (step !== DELETE) {
        places.push(here);
        wrongThere.push(step !== KEEP);
      }
    }
    return { places, wrongHere, wrongThere };
  }
}
