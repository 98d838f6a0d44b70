/** Writing a model's file in a smaller type: what the engine's part and the feature say of it. */

export interface Quantising {
  /** Paths of GGUF files. */
  readonly input: string;
  readonly output: string;
  /** "Q4_K_M": one of those that the engine can write. */
  readonly type: string;
  /** Also tensors that are quantised already. */
  readonly allowRequantize: boolean;
  /** Write nothing, and find out what would be written. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Called after each tensor. */
  onProgress?(tally: Tally): void;
}

/** Bytes are of the tensors, to 10 kB at the end; the library rounds those of each on the way. */
export interface Tally {
  readonly tensors: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Tensors that are given another type. */
  readonly converted: number;
  /** Tensors that have the type now. */
  readonly fitting: number;
  /** Tensors whose rows the type does not fit, so that they got another one of about its size. */
  readonly fallbacks: number;
}
