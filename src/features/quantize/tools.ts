/** What quantising needs of the engine and its files; `app.ts` gives it. */
import type { Engine } from "../../core/engine.ts";

export interface Tools {
  /** Names of the types that can be written, the largest first. */
  readonly types: readonly string[];
  /** Reads the header of a GGUF file. @throws CharlaError when it is not a whole model */
  inspect(path: string): Promise<{ readonly quantisation: string }>;
  /** Writes `output`, which is incomplete when it throws. */
  quantise(job: Job): Promise<Tally>;
  /** Bytes that may still be written in a folder. */
  freeBytes(folder: string): Promise<number>;
  /** An engine for a file, with what `score` needs. */
  open(path: string, signal: AbortSignal): Promise<Engine>;
}

export interface Job {
  readonly input: string;
  readonly output: string;
  readonly type: string;
  readonly allowRequantize: boolean;
  /** Write nothing, and find out what would be written. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Called after each tensor. */
  onProgress?(tally: Tally): void;
}

/** Bytes are of tensors. */
export interface Tally {
  readonly tensors: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Tensors that are given another type. */
  readonly converted: number;
  /** Tensors that have the type now. */
  readonly fitting: number;
  /** Tensors whose rows the type does not fit, so that they get another one of about its size. */
  readonly fallbacks: number;
}
