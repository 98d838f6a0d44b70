/**
 * Reads an export file piece by piece, one conversation after the other: so its size does not matter
 * to the memory, and others are served in between.
 */
import { type Bounds, JsonWalk } from "../../core/bodies.ts";
import { parseJson } from "../../core/route.ts";
import { pauses } from "../../core/slices.ts";
import { utf8 } from "../../core/utf8.ts";
import { conversationTooLarge, importUnknown } from "./errors.ts";

/** Bytes of a name at the top. */
const MAX_NAME = 64;

/** What a file may be. */
export interface Shape {
  /** Bytes of a conversation with all that it says of itself, as JSON. */
  readonly bytes: number;
  /** Of all that a file says beside its conversations. */
  readonly headBytes: number;
  readonly bounds: Bounds;
  /** The file may be a list of conversations, and one that is too large is passed over. */
  readonly foreign: boolean;
}

const OWN: Shape = {
  ...{ bytes: 10 * 2 ** 20, headBytes: 65_536, foreign: false },
  // A message of ours has about forty values.
  bounds: { depth: 100, values: 300_000, names: 300_000 },
};

const [QUOTE, COMMA, COLON, OPEN, CLOSE, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5b, 0x5d, 0x5c];

/** A conversation as it stands in the file; and at last the rest of the file, without them. */
export type Part =
  | { readonly type: "conversation"; readonly index: number; readonly value: unknown }
  | { readonly type: "too large"; readonly index: number }
  | { readonly type: "head"; readonly value: unknown };

/** @throws CharlaError `invalid_json`, `json_too_complex`, `conversation_too_large` */
export async function* readFile(
  body: AsyncIterable<Uint8Array>,
  shape: Shape = OWN,
): AsyncGenerator<Part> {
  const reader = new Reader(shape);
  const chunks = body[Symbol.asyncIterator]();
  const pause = pauses();
  try {
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      yield* reader.take(next.value);
      await pause();
    }
    yield reader.end();
  } finally {
    if (shape.foreign) await chunks.return?.();
    // Most clients hear an answer only once they have sent everything.
    else while (!(await chunks.next()).done) await pause();
  }
}

class Reader {
  readonly #shape: Shape;
  readonly #walk: JsonWalk;
  /** What has come of the conversation that is being read, and of all else. */
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  #index = 0;
  #inList = false;
  /** How deep the list is in the file. */
  #level = 2;
  /** Bytes of the last string at the top of the file, and the name whose value is read. */
  #string: number[] = [];
  #name = "";

  constructor(shape: Shape) {
    this.#shape = shape;
    this.#walk = new JsonWalk(shape.bounds);
  }

  *take(chunk: Uint8Array): Generator<Part> {
    const walk = this.#walk;
    let from = 0;
    let slash = -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      const { depth, inString } = walk;
      walk.take(byte);
      if (walk.inString && depth !== 1 && byte !== BACKSLASH) {
        // Over what says nothing, to where the string ends or something is escaped.
        if (slash <= at) slash = placeOf(chunk, BACKSLASH, at + 1);
        at = Math.min(slash, placeOf(chunk, QUOTE, at + 1)) - 1;
        continue;
      }
      if (inString || walk.inString || depth > this.#level) {
        if (depth === 1) this.#remember(byte, inString);
        continue;
      }
      if (this.#inList) {
        if (depth !== this.#level || (byte !== COMMA && byte !== CLOSE)) continue;
        this.#keep(chunk.subarray(from, at));
        const found = this.#conversation(byte === CLOSE);
        if (found) yield found;
        this.#inList = byte === COMMA;
        from = byte === COMMA ? at + 1 : at;
      } else if (depth === 0 && byte === OPEN && this.#shape.foreign) {
        this.#level = 1;
        this.#keep(chunk.subarray(from, at + 1));
        this.#inList = true;
        from = at + 1;
      } else if (depth !== 1) continue;
      else if (byte === COLON) this.#name = Buffer.from(this.#string).toString();
      else if (byte === COMMA) this.#name = "";
      else if (byte === OPEN && this.#name === "conversations") {
        this.#keep(chunk.subarray(from, at + 1));
        this.#inList = true;
        from = at + 1;
      }
    }
    this.#keep(chunk.subarray(from));
  }

  end(): Part {
    return { type: "head", value: parseJson(textOf(this.#head)) };
  }

  /** @param inside whether it is not the quotation mark that opens the string */
  #remember(byte: number, inside: boolean): void {
    if (!inside) this.#string = [];
    else if (byte !== QUOTE && this.#string.length < MAX_NAME) this.#string.push(byte);
  }

  #keep(bytes: Uint8Array): void {
    const { bytes: most, headBytes, foreign } = this.#shape;
    if (this.#inList) {
      this.#bytes += bytes.length;
      if (this.#bytes <= most) this.#pieces.push(bytes);
      else if (foreign) this.#pieces = [];
      else throw conversationTooLarge(this.#index);
    } else {
      this.#headBytes += bytes.length;
      if (this.#headBytes > headBytes) throw importUnknown();
      this.#head.push(bytes);
    }
  }

  /** @param last whether the list ends here, which may be empty */
  #conversation(last: boolean): Part | undefined {
    const fits = this.#bytes <= this.#shape.bytes;
    const text = textOf(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    this.#walk.forget();
    if (!fits) return { type: "too large", index: this.#index++ };
    if (last && this.#index === 0 && text.trim() === "") return undefined;
    return { type: "conversation", index: this.#index++, value: parseJson(text) };
  }
}

/** The length where it is nowhere. */
function placeOf(chunk: Uint8Array, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at < 0 ? chunk.length : at;
}

const textOf = (pieces: readonly Uint8Array[]) => utf8(Buffer.concat(pieces));
