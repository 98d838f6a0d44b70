/** Reads and writes of a file that go on until all is done: the system may do less at once, and says so. */
import type { FileHandle } from "node:fs/promises";

/** @returns false where the file ends before */
export async function readAll(
  file: Pick<FileHandle, "read">,
  into: Uint8Array,
  position: number,
): Promise<boolean> {
  for (let at = 0; at < into.byteLength; ) {
    const { bytesRead } = await file.read(into, at, into.byteLength - at, position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

/** @param position where the file is at if absent */
export async function writeAll(
  file: Pick<FileHandle, "write">,
  from: Uint8Array,
  position?: number,
): Promise<void> {
  for (let at = 0; at < from.byteLength; ) {
    const place = position === undefined ? null : position + at;
    at += (await file.write(from, at, from.byteLength - at, place)).bytesWritten;
  }
}
