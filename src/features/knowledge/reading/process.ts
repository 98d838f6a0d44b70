/**
 * The process in which a file is read: it has no secrets, may write nothing, starts nothing, and has
 * its own memory. Whatever a file does to its reader ends with it.
 */
import { readerOf } from "./kinds.ts";
import { type Facts, MOST_SECTIONS, MOST_TEXT, type Section, Unreadable } from "./sections.ts";

/** What the server sends, in order. */
export type Given =
  | { readonly type: "file"; readonly name: string; readonly bytes: number }
  | { readonly type: "bytes"; readonly bytes: Uint8Array };

/** What the process sends back. */
export type Told =
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "sections"; readonly sections: readonly Section[] }
  | { readonly type: "done"; readonly facts: Facts }
  | { readonly type: "failed"; readonly code: string; readonly reason: string };

/** Characters of sections that are sent at once. */
const TOGETHER = 200_000;
const PROGRESS_MS = 100;

let file: { name: string; bytes: Uint8Array; filled: number } | undefined;

process.on("message", (given: Given) => {
  if (given.type === "file") {
    file = { name: given.name, bytes: new Uint8Array(given.bytes), filled: 0 };
  } else if (file) {
    file.bytes.set(given.bytes, file.filled);
    file.filled += given.bytes.length;
  }
  if (file && file.filled === file.bytes.length) void read(file.bytes, file.name);
});
process.on("disconnect", () => process.exit(1));

const send = (told: Told) => void process.send?.(told);
/** Once it is on its way, there is nothing left to do. */
const sendLast = (told: Told) => void process.send?.(told, () => process.exit(0));

async function read(bytes: Uint8Array, name: string): Promise<void> {
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
