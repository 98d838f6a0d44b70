/**
 * The library: all models with their state, downloads, and the one engine in memory. It is what
 * the server asks for an engine, and what the models feature shows.
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Engine, EngineStatus, Engines } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { ModelCard } from "../../core/types.ts";
import { cancelled, modelNotFound } from "../errors.ts";
import { CATALOGUE, type CatalogueModel, STARTER } from "./catalogue.ts";
import { describe, type Model } from "./describe.ts";
import { Downloads } from "./downloads.ts";
import {
  downloading,
  inUse,
  loadFailed,
  loadGivenUp,
  notDownloadable,
  notInstalled,
  notOurs,
} from "./errors.ts";
import { type Hub, hubFrom } from "./hub.ts";
import { Loader } from "./loader.ts";
import { gpuName, type Machine, machine, recommend } from "./machine.ts";
import { type Entry, idOf, Shelf, unique } from "./shelf.ts";
import { type Chosen, Store } from "./store.ts";

export interface LoadRequest {
  readonly path: string;
  readonly id: string;
  readonly name: string;
  readonly digest: string;
  readonly quantisation: string | undefined;
  /** Upper bound on the context window, in tokens. */
  readonly contextTokens: number;
  /** Called with 0 to 1. */
  onProgress(fraction: number): void;
  readonly signal: AbortSignal;
}

export interface LibraryOptions {
  /** Data folder, absolute; models are in its folder `models`. */
  readonly home: string;
  /** Catalogue id, id of a file in the models folder, or path of a GGUF file. */
  readonly model?: string | undefined;
  /** Upper bound on the context window, in tokens; a longer one takes memory that few chats use. */
  readonly contextTokens?: number | undefined;
  load(request: LoadRequest): Promise<Engine>;
  /** What an engine would compute on: "cuda", "vulkan", "metal" or false. */
  findGpu?(signal: AbortSignal): Promise<{ readonly gpu: string | false }>;
  log(line: string, error?: unknown): void;
  readonly hub?: Hub;
  readonly catalogue?: readonly CatalogueModel[];
}

interface Failure {
  readonly error: CharlaError;
  readonly times: number;
  readonly stamp: string;
}

const DEFAULT_CONTEXT = 8192;
/** A driver that does not answer within so many milliseconds counts as none. */
const GPU_MS = 5000;
/** A load that was cut short may do better the next time, but not for ever. */
const MAX_LOADS = 3;

/** All models, and what this machine has for them. */
export interface Models {
  readonly machine: Machine;
  /** The model that answers when a turn names none. */
  readonly current: string;
  /** The best model of the catalogue that this machine runs well. */
  readonly recommended: string | null;
  readonly models: Model[];
}

export class Library implements Engines {
  /** The model that is downloaded when none is chosen. */
  readonly starter = STARTER;
  readonly #options: LibraryOptions;
  readonly #catalogue: readonly CatalogueModel[];
  readonly #store: Store;
  readonly #shelf: Shelf;
  readonly #loader: Loader;
  readonly #downloads: Downloads;
  readonly #closing = new AbortController();
  /** Aborted when another model is chosen to answer. */
  #choice = new AbortController();
  readonly #listeners = new Set<() => void>();
  /** Why a file did not load, and how often in a row, for as long as it stays the same file. */
  readonly #failures = new Map<string, Failure>();
  #verifying: { readonly id: string; readonly received: number } | undefined;
  #current: Chosen;
  #gpu: Promise<string | null> | undefined;

  constructor(options: LibraryOptions) {
    const { home, model, catalogue = CATALOGUE, hub = hubFrom(process.env) } = options;
    const path = model !== undefined && isPath(model) ? resolve(model) : undefined;
    this.#options = options;
    this.#catalogue = catalogue;
    this.#store = new Store(home);
    const last = model === undefined ? this.#store.last() : undefined;
    this.#shelf = new Shelf(this.#store, catalogue, path ?? last?.path);
    const onChange = () => this.#changed();
    this.#downloads = new Downloads({ store: this.#store, hub, onChange });
    this.#loader = new Loader({ load: this.#load.bind(this), onChange });
    this.#current = last ?? this.#default(model ?? STARTER, path);
  }

  #default(model: string, path: string | undefined): Chosen {
    const known = this.#catalogue.find((one) => one.id === model || this.#pathOf(one) === path);
    if (known) return { id: known.id, path: this.#pathOf(known) };
    if (path === undefined) return { id: model, path: this.#store.path(`${model}.gguf`) };
    const taken = new Set(this.#catalogue.map(({ id }) => id));
    return { id: unique(idOf(path), taken), path };
  }

  #pathOf(model: CatalogueModel): string {
    return this.#store.path(model.hub.file);
  }

  /**
   * Makes the default model ready in the background: downloads it if the catalogue has it, and
   * loads it. What goes wrong is in `status()`, except a model that cannot be meant.
   *
   * @throws CharlaError `model_not_found`, `model_file_missing`, `model_file_invalid` and its like
   */
  async start(): Promise<void> {
    const entry = await this.#find(this.#current.id);
    if (entry.gguf instanceof CharlaError) throw entry.gguf;
    void this.#prepare(entry).catch((thrown) => {
      if (!this.#closing.signal.aborted) this.#options.log("the model is not ready", thrown);
    });
  }

  async #prepare({ id, bytes, catalogue }: Entry): Promise<void> {
    if (bytes === undefined && catalogue) await this.#downloads.start(catalogue).done;
    // Another one may have been chosen meanwhile.
    if (this.#current.id === id) await this.#loadChosen(id);
  }

  /** Loads the model that is to answer, until another one is. */
  async #loadChosen(id: string): Promise<void> {
    const before = this.#choice;
    this.#choice = new AbortController();
    const { signal } = this.#choice;
    const loading = this.#loader.load(id, AbortSignal.any([this.#closing.signal, signal]));
    before.abort();
    await loading.catch((thrown) => {
      if (!signal.aborted) throw thrown;
    });
  }

  async get(model: string | undefined, signal: AbortSignal): Promise<Engine> {
    const id = model ?? this.#current.id;
    if (this.#loader.loaded?.id !== id) await this.#usable(id);
    return this.#loader.get(id, signal);
  }

  async list(): Promise<readonly ModelCard[]> {
    const { loaded } = this.#loader;
    const entries = (await this.#shelf.entries()).filter(
      ({ bytes, gguf }) => bytes !== undefined && !(gguf instanceof CharlaError),
    );
    return Promise.all(
      entries.map(async (entry) => {
        if (loaded?.id === entry.id) return loaded;
        const { id, name, contextWindow, quantisation, digest } = await this.#describe(entry);
        const known = { quantisation, digest: digest ?? undefined };
        const window = Math.min(this.#contextTokens, contextWindow);
        return { id, name, contextWindow: window, ...known, device: "not loaded" };
      }),
    );
  }

  status(): EngineStatus {
    const { loaded, loading } = this.#loader;
    if (loaded) return { state: "ready", model: loaded };
    const { id, path } = this.#current;
    if (loading) return { state: "loading", model: null, progress: loading.progress };
    const download = this.#downloads.get(id);
    if (download) {
      const { received, total } = download.progress;
      return { state: "downloading", model: null, progress: received / total };
    }
    const error = this.#failures.get(id)?.error ?? this.#downloads.error(id);
    if (error) return { state: "failed", model: null, error };
    if (this.#store.exists(path)) return { state: "loading", model: null };
    return { state: "missing", model: null, error: notInstalled(id) };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#downloads.close();
    await this.#loader.close();
    this.#changed();
  }

  /** Everything that the models panel shows. */
  async models(): Promise<Models> {
    await this.#store.prepare();
    const entries = await this.#shelf.entries();
    const here = await machine(this.#store.folder, await this.#findGpu());
    return {
      machine: here,
      current: this.#current.id,
      recommended: recommend(this.#catalogue, here),
      models: await Promise.all(entries.map((entry) => this.#describe(entry))),
    };
  }

  get #contextTokens(): number {
    return this.#options.contextTokens ?? DEFAULT_CONTEXT;
  }

  /** The loaded engine says it; before there is one, it takes a process of half a second, once. */
  async #findGpu(): Promise<string | null> {
    const { loaded } = this.#loader;
    if (loaded) return gpuName(loaded.device);
    const ask = async () => {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(GPU_MS)]);
      const found = await this.#options.findGpu?.(signal);
      return gpuName(found?.gpu || "");
    };
    // That the native library does not run is for `charla doctor` and the first load to tell.
    this.#gpu ??= ask().catch(() => null);
    return this.#gpu;
  }

  /** Resolves with the next change, or when the signal is aborted. */
  change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => {
      this.#listeners.delete(done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    this.#listeners.add(done);
    signal.addEventListener("abort", done);
    if (signal.aborted || this.#closing.signal.aborted) done();
    return promise;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Starts a download, or joins the one that runs; `done` settles with it. */
  async pull(id: string): Promise<{ model: Model; done: Promise<void> }> {
    const entry = await this.#find(id);
    if (!entry.catalogue) throw notDownloadable(entry.file);
    this.#failures.delete(id);
    const { done } = this.#downloads.start(entry.catalogue);
    return { model: await this.model(id), done };
  }

  /** Stops a download and keeps what has arrived. */
  async cancel(id: string): Promise<Model> {
    await this.#find(id);
    await this.#downloads.cancel(id);
    return this.model(id);
  }

  /** Makes a model the one that answers, and loads it in the background. */
  async use(id: string): Promise<Model> {
    this.#failures.delete(id);
    const { path } = await this.#usable(id);
    this.#current = { id, path };
    await this.#store.remember(this.#current);
    void this.#loadChosen(id).catch((thrown) => {
      if (!this.#closing.signal.aborted) this.#options.log(`${id} did not load`, thrown);
    });
    return this.model(id);
  }

  /** Removes a model's file and what has been downloaded of it. */
  async remove(id: string): Promise<Model | undefined> {
    const entry = await this.#find(id);
    const { loaded, loading } = this.#loader;
    if (this.#downloads.get(id)) throw downloading(entry.name);
    if (loaded?.id === id || loading?.id === id) throw inUse(entry.name);
    if (entry.path !== this.#store.path(entry.file)) throw notOurs(entry.path);
    await this.#store.remove(entry.file);
    this.#failures.delete(id);
    this.#changed();
    return entry.catalogue ? this.model(id) : undefined;
  }

  /**
   * Reads every byte of a model's file and compares its digest.
   *
   * @returns the SHA-256
   * @throws CharlaError `model_file_broken`, `model_not_installed`, `model_not_found`
   */
  async verify(
    id: string,
    signal: AbortSignal,
    onBytes: (bytes: number, of: number) => void,
  ): Promise<string> {
    const { path, bytes, catalogue, gguf } = await this.#find(id);
    if (bytes === undefined) throw notInstalled(id);
    if (gguf instanceof CharlaError) throw gguf;
    const digest = catalogue?.digest ?? null;
    const report = (read: number) => onBytes(read, bytes);
    return this.#store.verify(path, digest, signal, { again: true, onBytes: report });
  }

  /** Path of a model's file. @throws CharlaError `model_not_installed`, `model_not_found` */
  async path(id: string): Promise<string> {
    return (await this.#usable(id)).path;
  }

  /** @throws CharlaError `model_not_found` */
  async model(id: string): Promise<Model> {
    return this.#describe(await this.#find(id));
  }

  async #describe(entry: Entry): Promise<Model> {
    const { id, bytes, catalogue, file, path } = entry;
    const { loaded, loading } = this.#loader;
    const partial = catalogue && (await this.#store.bytes(this.#store.path(`${file}.part`)));
    const known =
      bytes === undefined ? undefined : await this.#store.recall(path, catalogue?.digest ?? null);
    return describe(entry, {
      ...{ known, partial },
      download: this.#downloads.get(id),
      loaded: loaded?.id === id,
      loading: loading?.id === id,
      verified: this.#verifying?.id === id ? this.#verifying.received : undefined,
      error: this.#failures.get(id)?.error ?? this.#downloads.error(id),
    });
  }

  async #find(id: string): Promise<Entry> {
    const entry = (await this.#shelf.entries()).find((one) => one.id === id);
    if (!entry) throw modelNotFound(id);
    return entry;
  }

  /** The entry of a model that can be loaded now, or the reason why it cannot. */
  async #usable(id: string): Promise<Entry> {
    const entry = await this.#find(id);
    const download = this.#downloads.get(id);
    if (download) throw downloading(entry.name, download.progress);
    if (entry.gguf instanceof CharlaError) throw entry.gguf;
    if (entry.bytes === undefined) throw this.#downloads.error(id) ?? notInstalled(id);
    const failure = this.#failures.get(id);
    const final = failure && !failure.error.retryable;
    if (final && failure.stamp === (await stampOf(entry.path))) throw failure.error;
    return entry;
  }

  /** Called by the loader: checks the file and starts the engine. */
  async #load(
    id: string,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<Engine> {
    const entry = await this.#usable(id);
    const { path, name, catalogue } = entry;
    const stamp = await stampOf(path);
    try {
      const onBytes = (received: number) => {
        this.#verifying = { id, received };
        this.#changed();
      };
      const pinned = catalogue?.digest ?? null;
      const digest = await this.#store.verify(path, pinned, signal, { onBytes });
      this.#verifying = undefined;
      const { quantisation } = await this.#describe(entry);
      signal.throwIfAborted();
      const engine = await this.#options.load({
        ...{ path, id, name, digest, quantisation, onProgress, signal },
        contextTokens: this.#contextTokens,
      });
      this.#failures.delete(id);
      return engine;
    } catch (thrown) {
      if (signal.aborted) throw cancelled();
      const cause = thrown instanceof CharlaError ? thrown : loadFailed(name, thrown);
      const before = this.#failures.get(id);
      const times = before?.stamp === stamp ? before.times + 1 : 1;
      const last = cause.retryable && times === MAX_LOADS;
      const error = last ? loadGivenUp(name, times, cause) : cause;
      this.#failures.set(id, { error, times, stamp });
      throw error;
    } finally {
      this.#verifying = undefined;
    }
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function isPath(model: string): boolean {
  return /[\\/]|\.gguf$/i.test(model);
}

async function stampOf(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path);
  return `${size} ${mtimeMs} ${ino}`;
}
