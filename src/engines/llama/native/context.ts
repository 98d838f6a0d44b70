/**
 * A KV cache with several sequences, and what is computed on it. Each sequence has a part of the
 * cache of its own (`kv_unified` is off), so that attention never looks at others' cells.
 */
import {
  type BatchStruct,
  type ContextParams,
  elsewhere,
  float32At,
  int8At,
  int32At,
  type Pointer,
  pointersAt,
} from "./api.ts";
import type { Model } from "./model.ts";
import { type Pool, threadPool } from "./threads.ts";

/** Arrays that are kept; a text that is scored has more outputs than it is worth to remember. */
const MOST_OUTPUTS = 256;

/** Tokens to be computed together, in the library's memory; filled again and again. */
class Batch {
  readonly struct: BatchStruct;
  readonly #token: Int32Array;
  readonly #position: Int32Array;
  readonly #sequence: readonly Int32Array[];
  readonly #output: Int8Array;

  constructor(model: Model, capacity: number) {
    this.struct = model.api.batchNew(capacity, 0, 1);
    const { token, pos, n_seq_id, seq_id, logits } = this.struct;
    this.#token = int32At(token, capacity);
    this.#position = int32At(pos, capacity);
    int32At(n_seq_id, capacity).fill(1);
    this.#sequence = [...pointersAt(seq_id, capacity)].map((one) => int32At(one, 1));
    this.#output = int8At(logits, capacity);
  }

  add(token: number, position: number, sequence: number, output: boolean): number {
    const index = this.struct.n_tokens++;
    this.#token[index] = token;
    this.#position[index] = position;
    (this.#sequence[index] as Int32Array)[0] = sequence;
    this.#output[index] = output ? 1 : 0;
    return index;
  }
}

export type ContextOptions = Partial<ContextParams>;

export class Context {
  readonly #model: Model;
  readonly #pointer: Pointer;
  readonly #memory: Pointer;
  readonly #batch: Batch;
  readonly #pool: Pool | undefined;
  /**
   * Arrays over the logits, by address. Each new one counts as memory that the collector could give
   * back, so one for every token would have it look for garbage every few seconds.
   */
  readonly #logits = new Map<Pointer, Float32Array>();
  #adapter: Pointer | undefined;

  /** @throws Error when there is not enough memory for it */
  constructor(model: Model, options: ContextOptions) {
    const { api } = model;
    const params = { ...api.contextDefaults(), ...options, kv_unified: false } as ContextParams;
    const pointer = api.contextNew(model.pointer, params);
    if (pointer === null) throw new Error("llama.cpp did not make a context of this size");
    this.#model = model;
    this.#pointer = pointer;
    this.#memory = api.contextMemory(pointer);
    this.#batch = new Batch(model, params.n_batch);
    this.#pool = threadPool(api.path, Math.max(params.n_threads, params.n_threads_batch));
    if (this.#pool) api.attachThreads(pointer, this.#pool.pointer, this.#pool.pointer);
  }

  get poolingType(): number {
    return this.#model.api.poolingType(this.#pointer);
  }

  /**
   * Adds a token to the next batch.
   *
   * @param output whether the logits after this token are wanted
   * @returns its index, for `logits`
   */
  add(token: number, position: number, sequence: number, output: boolean): number {
    return this.#batch.add(token, position, sequence, output);
  }

  /** Computes the batch. @throws Error after which the context must not be used any more */
  async decode(): Promise<void> {
    const { struct } = this.#batch;
    const code = await elsewhere(this.#model.api.decode, this.#pointer, struct);
    struct.n_tokens = 0;
    if (code !== 0) throw new Error(`llama.cpp could not compute a batch (code ${code})`);
  }

  /**
   * Logits after the last batch's token of this index, one for each token of the vocabulary. They are
   * the library's memory: good until the next batch, and to be changed freely.
   */
  logits(index: number): Float32Array {
    const at = this.#model.api.logitsAt(this.#pointer, index);
    if (at === null) throw new Error(`no logits were computed for index ${index} of the batch`);
    const known = this.#logits.get(at);
    if (known) return known;
    const made = float32At(at, this.#model.vocabSize);
    // The library puts all outputs into one block, which it may have to make larger.
    if (this.#logits.size >= MOST_OUTPUTS) this.#logits.clear();
    this.#logits.set(at, made);
    return made;
  }

  /** The pooled embedding of a sequence: a copy. */
  embedding(sequence: number): Float32Array {
    const at = this.#model.api.embeddingOf(this.#pointer, sequence);
    if (at === null) throw new Error("this model gives no embeddings");
    return float32At(at, this.#model.embeddingSize).slice();
  }

  /** What the last layer gave for the last batch's token of this index, where nothing is pooled. */
  embeddingAt(index: number): Float32Array {
    const at = this.#model.api.embeddingAt(this.#pointer, index);
    if (at === null) throw new Error("this model gives no embeddings");
    return float32At(at, this.#model.embeddingSize);
  }

  /** Applies to every batch from now on. */
  applyAdapter(adapter: Pointer | undefined, scale: number): void {
    if (adapter === this.#adapter) return;
    const adapters = BigUint64Array.from(adapter === undefined ? [] : [adapter]);
    const scales = Float32Array.from(adapter === undefined ? [] : [scale]);
    const { api } = this.#model;
    const code = api.setAdapters(this.#pointer, adapters, adapters.length, scales);
    if (code !== 0) throw new Error(`llama.cpp did not take the adapter (code ${code})`);
    this.#adapter = adapter;
  }

  /**
   * Forgets a sequence from a position on.
   *
   * @returns false when the model's memory cannot be cut there; the sequence is empty then
   */
  cut(sequence: number, position: number): boolean {
    const { api } = this.#model;
    if (api.memoryRemove(this.#memory, sequence, position, -1)) return true;
    api.memoryRemove(this.#memory, sequence, -1, -1);
    return false;
  }

  /** A copy of a sequence's state; only this library, with this model, can read it. */
  save(sequence: number): Buffer {
    const { api } = this.#model;
    const size = api.stateSize(this.#pointer, sequence);
    const bytes = Buffer.allocUnsafeSlow(size);
    const written = api.stateGet(this.#pointer, bytes, size, sequence);
    return bytes.subarray(0, written);
  }

  /** Replaces a sequence's state; it is empty when that fails. */
  restore(sequence: number, state: Buffer): boolean {
    const { api } = this.#model;
    api.memoryRemove(this.#memory, sequence, -1, -1);
    if (api.stateSet(this.#pointer, state, state.length, sequence) > 0) return true;
    api.memoryRemove(this.#memory, sequence, -1, -1);
    return false;
  }

  /** Threads for a batch of one token, and for larger ones. */
  setThreads(single: number, batch: number): void {
    this.#model.api.setThreads(this.#pointer, single, batch);
  }

  free(): void {
    this.#model.api.batchFree(this.#batch.struct);
    this.#model.api.contextFree(this.#pointer);
    this.#pool?.free();
  }
}
