/** What measuring needs of the engine and its files; `src/engines.ts` gives it. */
import type { Engine } from "../../core/engine.ts";
import type { Quantising, Tally } from "../../core/quantising.ts";

/** What a model's file says of itself. */
export interface Header {
  readonly architecture: string;
  readonly name: string | undefined;
  readonly quantisation: string;
  /** How many numbers it holds; what two layers share counts once. */
  readonly parameters: number;
}

export interface Tools {
  /** Reads the header of a GGUF file. @throws CharlaError when it is not a whole model */
  inspect(path: string): Promise<Header>;
  /** Writes `output`, which is incomplete when it throws. */
  quantise(job: Quantising): Promise<Tally>;
  /** Bytes that may still be written in a folder. */
  freeBytes(folder: string): Promise<number>;
  /**
   * A model of the library by its id, or the one that answers by default, which is fetched if it is
   * not there; null where models are no files of this machine.
   *
   * @throws CharlaError `model_not_found`, `model_not_installed`
   */
  find(id: string | undefined): Promise<{ readonly id: string; readonly path: string } | null>;
  /** An engine of its own for a file, all of the machine to itself. */
  openAlone(path: string, options: AloneOptions): Promise<Engine>;
}

export interface AloneOptions {
  /** A LoRA adapter, known to the engine by this name. */
  readonly adapter?: { readonly id: string; readonly path: string; readonly digest: string };
  readonly signal: AbortSignal;
}
