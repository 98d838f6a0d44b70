/**
 * Files that are ZIP archives of XML: opened one entry after the other, and never more of it than fits
 * into memory, whatever the archive says of itself.
 */
import { type UnzipFileInfo, unzipSync } from "fflate";
import { Unreadable } from "./sections.ts";

/** Bytes of what is unpacked of a file, and of one entry. */
const MOST_UNPACKED = 300_000_000;
const MOST_OF_ENTRY = 120_000_000;
const MOST_ENTRIES = 20_000;

export class Archive {
  readonly #bytes: Uint8Array;
  readonly names: ReadonlySet<string>;
  #unpacked = 0;

  /** @throws Unreadable */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const names = new Set<string>();
    unzipping(() =>
      unzipSync(bytes, {
        filter({ name }) {
          names.add(name);
          if (names.size > MOST_ENTRIES) throw new Unreadable("file_too_deep");
          return false;
        },
      }),
    );
    this.names = names;
  }

  /** The bytes of an entry; undefined where there is none. @throws Unreadable */
  entry(name: string): Uint8Array | undefined {
    if (!this.names.has(name)) return undefined;
    let wanted: UnzipFileInfo | undefined;
    const found = unzipping(() =>
      unzipSync(this.#bytes, {
        filter: (info) => {
          if (info.name !== name || wanted) return false;
          wanted = info;
          if (info.originalSize > MOST_OF_ENTRY) throw new Unreadable("file_too_deep");
          return true;
        },
      }),
    )[name];
    this.#unpacked += found?.length ?? 0;
    if (this.#unpacked > MOST_UNPACKED) throw new Unreadable("file_too_deep");
    return found;
  }

  text(name: string): string | undefined {
    const bytes = this.entry(name);
    if (!bytes) return undefined;
    const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
    return new TextDecoder(wide).decode(bytes);
  }
}

function unzipping<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof Unreadable) throw thrown;
    throw new Unreadable("file_broken");
  }
}
