/**
 * Between the model process, which does not wait, and the reader of an answer, who may be slow or
 * gone: a list of pieces that have not been read. Texts that wait are joined, so an answer of plain
 * text is bounded by its own length. Log-probabilities take up to 2 kB a token: what goes beyond
 * {@link MAX_BYTES} ends the answer, and so does what all readers together leave unread.
 */
import type { Piece } from "../../../core/engine.ts";
import { CharlaError } from "../../../core/errors.ts";

/** About 2,000 tokens with 20 alternatives each, or 2 million characters of text. */
const MAX_BYTES = 2 ** 22;
const MAX_ALL_BYTES = 2 ** 26;
/** A token with its text and bytes, as an object in memory. */
const LOGPROB_BYTES = 100;

/** What has not been read yet: of one answer, or of all. */
export interface Unread {
  bytes: number;
}

interface Forgotten {
  readonly mine: Unread;
  readonly all: Unread;
}

/** Gives back what a reader left that has vanished without a word. */
const forgotten = new FinalizationRegistry(({ mine, all }: Forgotten) => {
  all.bytes -= mine.bytes;
});

export class Mailbox implements AsyncIterableIterator<Piece, void> {
  readonly #pieces: Piece[] = [];
  readonly #onLeave: () => void;
  readonly #mine: Unread = { bytes: 0 };
  readonly #all: Unread;
  /** Set once there is nothing more to come. */
  #over: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param onLeave called when nobody reads any more, or too slowly */
  constructor(all: Unread, onLeave: () => void) {
    this.#all = all;
    this.#onLeave = onLeave;
    forgotten.register(this, { mine: this.#mine, all });
  }

  put(piece: Piece): void {
    if (this.#over) return;
    const last = this.#pieces.at(-1);
    if (typeof piece === "string" && typeof last === "string") {
      this.#pieces[this.#pieces.length - 1] = last + piece;
    } else if (isWaiting(piece) && isWaiting(last)) {
      this.#pieces[this.#pieces.length - 1] = piece;
    } else this.#pieces.push(piece);
    this.#add(bytesOf(piece));
    if (this.#mine.bytes > MAX_BYTES || this.#all.bytes > MAX_ALL_BYTES) {
      this.end(tooSlow());
      this.#onLeave();
    }
    this.#wake?.();
  }

  /** Nothing more comes; with an error, that is what the reader gets after the rest. */
  end(error?: unknown): void {
    this.#over ??= { error };
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Piece, void>> {
    while (this.#pieces.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#add(-bytesOf(piece));
      return { done: false, value: piece };
    }
    const error = this.#over?.error;
    this.#over = { error: undefined };
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Piece, void>> {
    this.#pieces.length = 0;
    this.#add(-this.#mine.bytes);
    this.end();
    this.#onLeave();
    return { done: true, value: undefined };
  }

  #add(bytes: number): void {
    this.#mine.bytes += bytes;
    this.#all.bytes += bytes;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function isWaiting(piece: Piece | undefined): boolean {
  return typeof piece === "object" && "type" in piece && piece.type === "waiting";
}

function bytesOf(piece: Piece): number {
  if (typeof piece === "string") return 2 * piece.length;
  if (!("type" in piece) || piece.type !== "text") return 0;
  const tokens = piece.tokens ?? [];
  const logprobs = tokens.reduce((sum, { top }) => sum + 1 + top.length, 0);
  const { length } = piece.text + (piece.reasoning ?? "");
  return 2 * length + logprobs * LOGPROB_BYTES;
}

function tooSlow(): CharlaError {
  return new CharlaError("reader_too_slow", {
    status: 503,
    message: "The answer was stopped because nobody read it while it was written.",
    hint: "Read the stream as it comes, or ask for fewer alternatives for each token.",
  });
}
