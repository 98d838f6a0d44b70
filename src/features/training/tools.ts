/** What training needs of the engine and its files; `src/engines.ts` gives it. */
import type { Engine, Engines } from "../../core/engine.ts";
import type { Quantising, Tally } from "../../core/quantising.ts";

export interface Tools {
  /**
   * A model of the library by its id, or the one that answers by default, which is fetched if it is
   * not there; null where models are no files of this machine.
   *
   * @throws CharlaError `model_not_found`, `model_not_installed`
   */
  find(id: string | undefined): Promise<{ readonly id: string; readonly path: string } | null>;
  /** Bytes that may still be written in a folder. */
  freeBytes(folder: string): Promise<number>;
  /** Reads the header of a GGUF file. @throws CharlaError when it is not a whole model */
  inspect(path: string): Promise<Header>;
  /** Names a model's vocabulary by its digest. @throws CharlaError as `inspect` */
  vocabulary(path: string): Promise<string>;
  /** Writes `output`, which is incomplete when it throws. */
  quantise(job: Quantising): Promise<Tally>;
  /**
   * Adds an adapter to the weights of a file of 32-bit floats, which is useless if this throws.
   *
   * @throws CharlaError `adapter_mismatch`
   */
  addLora(merging: Merging): Promise<void>;
  /** An engine of its own for a file, with an adapter that it knows by its id. */
  openAlone(
    path: string,
    options: {
      readonly adapter?: { readonly id: string; readonly path: string; readonly digest: string };
      readonly signal: AbortSignal;
    },
  ): Promise<Engine>;
}

/** What a model's file says of itself. */
export interface Header {
  readonly name: string | undefined;
  readonly quantisation: string;
  readonly licence?: string | undefined;
  /** Of one that was made of a run here. */
  readonly merged: { readonly run: string } | undefined;
}

interface Merging {
  /** Paths of the model and the adapter. */
  readonly path: string;
  readonly adapter: string;
  readonly signal: AbortSignal;
  /** Bytes of matrices that are done, of all that are changed. */
  progress(done: number, total: number): void;
}

/** @param served the engines of a server, whose files are meant; else those of the settings */
export type MakeTools = (
  log: (line: string, error?: unknown) => void,
  served?: Engines,
) => Promise<Tools>;
