/** Writing a model's file in a smaller type: what the engine's part and the feature say of it. */

/**
 * Types that people know and the engine can write, the largest first. Left out are those that need
 * an importance matrix, or a model that was trained for them.
 */
// biome-ignore format: a list of short names
export const QUANTISED_TYPES = [
  "F32", "F16", "BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_K_S", "Q5_1", "Q5_0", "Q4_K_M", "Q4_K_S",
  "IQ4_NL", "IQ4_XS", "Q4_1", "Q4_0", "Q3_K_L", "Q3_K_M", "Q3_K_S", "IQ3_M", "IQ3_S", "Q2_K",
] as const;
export type QuantisedType = (typeof QUANTISED_TYPES)[number];

export interface Quantising {
  /** Paths of GGUF files. */
  readonly input: string;
  readonly output: string;
  readonly type: QuantisedType;
  /** Also tensors that are quantised already. */
  readonly allowRequantize: boolean;
  /** Texts of its header by their keys, new or in the place of the input's; up to 127 bytes each. */
  readonly says?: Readonly<Record<string, string>>;
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
