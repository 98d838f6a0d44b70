/**
 * A file that is still arriving: it is written to `<name>.part` and becomes `<name>` only when its
 * digest is right.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { CharlaError } from "../../core/errors.ts";
import type { HubFile } from "./hub.ts";
import { freeBytes } from "./machine.ts";
import { notWritable, readJson, type Store, writeJson } from "./store.ts";

/** Whose beginning a `.part` file is. */
interface Partial {
  readonly etag: string;
  readonly bytes: number;
  readonly bodyEtag: string | undefined;
}

/** What to leave free on the disk, in bytes. */
const SPARE_BYTES = 64 * 2 ** 20;

/** A file that is still arriving, and the digest of what is there. */
export class Part {
  bytes = 0;
  bodyEtag: string | undefined;
  #hash: Hash = createHash("sha256");
  readonly #store: Store;
  readonly #file: string;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #found: HubFile | undefined;

  private constructor(
    store: Store,
    file: string,
    path: string,
    handle: FileHandle,
    found?: HubFile,
  ) {
    this.#store = store;
    this.#file = file;
    this.#path = path;
    this.#handle = handle;
    this.#found = found;
  }

  /**
   * Opens what is there if it is the beginning of the file that was found, else begins anew.
   *
   * @param found undefined for pip, which cannot go on where it stopped; it writes in its own
   *   folder, and what the hub has sent so far stays
   * @param onBytes called while what is there is read for its digest
   */
  static async open(
    store: Store,
    file: string,
    found: HubFile | undefined,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<Part> {
    const path = found ? store.path(`${file}.part`) : join(store.note(file, "pip"), "part");
    const note = await readJson<Partial>(store.note(file, "part.json"));
    const handle = await open(path, "a+").catch((cause) => {
      throw diskError(cause, store.folder, file, found?.bytes ?? 0);
    });
    const part = new Part(store, file, path, handle, found);
    try {
      const { size } = await handle.stat();
      const same = found && note?.etag === found.etag && note.bytes === found.bytes;
      if (!same || size > found.bytes) {
        await part.restart();
        return part;
      }
      for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal })) {
        part.#hash.update(chunk);
        part.bytes += chunk.length;
        onBytes(part.bytes);
      }
      part.bodyEtag = note.bodyEtag;
      return part;
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
  }

  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.bytes = 0;
    this.#hash = createHash("sha256");
    await this.#note(undefined);
  }

  async write(bytes: Uint8Array, bodyEtag: string | undefined): Promise<void> {
    if (this.bytes === 0 || bodyEtag !== this.bodyEtag) await this.#note(bodyEtag);
    try {
      await this.#handle.appendFile(bytes);
    } catch (cause) {
      throw diskError(
        cause,
        this.#store.folder,
        this.#file,
        (this.#found?.bytes ?? 0) - this.bytes,
      );
    }
    this.#hash.update(bytes);
    this.bytes += bytes.length;
  }

  async #note(bodyEtag: string | undefined): Promise<void> {
    this.bodyEtag = bodyEtag;
    if (!this.#found) return;
    const { etag, bytes } = this.#found;
    const note: Partial = { etag, bytes, bodyEtag };
    try {
      await writeJson(this.#store.note(this.#file, "part.json"), note);
    } catch (cause) {
      throw diskError(cause, this.#store.folder, this.#file, bytes);
    }
  }

  /** @throws CharlaError `digest_mismatch`; what arrived is deleted then */
  async finish(wanted: string | null): Promise<void> {
    const digest = this.#hash.digest("hex");
    if (wanted !== null && digest !== wanted) {
      if (this.#found) await this.#store.discard(this.#file);
      throw mismatch(this.#file, digest, wanted);
    }
    await this.#handle.sync();
    await this.close();
    await this.#store.accept(this.#file, this.#path, digest, wanted ?? undefined);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** @throws CharlaError `disk_full` */
export async function requireSpace(folder: string, bytes: number, file: string): Promise<void> {
  const free = await freeBytes(folder);
  if (bytes + SPARE_BYTES > free) throw full(folder, file, bytes, free);
}

function diskError(cause: unknown, folder: string, file: string, bytes: number): CharlaError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
    return full(folder, file, Math.max(0, bytes), 0, cause);
  }
  return notWritable(folder, cause);
}

function full(folder: string, file: string, bytes: number, free: number, cause?: unknown) {
  return new CharlaError("disk_full", {
    status: 507,
    message: "The disk is too full for {file}: {folder} needs {needed} MB more and has {free} MB.",
    hint: "Free some space, or choose another data folder with CHARLA_HOME; what arrived is kept.",
    params: { file, folder, needed: Math.ceil(bytes / 1e6), free: Math.floor(free / 1e6) },
    cause,
  });
}

export function mismatch(file: string, got: string, digest: string | null): CharlaError {
  return new CharlaError("digest_mismatch", {
    status: 502,
    message: "What arrived as {file} is not that file: its SHA-256 is {got} instead of {digest}.",
    hint: "Try again; if it happens twice, the source has another file under this name.",
    retryable: true,
    params: { file, got, digest: digest ?? "?" },
  });
}
