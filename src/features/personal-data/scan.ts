/**
 * Takes a text apart: what stands as it is, what was found, and what is or looks like a placeholder
 * already. Fed a stream or a whole text, it comes to the same pieces.
 *
 * An island is looked at again after what was found in it has become one character, until nothing
 * more is found. So a text that has been masked has nothing left to mask.
 */
import { atOnce, type Sliced } from "../../core/slices.ts";
import type { Kind } from "./kinds.ts";
import { normalise } from "./normalise.ts";
import { recognise } from "./recognise/index.ts";
import { type Segment, Segments } from "./segments.ts";
import { placeholders } from "./shape.ts";

export type Piece =
  | { readonly type: "plain" | "placeholder"; readonly raw: string }
  | { readonly type: "found"; readonly raw: string; readonly kind: Kind };

export interface Looked {
  /** The kinds that count; all if absent. */
  readonly kinds?: ReadonlySet<Kind> | undefined;
  /** Values that are nobody's secret: an organisation's own address and telephone. */
  readonly allowed?: readonly string[] | undefined;
}

/** Characters that the recognisers may look back at. */
const CONTEXT = 80;
/**
 * Characters taken in at once, in a millisecond or, where each line has a number, ten; a longer text is
 * its own stream, and needs less memory so.
 */
const SLICE = 1024;
const MASKED = "\uFFFC";

export class Scanner {
  readonly #segments = new Segments();
  readonly #counts: (kind: Kind, raw: string) => boolean;
  #context = "";

  constructor({ kinds, allowed = [] }: Looked = {}) {
    const free = new Set(allowed.map(plain));
    const domains = [...free].filter((one) => one.startsWith("@"));
    this.#counts = (kind, raw) => {
      if (kinds && !kinds.has(kind)) return false;
      if (free.size === 0) return true;
      const value = plain(raw);
      return !free.has(value) && !domains.some((domain) => value.endsWith(domain));
    };
  }

  /** A piece of a stream, or a text of any length. */
  *reading(text: string): Sliced<Piece[]> {
    const pieces: Piece[] = [];
    for (let at = 0; at < text.length; at += SLICE) {
      if (at > 0) yield;
      for (const segment of this.#segments.push(text.slice(at, at + SLICE))) {
        for (const piece of this.#read(segment)) pieces.push(piece);
      }
    }
    return pieces;
  }

  push(text: string): Piece[] {
    return atOnce(this.reading(text));
  }

  end(): Piece[] {
    return this.#segments.end().flatMap((segment) => this.#read(segment));
  }

  #read(segment: Segment): Piece[] {
    if (!segment.island) {
      this.#remember(segment.text);
      return segment.raw === "" ? [] : [{ type: "plain", raw: segment.raw }];
    }
    const { raw } = segment;
    const marks: { start: number; end: number; piece: Piece }[] = [];
    let cells = segment as Cells;
    const take = (ranges: readonly Range[], pieceOf: (range: Range, raw: string) => Piece) => {
      for (const range of ranges) {
        const start = cells.from[range.start] ?? 0;
        const end = cells.to[range.end - 1] ?? raw.length;
        marks.push({ start, end, piece: pieceOf(range, raw.slice(start, end)) });
      }
      cells = collapse(cells, ranges);
    };
    take(typedIn(raw, cells), (_, raw) => ({ type: "placeholder", raw }));
    for (;;) {
      const text = this.#context + cells.text;
      const begin = this.#context.length;
      const found = recognise({ text, lower: lower(text), begin });
      if (found.length === 0) break;
      const ranges = found.map(({ kind, start, end }) => ({
        ...{ kind, start: start - begin, end: end - begin },
      }));
      take(ranges, ({ kind }, raw) =>
        kind && this.#counts(kind, raw) ? { type: "found", kind, raw } : { type: "plain", raw },
      );
    }
    this.#remember(cells.text);
    const pieces: Piece[] = [];
    let at = 0;
    for (const { start, end, piece } of marks.sort((a, b) => a.start - b.start)) {
      if (start > at) pieces.push({ type: "plain", raw: raw.slice(at, start) });
      pieces.push(piece);
      at = end;
    }
    if (at < raw.length) pieces.push({ type: "plain", raw: raw.slice(at) });
    return pieces;
  }

  #remember(text: string): void {
    this.#context =
      text.length >= CONTEXT ? text.slice(-CONTEXT) : (this.#context + text).slice(-CONTEXT);
  }
}

/** Where something was found in a text. */
export interface Found {
  readonly kind: Kind;
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export function* finding(text: string, looked?: Looked): Sliced<readonly Found[]> {
  const scanner = new Scanner(looked);
  const found: Found[] = [];
  let at = 0;
  for (const piece of [...(yield* scanner.reading(text)), ...scanner.end()]) {
    const end = at + piece.raw.length;
    if (piece.type === "found") found.push({ kind: piece.kind, start: at, end });
    at = end;
  }
  return found;
}

/** The same in one piece. */
export const find = (text: string, looked?: Looked): readonly Found[] =>
  atOnce(finding(text, looked));

interface Range {
  readonly start: number;
  readonly end: number;
  readonly kind?: Kind;
}

type Cells = Pick<Segment, "text" | "from" | "to">;

/** Each range becomes one character, which no pattern knows. */
function collapse({ text, from, to }: Cells, ranges: readonly Range[]): Cells {
  if (ranges.length === 0) return { text, from, to };
  let out = "";
  const begins: number[] = [];
  const ends: number[] = [];
  let at = 0;
  const copy = (end: number) => {
    out += text.slice(at, end);
    for (let unit = at; unit < end; unit++) {
      begins.push(from[unit] as number);
      ends.push(to[unit] as number);
    }
  };
  for (const { start, end } of ranges) {
    copy(start);
    out += MASKED;
    begins.push(from[start] as number);
    ends.push(to[end - 1] as number);
    at = end;
  }
  copy(text.length);
  return { text: out, from: begins, to: ends };
}

/** The placeholders of an island, as places in its normalised text. */
function typedIn(raw: string, { from }: Cells): Range[] {
  if (!raw.includes("[")) return [];
  let start = 0;
  return [...placeholders(raw)].map(({ 0: { length }, index }) => {
    while ((from[start] ?? index) < index) start++;
    // ASCII alone, so each character of it is one unit.
    return { start, end: start + length };
  });
}

/** Lower case that keeps every unit in its place. */
function lower(text: string): string {
  const small = text.toLowerCase();
  return small.length === text.length ? small : text.replace(/[A-Z]/g, (one) => one.toLowerCase());
}

const plain = (value: string) =>
  normalise(value)
    .text.toLowerCase()
    .replace(/[\s()/-]/g, "");
