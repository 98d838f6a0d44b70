/**
 * The library: all models and adapters with their state, downloads, and the engines in memory. It
 * is what the server asks for an engine, and what the models feature shows.
 */
import { resolve } from "node:path";
import type { Engine, EngineStatus, Engines } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { EngineLoad } from "../../core/extras.ts";
import { modelNotFound } from "../../core/refusals.ts";
import type { ModelCard } from "../../core/types.ts";
import { type Adapter, Adapters } from "./adapters.ts";
import { dropPieces, linkFile, takePiece } from "./arrivals.ts";
import { CATALOGUE, type CatalogueModel, STARTER } from "./catalogue.ts";
import { describe, type Model } from "./describe.ts";
import { Downloads } from "./downloads.ts";
import { downloading, inUse, notDownloadable, notInstalled, notOurs } from "./errors.ts";
import { unsupported } from "./gguf.ts";
import { type Hub, hubFrom } from "./hub.ts";
import { Loader } from "./loader.ts";
import { gpuName, type Machine, machine, memoryBudget, recommend } from "./machine.ts";
import { findOnHub, isLocal } from "./named.ts";
import { Opener, type OpenerOptions } from "./opener.ts";
import { type Entry, type Format, idOf, modelHeader, Shelf, unique } from "./shelf.ts";
import { type Chosen, Store } from "./store.ts";

export interface LibraryOptions extends Pick<OpenerOptions, "load" | "kvBytes"> {
  /** Data folder, absolute; models are in its folder `models`. */
  readonly home: string;
  /** Catalogue id, id of a file in the models folder, or path of a GGUF file. */
  readonly model?: string | undefined;
  /** Upper bound on the context window, in tokens; a longer one takes memory that few chats use. */
  readonly contextTokens?: number | undefined;
  /** Bytes that Charla may take of the machine's memory; all of it when absent. */
  readonly machineBytes?: number | undefined;
  /** Bytes of memory for all models together; a share of the machine's when absent. */
  readonly memoryBytes?: number | undefined;
  /** What an engine would compute on: "cuda", "vulkan", "metal" or false. */
  findGpu?(signal: AbortSignal): Promise<{ readonly gpu: string | false }>;
  log(line: string, error?: unknown): void;
  /** Beside GGUF; `load` has to know them, too. */
  readonly formats?: readonly Format[];
  readonly hub?: Hub;
  readonly catalogue?: readonly CatalogueModel[];
}

const DEFAULT_CONTEXT = 8192;
/** A driver that does not answer within so many milliseconds counts as none. */
const GPU_MS = 5000;

/** All models, and what this machine has for them. */
export interface Models {
  readonly machine: Machine;
  /** The model that answers when a turn names none. */
  readonly current: string;
  /** The best model of the catalogue that this machine runs well. */
  readonly recommended: string | null;
  readonly models: Model[];
  readonly adapters: Adapter[];
}

export class Library implements Engines {
  /** The model that is downloaded when none is chosen. */
  readonly starter = STARTER;
  readonly #options: LibraryOptions;
  readonly #offered: readonly CatalogueModel[];
  /** Those that are offered, and what somebody has named. */
  readonly #catalogue: CatalogueModel[];
  readonly #hub: Hub;
  readonly #store: Store;
  readonly #shelf: Shelf;
  readonly #adapters: Adapters;
  readonly #opener: Opener;
  readonly #loader: Loader;
  readonly #downloads: Downloads;
  readonly #closing = new AbortController();
  /** Aborted when another model is chosen to answer. */
  #choice = new AbortController();
  readonly #listeners = new Set<() => void>();
  #current: Chosen;
  #gpu: Promise<string | null> | undefined;

  constructor(options: LibraryOptions) {
    const { home, model, catalogue = CATALOGUE, hub = hubFrom(process.env) } = options;
    const { memoryBytes: budget = memoryBudget(undefined, options.machineBytes) } = options;
    const path = model !== undefined && isPath(model) ? resolve(model) : undefined;
    this.#options = options;
    this.#store = new Store(home);
    this.#hub = hub;
    this.#offered = catalogue;
    this.#catalogue = [...catalogue, ...this.#store.added()];
    const last = model === undefined ? this.#store.last() : undefined;
    const { formats = [] } = options;
    this.#shelf = new Shelf(this.#store, this.#catalogue, path ?? last?.path, formats);
    this.#adapters = new Adapters(this.#shelf, this.#store);
    const onChange = () => this.#changed();
    this.#downloads = new Downloads({ store: this.#store, hub, onChange });
    const { load, kvBytes } = options;
    this.#opener = new Opener({
      ...{ store: this.#store, adapters: this.#adapters, load, onChange },
      ...(kvBytes && { kvBytes }),
      header: (path) => modelHeader(path, formats),
      contextTokens: this.#contextTokens,
    });
    this.#loader = new Loader({
      ...{ budget, onChange },
      size: async (id) => this.#opener.size(await this.#find(id)),
      load: async (id, ...rest) => this.#opener.open(await this.#usable(id), ...rest),
    });
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
    if (!this.#loader.engine(id)) await this.#usable(id);
    return this.#loader.get(id, signal);
  }

  async list(): Promise<readonly ModelCard[]> {
    const entries = (await this.#shelf.entries()).filter(
      ({ bytes, gguf }) => bytes !== undefined && !(gguf instanceof CharlaError),
    );
    return Promise.all(
      entries.map(async (entry) => {
        const loaded = this.#loader.engine(entry.id);
        const tools = !(entry.gguf instanceof CharlaError) && entry.gguf?.tools;
        if (loaded) return { ...loaded.card, tools };
        const { id, name, contextWindow, quantisation, digest } = await this.#describe(entry);
        const known = { quantisation, digest: digest ?? undefined };
        const window = Math.min(this.#contextTokens, contextWindow);
        return { id, name, contextWindow: window, ...known, tools, device: "not loaded" };
      }),
    );
  }

  status(): EngineStatus {
    const { id, path } = this.#current;
    const card = this.#loader.engine(id)?.card;
    if (card) return { state: "ready", model: card };
    const progress = this.#loader.progress(id);
    if (progress !== undefined) return { state: "loading", model: null, progress };
    const download = this.#downloads.get(id);
    if (download) {
      const { received, total } = download.progress;
      return { state: "downloading", model: null, progress: received / total };
    }
    const error = this.#opener.error(id) ?? this.#downloads.error(id);
    if (error) return { state: "failed", model: null, error };
    // It made room for another one, and comes back when it is asked.
    const before = this.#opener.card(id);
    if (before) return { state: "ready", model: before };
    if (this.#store.exists(path)) return { state: "loading", model: null };
    return { state: "missing", model: null, error: notInstalled(id) };
  }

  loads(): readonly EngineLoad[] {
    return this.#loader.engines.flatMap((engine) => engine.load?.() ?? []);
  }

  forget(): Promise<void> {
    return this.#loader.forget();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#downloads.close();
    await this.#loader.close();
    this.#changed();
  }

  /** Everything that the models panel shows. */
  async models(): Promise<Models> {
    await this.#store.find();
    const entries = await this.#shelf.entries();
    const { machineBytes } = this.#options;
    const here = await machine(this.#store.folder, await this.#findGpu(), machineBytes);
    return {
      machine: here,
      current: this.#current.id,
      recommended: recommend(this.#offered, here),
      models: await Promise.all(entries.map((entry) => this.#describe(entry))),
      adapters: await this.#adapters.list(entries),
    };
  }

  get #contextTokens(): number {
    return this.#options.contextTokens ?? DEFAULT_CONTEXT;
  }

  /** A loaded engine says it; before there is one, it takes a process of half a second, once. */
  async #findGpu(): Promise<string | null> {
    const [loaded] = this.#loader.engines;
    if (loaded) return gpuName(loaded.card.device);
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
    const catalogue = await this.#downloadable(id);
    this.#opener.forget(id);
    const { done } = this.#downloads.start(catalogue);
    return { model: await this.model(id), done };
  }

  /** @throws CharlaError `model_not_downloadable`, `model_not_found` */
  async mayPull(id: string): Promise<void> {
    await this.#downloadable(id);
  }

  /**
   * Makes a model known that the hub has, or a file on this machine.
   *
   * @param address as `named.ts` has it, or the whole path of a file
   * @throws CharlaError `model_address_unknown` and what else `findOnHub` and `linkFile` throw
   */
  async name(address: string, signal: AbortSignal): Promise<Model> {
    if (isLocal(address)) {
      const file = await linkFile(this.#store, address);
      const linked = await this.#arrived(file);
      // An adapter is no model.
      if (!linked) throw unsupported(file, "LoRA");
      return linked;
    }
    const taken = new Set((await this.#shelf.entries()).map(({ id }) => id));
    const found = await findOnHub(this.#hub, address, (file) => unique(idOf(file), taken), signal);
    const known = (await this.#shelf.entries()).find(({ file }) => file === found.hub.file);
    if (known) return this.model(known.id);
    this.#catalogue.push(found);
    await this.#store.keepAdded(this.#catalogue.filter(({ added }) => added));
    this.#changed();
    return this.model(found.id);
  }

  /** Takes a piece of a file that is sent; the model, once one is whole. @throws as `takePiece` */
  async take(
    file: string,
    where: { readonly at: number; readonly total: number },
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<{ received: number; model: Model | null }> {
    const received = await takePiece(this.#store, file, where, bytes);
    return { received, model: received === where.total ? await this.#arrived(file) : null };
  }

  /** Removes what has come of a file. */
  drop(file: string): Promise<void> {
    return dropPieces(this.#store, file);
  }

  /** Null for an adapter, which stands in another list. */
  async #arrived(file: string): Promise<Model | null> {
    this.#changed();
    const path = this.#store.path(file);
    const entry = (await this.#shelf.entries()).find((one) => one.path === path);
    return entry ? this.#describe(entry) : null;
  }

  async #downloadable(id: string): Promise<CatalogueModel> {
    const { catalogue, file } = await this.#find(id);
    if (!catalogue) throw notDownloadable(file);
    return catalogue;
  }

  /** Stops a download and keeps what has arrived. */
  async cancel(id: string): Promise<Model> {
    await this.#find(id);
    await this.#downloads.cancel(id);
    return this.model(id);
  }

  /** Makes a model the one that answers, and loads it in the background. */
  async use(id: string): Promise<Model> {
    this.#opener.forget(id);
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
    if (this.#downloads.get(id)) throw downloading(entry.name);
    if (entry.path !== this.#store.path(entry.file)) throw notOurs(entry.path);
    const chosen = this.#current.id === id && this.#loader.engine(id) !== undefined;
    if (chosen || !(await this.#loader.unload(id))) throw inUse(entry.name);
    await this.#store.remove(entry.file);
    this.#opener.forget(id);
    this.#changed();
    if (entry.catalogue?.added) {
      this.#catalogue.splice(this.#catalogue.indexOf(entry.catalogue), 1);
      await this.#store.keepAdded(this.#catalogue.filter(({ added }) => added));
      return undefined;
    }
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
    const partial = catalogue && (await this.#store.bytes(this.#store.path(`${file}.part`)));
    const known =
      bytes === undefined ? undefined : await this.#store.recall(path, catalogue?.digest ?? null);
    return describe(entry, {
      ...{ known, partial },
      download: this.#downloads.get(id),
      loaded: this.#loader.engine(id) !== undefined,
      loading: this.#loader.progress(id),
      verified: this.#opener.verified(id),
      error: this.#opener.error(id) ?? this.#downloads.error(id),
      standIn: (this.#loader.engine(id)?.card ?? this.#opener.card(id))?.standIn,
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
    await this.#opener.check(entry);
    return entry;
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function isPath(model: string): boolean {
  return /[\\/]|\.gguf$/i.test(model);
}
