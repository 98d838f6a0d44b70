/**
 * Masks: puts names in the place of what is found, in a whole text or in a stream. What is given
 * out is masked for good; a stream holds back exactly what may still become a part of something.
 */
import { atOnce, inSlices, type Sliced } from "../../core/slices.ts";
import type { Delta } from "../../core/types.ts";
import type { Naming } from "./placeholders.ts";
import { type Looked, type Piece, Scanner } from "./scan.ts";
import { LONGEST, unmask } from "./shape.ts";

export async function mask(text: string, naming: Naming, looked?: Looked): Promise<string> {
  const masker = new Masker(naming, looked);
  await inSlices(masker.adding(text));
  return masker.end();
}

/** What a stream goes through: text in, text out, and the rest at the end. */
export interface Filter {
  push(text: string): Promise<string>;
  end(): Promise<string>;
}

export class Masker implements Filter {
  readonly #scanner: Scanner;
  readonly #naming: Naming;
  #pieces: Piece[] = [];

  constructor(naming: Naming, looked?: Looked) {
    this.#naming = naming;
    this.#scanner = new Scanner(looked);
  }

  /** Takes text in and gives nothing out yet. */
  *adding(text: string): Sliced<void> {
    for (const piece of yield* this.#scanner.reading(text)) this.#pieces.push(piece);
  }

  push(text: string): Promise<string> {
    atOnce(this.adding(text));
    return this.#name();
  }

  end(): Promise<string> {
    for (const piece of this.#scanner.end()) this.#pieces.push(piece);
    return this.#name();
  }

  async #name(): Promise<string> {
    const pieces = this.#pieces;
    this.#pieces = [];
    const typed = pieces.flatMap(({ type, raw }) => (type === "placeholder" ? raw : []));
    const wanted = pieces.flatMap((piece) =>
      piece.type === "found" ? { kind: piece.kind, value: piece.raw } : [],
    );
    const names = typed.length + wanted.length > 0 ? await this.#naming(typed, wanted) : [];
    let next = 0;
    return pieces.map(({ type, raw }) => (type === "found" ? names[next++] : raw)).join("");
  }
}

/** Puts the values back in a stream; holds back what may be the beginning of a placeholder. */
export class Unmasker implements Filter {
  readonly #lookUp: (name: string) => string | null;
  #held = "";

  constructor(lookUp: (name: string) => string | null) {
    this.#lookUp = lookUp;
  }

  async push(text: string): Promise<string> {
    const all = this.#held + text;
    const bracket = all.lastIndexOf("[");
    const open =
      bracket >= 0 &&
      all.length - bracket < LONGEST &&
      /^\[[A-Z]*(?:_[\d.]*)?$/.test(all.slice(bracket));
    const cut = open ? bracket : all.length;
    this.#held = all.slice(cut);
    return unmask(all.slice(0, cut), this.#lookUp);
  }

  async end(): Promise<string> {
    const rest = this.#held;
    this.#held = "";
    return unmask(rest, this.#lookUp);
  }
}

/** Sends the text of an answer through one filter, its thought through another; all else passes. */
export async function* through(
  deltas: AsyncIterable<Delta>,
  filter: Filter,
  thought: Filter,
): AsyncGenerator<Delta> {
  const thinking = (reasoning: string): Delta[] =>
    reasoning === "" ? [] : [{ type: "text", text: "", reasoning }];
  async function* rest(): AsyncGenerator<Delta> {
    yield* thinking(await thought.end());
    const text = await filter.end();
    if (text !== "") yield { type: "text", text };
  }
  try {
    for await (const delta of deltas) {
      if (delta.type === "text" && delta.reasoning !== undefined) {
        yield* thinking(await thought.push(delta.reasoning));
        continue;
      }
      if (delta.type === "text" && !delta.toolCall) {
        yield* thinking(await thought.end());
        const text = await filter.push(delta.text);
        if (text !== "") yield { type: "text", text };
        continue;
      }
      if (delta.type === "finish" || delta.type === "text") yield* rest();
      yield delta;
    }
  } catch (thrown) {
    // What was written is kept, also when the answer breaks off.
    yield* rest();
    throw thrown;
  }
}
