/**
 * The process in which a file is read: it has no secrets, may write nothing, starts nothing, and has
 * its own memory. Whatever a file does to its reader ends with it.
 */
import type { Place } from "../api.ts";
import { readerOf } from "./kinds.ts";
import { type Facts, MOST_SECTIONS, MOST_TEXT, type Section, Unreadable } from "./sections.ts";

/** What the server sends, in order. */
export type Given =
  | {
      readonly type: "file";
      readonly name: string;
      readonly bytes: number;
      /** Whether the server has images read. */
      readonly recognises: boolean;
    }
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  /** The image that it was sent last is read. */
  | { readonly type: "recognised"; readonly characters: number };

/** What the process sends back. */
export type Told =
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "sections"; readonly sections: readonly Section[] }
  /** The section of an image; the process waits until it is read. */
  | { readonly type: "image"; readonly place: Place; readonly image: Uint8Array }
  | { readonly type: "done"; readonly facts: Facts }
  | { readonly type: "failed"; readonly code: string; readonly reason: string };

/** Characters of sections that are sent at once. */
const TOGETHER = 200_000;
const PROGRESS_MS = 100;

interface Arriving {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly recognises: boolean;
  filled: number;
}
let file: Arriving | undefined;
let recognised = (_characters: number): void => {};

process.on("message", (given: Given) => {
  if (given.type === "recognised") return recognised(given.characters);
  if (given.type === "file") {
    const { name, recognises } = given;
    file = { name, bytes: new Uint8Array(given.bytes), recognises, filled: 0 };
  } else if (file) {
    file.bytes.set(given.bytes, file.filled);
    file.filled += given.bytes.length;
  }
  if (file && file.filled === file.bytes.length) void read(file);
});
process.on("disconnect", () => process.exit(1));

const send = (told: Told) => void process.send?.(told);
/** Once it is on its way, there is nothing left to do. */
const sendLast = (told: Told) => void process.send?.(told, () => process.exit(0));

async function read({ bytes, name, recognises }: Arriving): Promise<void> {
  let [characters, sections, told, last] = [0, 0, 0, 0];
  let waiting: Section[] = [];
  const flush = () => {
    if (waiting.length > 0) send({ type: "sections", sections: waiting });
    waiting = [];
    told = characters;
  };
  try {
    const reader = await readerOf(bytes, name);
    const facts = await reader(bytes, {
      section(section) {
        const room = MOST_TEXT - characters;
        const text = section.text.slice(0, room).toWellFormed().replaceAll("\0", "\ufffd");
        characters += text.length;
        sections += 1;
        if (text !== "") waiting.push({ ...section, text });
        if (characters - told > TOGETHER) flush();
        return characters < MOST_TEXT && sections < MOST_SECTIONS;
      },
      ...(recognises && {
        async recognise(place: Place, image: Uint8Array) {
          flush();
          const found = new Promise<number>((resolve) => {
            recognised = resolve;
          });
          send({ type: "image", place, image });
          const length = await found;
          characters += length;
          if (length > 0) sections += 1;
          return length;
        },
      }),
      progress(done, total) {
        if (performance.now() - last < PROGRESS_MS && done < total) return;
        last = performance.now();
        send({ type: "progress", done, total });
      },
    });
    if (sections === 0) throw new Unreadable("file_without_text");
    flush();
    sendLast({ type: "done", facts });
  } catch (thrown) {
    const code = thrown instanceof Unreadable ? thrown.code : "file_broken";
    sendLast({ type: "failed", code, reason: thrown instanceof Error ? thrown.name : "unknown" });
  }
}
