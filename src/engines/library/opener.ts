/**
 * Opens models: checks the file, starts an engine with the adapters that fit, and remembers what
 * did not load, so that it is not tried for ever.
 */
import { stat } from "node:fs/promises";
import type { Engine } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Extras, ModelCard } from "../../core/types.ts";
import { cancelled } from "../errors.ts";
import type { AdapterFile, Adapters } from "./adapters.ts";
import { isStarter } from "./catalogue.ts";
import { loadFailed, loadGivenUp } from "./errors.ts";
import type { Gguf } from "./gguf.ts";
import { kvBytes, OVERHEAD_BYTES } from "./machine.ts";
import type { Entry } from "./shelf.ts";
import type { Loaded } from "./slots.ts";
import type { Store } from "./store.ts";

export interface LoadRequest {
  readonly path: string;
  readonly id: string;
  readonly name: string;
  readonly digest: string;
  readonly quantisation: string | undefined;
  /** Upper bound on the context window, in tokens. */
  readonly contextTokens: number;
  /** Whether it is the model that is brought along. */
  readonly starter: boolean;
  /** The file's header. */
  readonly gguf: Gguf;
  /** Those that fit the model. */
  readonly adapters: readonly AdapterFile[];
  /** Called with 0 to 1. */
  onProgress(fraction: number): void;
  readonly signal: AbortSignal;
}

export interface OpenerOptions {
  readonly store: Store;
  readonly adapters: Adapters;
  /** Upper bound on the context window, in tokens. */
  readonly contextTokens: number;
  /** The header of a model's file. */
  header(path: string): Promise<Gguf>;
  load(request: LoadRequest): Promise<Engine>;
  /** Bytes that an engine would have beside its file: of the KV cache; one window of it when absent. */
  kvBytes?(model: Pick<LoadRequest, "path" | "gguf">): Promise<number>;
  /** Called whenever `verified` has changed. */
  onChange(): void;
}

/** Why a file did not load, and how often in a row, for as long as it stays the same file. */
interface Failure {
  readonly error: CharlaError;
  readonly times: number;
  readonly stamp: string;
}

/** A load that was cut short may do better the next time, but not for ever. */
const MAX_LOADS = 3;

export class Opener {
  readonly #options: OpenerOptions;
  readonly #failures = new Map<string, Failure>();
  readonly #cards = new Map<string, ModelCard>();
  readonly #verified = new Map<string, number>();

  constructor(options: OpenerOptions) {
    this.#options = options;
  }

  /** What a model was when it was in memory last. */
  card(id: string): ModelCard | undefined {
    return this.#cards.get(id);
  }

  /** Bytes that have been checked, while a file is checked before it is loaded. */
  verified(id: string): number | undefined {
    return this.#verified.get(id);
  }

  /** Why a model did not load the last time. */
  error(id: string): CharlaError | undefined {
    return this.#failures.get(id)?.error;
  }

  /** Somebody wants another try. */
  forget(id: string): void {
    this.#failures.delete(id);
  }

  /** @throws CharlaError what went wrong, for a file that is not worth another try */
  async check({ id, path }: Entry): Promise<void> {
    const failure = this.#failures.get(id);
    const final = failure && !failure.error.retryable;
    if (final && failure.stamp === (await stampOf(path))) throw failure.error;
  }

  /** Bytes of memory that a model takes, about. */
  async size({ path, bytes = 0 }: Entry): Promise<number> {
    const { contextTokens, header, kvBytes: reserved } = this.#options;
    // What is wrong with the file is for the load to say.
    const gguf = await header(path).catch(() => undefined);
    if (!gguf) return bytes;
    const kv = (await reserved?.({ path, gguf })) ?? kvBytes(gguf, contextTokens);
    return bytes + kv + OVERHEAD_BYTES;
  }

  /** Checks the file and starts the engine. */
  async open(
    entry: Entry,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<Loaded> {
    const { id, path, name } = entry;
    const stamp = await stampOf(path);
    try {
      const loaded = await this.#start(entry, onProgress, signal);
      this.#failures.delete(id);
      this.#cards.set(id, loaded.engine.card);
      return loaded;
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
      this.#verified.delete(id);
    }
  }

  async #start(
    { id, path, name, catalogue }: Entry,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<Loaded> {
    const { store, adapters, contextTokens, header, load, onChange } = this.#options;
    const onBytes = (bytes: number) => {
      this.#verified.set(id, bytes);
      onChange();
    };
    const digest = await store.verify(path, catalogue?.digest ?? null, signal, { onBytes });
    this.#verified.delete(id);
    const gguf = await header(path);
    const given = await adapters.fitting(gguf, signal);
    signal.throwIfAborted();
    const quantisation = catalogue?.quantisation ?? gguf.quantisation;
    const starter = isStarter(id, digest);
    const about = { id, path, name, digest, quantisation, starter, gguf, adapters: given };
    const engine = await load({ ...about, contextTokens, onProgress, signal });
    const outdated = async ({ adapter }: Extras) => {
      if (adapter === undefined) return false;
      const { digest } = await adapters.find(adapter, gguf, name);
      return !given.some((one) => one.id === adapter && one.digest === digest);
    };
    return { engine, outdated };
  }
}

async function stampOf(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path);
  return `${size} ${mtimeMs} ${ino}`;
}
