/**
 * The words of a file as one block of bytes, small enough to be opened in milliseconds: which passages
 * there are, and for each term in which of them it occurs, and how often.
 *
 * Little-endian: u32 length of the head, the head (JSON), then at multiples of four the terms (UTF-8,
 * sorted, a line each), u32 per piece {section, from, to, terms}, u32 per term where its postings begin,
 * u32 per posting (piece << 8 | times).
 */
import type { Piece } from "./pieces.ts";
import type { Language } from "./words.ts";

interface Head {
  readonly version: 1;
  readonly language: Language;
  readonly pieces: number;
  readonly terms: number;
  readonly termBytes: number;
  readonly postings: number;
}

const NUMBERS = 4;
const MOST_TIMES = 255;
const aligned = (bytes: number) => Math.ceil(bytes / 4) * 4;

export class IndexBuilder {
  readonly #language: Language;
  readonly #pieces: number[] = [];
  readonly #postings = new Map<string, number[]>();
  #count = 0;

  constructor(language: Language) {
    this.#language = language;
  }

  add({ section, from, to }: Piece, terms: readonly string[]): void {
    const piece = this.#count++;
    this.#pieces.push(section, from, to, terms.length);
    const times = new Map<string, number>();
    for (const term of terms) times.set(term, (times.get(term) ?? 0) + 1);
    for (const [term, count] of times) {
      const posting = piece * 256 + Math.min(MOST_TIMES, count);
      const known = this.#postings.get(term);
      if (known) known.push(posting);
      else this.#postings.set(term, [posting]);
    }
  }

  bytes(): Uint8Array {
    const terms = [...this.#postings.keys()].sort();
    const written = Buffer.from(terms.join("\n"));
    const all = terms.flatMap((term) => this.#postings.get(term) ?? []);
    const head: Head = {
      ...{ version: 1, language: this.#language, pieces: this.#count, terms: terms.length },
      ...{ termBytes: written.length, postings: all.length },
    };
    const front = Buffer.from(JSON.stringify(head));
    const places = [4 + front.length, written.length].map(aligned);
    const [first = 0, second = 0] = places;
    const bytes = Buffer.alloc(
      first + second + 4 * (NUMBERS * this.#count + terms.length + 1 + all.length),
    );
    bytes.writeUInt32LE(front.length, 0);
    front.copy(bytes, 4);
    written.copy(bytes, first);
    let at = first + second;
    const put = (value: number) => {
      at = bytes.writeUInt32LE(value, at);
    };
    for (const value of this.#pieces) put(value);
    let begin = 0;
    for (const term of terms) {
      put(begin);
      begin += this.#postings.get(term)?.length ?? 0;
    }
    put(begin);
    for (const posting of all) put(posting);
    return bytes;
  }
}

export class FileIndex {
  readonly language: Language;
  /** Of passages. */
  readonly pieces: number;
  /** In memory, about. */
  readonly bytes: number;
  /** Terms of all passages together. */
  readonly length: number;
  readonly #terms: readonly string[];
  readonly #numbers: Uint32Array;
  readonly #begins: Uint32Array;
  readonly #postings: Uint32Array;

  constructor(block: Uint8Array) {
    const view = new DataView(block.buffer, block.byteOffset, block.length);
    const front = view.getUint32(0, true);
    const decoder = new TextDecoder();
    const head: Head = JSON.parse(decoder.decode(block.subarray(4, 4 + front)));
    const first = aligned(4 + front);
    const text = decoder.decode(block.subarray(first, first + head.termBytes));
    this.#terms = head.terms === 0 ? [] : text.split("\n");
    // A copy of its own begins where numbers may.
    const numbers = new Uint8Array(block.subarray(first + aligned(head.termBytes)));
    let at = 0;
    const take = (count: number) => {
      const taken = new Uint32Array(numbers.buffer, at, count);
      at += 4 * count;
      return taken;
    };
    this.#numbers = take(NUMBERS * head.pieces);
    this.#begins = take(head.terms + 1);
    this.#postings = take(head.postings);
    this.language = head.language;
    this.pieces = head.pieces;
    this.bytes = block.length + 2 * head.termBytes + 32 * head.terms;
    let length = 0;
    for (let piece = 0; piece < head.pieces; piece++) length += this.lengthOf(piece);
    this.length = length;
  }

  piece(index: number): Piece {
    const [section = 0, from = 0, to = 0] = this.#numbers.subarray(NUMBERS * index);
    return { section, from, to };
  }

  /** In terms. */
  lengthOf(piece: number): number {
    return this.#numbers[NUMBERS * piece + 3] ?? 0;
  }

  /** The passages in which a term occurs: piece << 8 | times. */
  postings(term: string): Uint32Array {
    let [low, high] = [0, this.#terms.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#terms[middle] ?? "";
      if (found === term)
        return this.#postings.subarray(this.#begins[middle], this.#begins[middle + 1]);
      if (found < term) low = middle + 1;
      else high = middle - 1;
    }
    return this.#postings.subarray(0, 0);
  }
}
