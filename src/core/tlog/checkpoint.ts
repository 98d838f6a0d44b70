/** Checkpoints of a log (c2sp.org/tlog-checkpoint): whose it is, how many entries, and their root. */
import { CharlaError } from "../errors.ts";
import { fromBase64, toBase64 } from "./bytes.ts";
import { HASH_BYTES, type Hash } from "./merkle.ts";
import { type Note, parseNote } from "./note.ts";

export interface Checkpoint {
  /** The log's name, which no other log has. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** Lines that somebody may add; ours has none. */
  readonly extensions: readonly string[];
}

export const formatCheckpoint = ({ origin, size, root, extensions }: Checkpoint): string =>
  [origin, size, toBase64(root), ...extensions, ""].join("\n");

/** @throws CharlaError `note_invalid`, `checkpoint_invalid` */
export function parseCheckpoint(source: string): Checkpoint & { readonly note: Note } {
  const note = parseNote(source);
  const [origin = "", count = "", hash = "", ...extensions] = note.text.slice(0, -1).split("\n");
  const size = /^(?:0|[1-9]\d{0,15})$/.test(count) ? Number(count) : Number.NaN;
  const root = fromBase64(hash);
  const right = origin !== "" && Number.isSafeInteger(size) && root?.length === HASH_BYTES;
  if (!right || extensions.includes("")) {
    throw new CharlaError("checkpoint_invalid", {
      status: 400,
      message: "This is not the checkpoint of a log.",
      hint: "It begins with three lines: the log's name, a number of entries, and a hash.",
    });
  }
  return { origin, size, root, extensions, note };
}
