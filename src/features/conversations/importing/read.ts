/**
 * Reads an export, whosever it is: a ZIP or one JSON file, chat after chat, each as a chat of ours.
 * It runs in a thread of its own (`worker.ts`), since a chat of many megabytes is parsed in one piece.
 */
import { CharlaError } from "../../../core/errors.ts";
import type { Lost } from "../api.ts";
import {
  importForeign,
  importNewer,
  importNotWhole,
  importTooMany,
  importUnknown,
} from "../errors.ts";
import { type Fields, type Files, fields, first, said } from "../foreign/chat.ts";
import { fold } from "../foreign/fold.ts";
import { formatOf } from "../foreign/index.ts";
import { readFile, type Shape } from "../import-file.ts";
import { MAX_CONVERSATIONS } from "../imports.ts";
import type { Brought } from "../staging.ts";
import { takeOwn } from "../transfer.ts";
import { type Source, stream } from "./source.ts";
import { contentOf, type Entry, entriesOf, isZip } from "./zip.ts";

const MIB = 2 ** 20;
/** Of JSON in a file, unpacked. */
const MAX_JSON = 2048 * MIB;
/** Files in an archive that are looked at. */
const MAX_FILES = 10_000;
/** Values at the beginning of a list that are no chats, before one that is. */
const MAX_ODD = 100;
/** LibreChat nests each message in the one before; a chat of ours has no more than 5,000. */
const SHAPE: Shape = {
  ...{ bytes: 32 * MIB, headBytes: 32 * MIB, foreign: true },
  bounds: { depth: 20_000, values: 3_000_000, names: 3_000_000 },
};

type Made =
  | {
      readonly type: "chat";
      readonly from: string;
      /** What it is known by in the product that it comes from. */
      readonly id: string;
      readonly chat: Brought;
      readonly lost: readonly Lost[];
    }
  | { readonly type: "left"; readonly from: string; readonly lost: Lost };

/** What was found next; `done` of `total` bytes were read by then. */
export type Found = Made & { readonly done: number; readonly total: number };

/** Where it comes from that Charla itself has written. */
export const OWN = "Charla";

/**
 * @param passed chats at the beginning that were found before, and are not made again
 * @throws CharlaError `import_foreign`, `import_newer`, `zip_broken`, `import_too_many`, `import_gone`
 */
export async function* readChats(source: Source, passed = 0): AsyncGenerator<Found> {
  if (!(await isZip(source))) {
    const reader = new Reader(source.bytes, () => undefined, passed);
    yield* reader.read(stream(source));
    if (reader.found === 0 && !reader.own) throw importForeign();
    return;
  }
  const entries = await entriesOf(source);
  const wanted = wantedOf(entries);
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  const reader = new Reader(total, filesOf(entries), passed);
  for (const entry of wanted) {
    try {
      yield* reader.read(contentOf(source, entry));
    } catch (thrown) {
      // Other files of an archive may be anything.
      if (!(thrown instanceof CharlaError && thrown.code === "import_foreign")) throw thrown;
    }
  }
  if (reader.found === 0 && !reader.own) throw importForeign();
}

/** Those that are named as the products name them; else all JSON, as of chats exported one by one. */
function wantedOf(entries: readonly Entry[]): readonly Entry[] {
  const real = entries.filter(({ name }) => !/(^|\/)(__MACOSX\/|\._)/.test(name));
  const named = real.filter(({ name }) => /(^|\/)conversations(-\d+)?\.json$/i.test(name));
  const all = named.length > 0 ? named : real.filter(({ name }) => /\.json$/i.test(name));
  return all.toSorted((one, two) => (one.name < two.name ? -1 : 1)).slice(0, MAX_FILES);
}

/** "file-abc-holiday.png" is what a chat calls "file-abc". */
function filesOf(entries: readonly Entry[]): Files {
  const names = new Map<string, string>();
  for (const { name } of entries) {
    const base = name.split("/").at(-1) ?? "";
    const [, id, rest] = /^(file[-_][A-Za-z0-9]+)(?:[-.](.+))?$/.exec(base) ?? [];
    if (id !== undefined) names.set(id, rest ?? base);
  }
  return (id) => names.get(id);
}

class Reader {
  found = 0;
  /** Whether there was a file of Charla's, which may have no chats. */
  own = false;
  readonly #total: number;
  readonly #files: Files;
  readonly #passed: number;
  #done = 0;

  constructor(total: number, files: Files, passed: number) {
    this.#total = total;
    this.#files = files;
    this.#passed = passed;
  }

  async *read(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Found> {
    let from: string | undefined;
    const odd: Made[] = [];
    try {
      for await (const part of readFile(this.#counted(bytes), SHAPE)) {
        if (part.type === "head") {
          yield* this.#head(fields(part.value));
          continue;
        }
        const made = part.type === "conversation" ? this.#made(part.value) : undefined;
        const kind = part.type === "conversation" ? "chatBroken" : "chatLarge";
        const name = part.type === "conversation" ? titleOf(part.value) : "";
        from = made?.from ?? from;
        odd.push(made ?? { type: "left", from: from ?? "", lost: { kind, name } });
        if (odd.length > MAX_ODD) throw importForeign();
        // Whose file it is, is known from the first chat on.
        if (from !== undefined) for (const one of odd.splice(0)) yield* this.#one({ ...one, from });
      }
    } catch (thrown) {
      throw problem(thrown);
    }
    if (odd.length > 0) throw importForeign();
  }

  /** A file that is one chat, or all that Charla says beside its chats. */
  async *#head(head: Fields): AsyncGenerator<Found> {
    if (head.format === "charla.conversations") {
      this.own = true;
      if (typeof head.version === "number" && head.version > 1) throw importNewer();
    } else if (Object.keys(head).length > 0) {
      const made = this.#made(head);
      if (made) yield* this.#one(made);
      else if (this.found === 0) throw importForeign();
    }
  }

  /** Undefined for what is no chat. */
  #made(value: unknown): Made | undefined {
    const format = formatOf(value);
    if (this.found < this.#passed)
      return { type: "left", from: format?.product ?? OWN, lost: { kind: "chatBroken", name: "" } };
    if (!format) return own(value);
    const read = format.read(fields(value), this.#files);
    const from = format.product;
    const chat = fold(read, from, new Date());
    if (!chat) return { type: "left", from, lost: { kind: "chatLarge", name: read.title } };
    return { type: "chat", from, id: read.id, chat, lost: read.lost };
  }

  *#one(made: Made): Generator<Found> {
    this.found += 1;
    if (this.found > MAX_CONVERSATIONS) throw importTooMany(MAX_CONVERSATIONS);
    if (this.found > this.#passed) yield { ...made, done: this.#done, total: this.#total };
  }

  async *#counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let begun = false;
    for await (const piece of bytes) {
      this.#done += piece.length;
      if (this.#done > MAX_JSON) throw importForeign();
      // Some editors begin a file with a mark of its encoding.
      yield !begun && piece[0] === 0xef && piece[1] === 0xbb ? piece.subarray(3) : piece;
      begun = true;
    }
  }
}

const titleOf = (value: unknown): string => {
  const { title, name } = fields(value);
  return first(title, name) ?? "";
};

/** A chat that Charla itself has written, in this or another place. */
function own(value: unknown): Made | undefined {
  const { messages, currentId, settings } = fields(value);
  if (!Array.isArray(messages) || currentId === undefined || settings === undefined)
    return undefined;
  const chat = takeOwn(value);
  if (chat) return { type: "chat", from: OWN, id: said(fields(value).id), chat, lost: [] };
  return { type: "left", from: OWN, lost: { kind: "chatBroken", name: titleOf(value) } };
}

/** What a route would say of its body, said of a file. */
function problem(thrown: unknown): unknown {
  if (!(thrown instanceof CharlaError)) return thrown;
  if (thrown.code === "invalid_json") return importNotWhole(thrown);
  const odd = ["json_too_complex", importUnknown().code].includes(thrown.code);
  return odd ? importForeign() : thrown;
}
