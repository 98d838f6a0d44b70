/**
 * A message while it is written: its text, and the parts that are more than text. Parts never change
 * once they are given out, so that a reader is told by comparing what has become of them.
 */
import type { Part, PartOf } from "../../core/parts.ts";
import type { StreamEvent } from "./api.ts";

const HIGH_SURROGATE = /[\uD800-\uDBFF]$/;

/** Pieces of a text as a database can hold and a reader can decode: whole characters, no NUL. */
class Pieces {
  /** Half of a character, whose other half is in the next piece. */
  #half = "";

  push(piece: string): string {
    const text = this.#half + piece.replaceAll("\0", "\uFFFD");
    this.#half = HIGH_SURROGATE.exec(text)?.[0] ?? "";
    return text.slice(0, text.length - this.#half.length).toWellFormed();
  }
}

export class Growing {
  content: string;
  parts: readonly Part[];
  readonly #text = new Pieces();
  /** The thought that is being written, the last of the parts, and when it began. */
  #thought: { readonly pieces: Pieces; readonly since: number } | undefined;

  /** With what is there already of an answer that is gone on with. */
  constructor(content = "", parts: readonly Part[] = []) {
    this.content = content;
    this.parts = parts;
  }

  write(piece: string): void {
    this.settle();
    this.content += this.#text.push(piece);
  }

  think(piece: string): void {
    if (!this.#thought) {
      this.#thought = { pieces: new Pieces(), since: performance.now() };
      this.parts = [...this.parts, { type: "reasoning", text: "" }];
    }
    const { pieces } = this.#thought;
    this.#last((thought) => ({ ...thought, text: thought.text + pieces.push(piece) }));
  }

  add(part: Part): void {
    this.settle();
    this.parts = [...this.parts, part];
  }

  /** Whatever comes next is no thought: it is known how long the last one took. */
  settle(): void {
    if (!this.#thought) return;
    const ms = Math.round(performance.now() - this.#thought.since);
    this.#thought = undefined;
    this.#last((thought) => ({ ...thought, ms }));
  }

  #last(change: (thought: PartOf<"reasoning">) => Part): void {
    const last = this.parts.at(-1);
    if (last?.type === "reasoning") this.parts = [...this.parts.slice(0, -1), change(last)];
  }
}

/** What a reader who knows `told` has to hear to know `parts`. */
export function* news(told: readonly Part[], parts: readonly Part[]): Generator<StreamEvent> {
  for (const [at, part] of parts.entries()) {
    const before = told[at];
    if (before === part) continue;
    if (before?.type === "reasoning" && part.type === "reasoning") {
      const { ms } = part;
      const text = part.text.slice(before.text.length);
      yield { type: "more", at, text, ...(ms !== undefined && { ms }) };
    } else yield { type: "part", at, part };
  }
}
