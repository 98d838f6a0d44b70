/** A model's weights in memory, its vocabulary, and the adapters loaded beside it. */
import { type Api, elsewhere, LOAD_MODE, type Pointer, progressCallback } from "./api.ts";
import { complaint } from "./open.ts";

/** enum llama_vocab_type: SentencePiece, which puts a space before the first word. */
const VOCAB_SPM = 1;
const FIRST_GUESS_BYTES = 64;

export interface ModelOptions {
  /** Keep the weights in physical memory. */
  readonly lockMemory: boolean;
  /** Layers on the GPU: all of them, or 0 for none. */
  readonly gpu: boolean;
  /** The header and the vocabulary, without weights. */
  readonly vocabularyOnly?: boolean;
  onProgress(fraction: number): void;
}

export class Model {
  readonly api: Api;
  readonly pointer: Pointer;
  readonly vocab: Pointer;
  /** Tokens of the vocabulary. */
  readonly vocabSize: number;
  readonly #pieces = new Map<number, Buffer>();

  private constructor(api: Api, pointer: Pointer) {
    this.api = api;
    this.pointer = pointer;
    this.vocab = api.modelVocab(pointer);
    this.vocabSize = api.vocabSize(this.vocab);
  }

  /** @throws Error when the library does not take the file */
  static async load(api: Api, path: string, options: ModelOptions): Promise<Model> {
    const progress = progressCallback((fraction) => {
      options.onProgress(fraction);
      return true;
    });
    try {
      complaint();
      const pointer = await elsewhere(api.modelLoad, path, {
        ...api.modelDefaults(),
        n_gpu_layers: options.gpu ? -1 : 0,
        load_mode: options.lockMemory ? LOAD_MODE.mmapLocked : LOAD_MODE.mmap,
        progress_callback: progress.pointer,
        vocab_only: options.vocabularyOnly === true,
      });
      if (pointer === null) throw new Error(`llama.cpp did not load the file${because()}`);
      return new Model(api, pointer);
    } finally {
      progress.unregister();
    }
  }

  /** A value of the file's header, as text. */
  metadata(key: string): string | undefined {
    const length = this.api.modelMetadata(this.pointer, key, null, 0);
    if (length < 0) return undefined;
    const bytes = Buffer.alloc(length + 1); // it ends with a zero
    this.api.modelMetadata(this.pointer, key, bytes, bytes.length);
    return bytes.toString("utf8", 0, length);
  }

  /** Context window that the model was trained for, in tokens. */
  get trainedTokens(): number {
    return this.api.modelTrainedTokens(this.pointer);
  }

  /** The token that opens every text, for models that were trained with one. */
  get opening(): readonly number[] {
    const { vocabAddsBos, vocabBos } = this.api;
    return vocabAddsBos(this.vocab) ? [vocabBos(this.vocab)] : [];
  }

  /** Numbers of an embedding. */
  get embeddingSize(): number {
    return this.api.modelEmbeddingSize(this.pointer);
  }

  /** Whether the end of a sequence can be forgotten; a recurrent state holds all or nothing. */
  get trims(): boolean {
    return !this.api.modelIsRecurrent(this.pointer) && !this.api.modelIsHybrid(this.pointer);
  }

  /** Whether the token ends an answer. */
  isEnd(token: number): boolean {
    return this.api.vocabIsEnd(this.vocab, token);
  }

  /** SentencePiece writes a space before the first word of a text. */
  get opensWithSpace(): boolean {
    return this.api.vocabType(this.vocab) === VOCAB_SPM;
  }

  /** Bytes of a token: text in UTF-8, or a part of a character. Control tokens have none. */
  piece(token: number): Buffer {
    const known = this.#pieces.get(token);
    if (known) return known;
    const write = (into: Buffer) =>
      this.api.tokenToPiece(this.vocab, token, into, into.length, 0, false);
    let bytes = Buffer.alloc(FIRST_GUESS_BYTES);
    let length = write(bytes);
    if (length < 0) {
      bytes = Buffer.alloc(-length);
      length = write(bytes);
    }
    const piece = Buffer.from(bytes.subarray(0, length));
    this.#pieces.set(token, piece);
    return piece;
  }

  /** @throws Error when the file is not an adapter of this model */
  async loadAdapter(path: string): Promise<Pointer> {
    const adapter = await elsewhere(this.api.adapterLoad, this.pointer, path);
    if (adapter === null) throw new Error(`llama.cpp did not load the adapter${because()}`);
    return adapter;
  }
}

function because(): string {
  const reason = complaint();
  return reason === undefined ? "" : `: ${reason}`;
}
