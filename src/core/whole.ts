/** Reads and writes of a file that go on until all is done: the system may do less at once, and says so. */

/** As `FileHandle` has them. */
interface Reads {
  read(into: Uint8Array, at: number, length: number, from: number): Promise<{ bytesRead: number }>;
}
interface Writes {
  write(
    bytes: Uint8Array,
    at: number,
    length: number,
    to: number | null,
  ): Promise<{ bytesWritten: number }>;
}

/** @returns false where the file ends before */
export async function readAll(file: Reads, into: Uint8Array, position: number): Promise<boolean> {
  for (let at = 0; at < into.byteLength; ) {
    const { bytesRead } = await file.read(into, at, into.byteLength - at, position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

/** @param position where the file is at if absent */
export async function writeAll(file: Writes, bytes: Uint8Array, position?: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) {
    const place = position === undefined ? null : position + at;
    at += (await file.write(bytes, at, bytes.byteLength - at, place)).bytesWritten;
  }
}
