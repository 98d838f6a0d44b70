/** What training needs of the engine and its files; `src/engines.ts` gives it. */
import type { Engine, Engines } from "../../core/engine.ts";

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
  /** An engine of its own for a file, with an adapter that it knows by its id. */
  openAlone(
    path: string,
    options: {
      readonly adapter: { readonly id: string; readonly path: string; readonly digest: string };
      readonly signal: AbortSignal;
    },
  ): Promise<Engine>;
}

/** @param served the engines of a server, whose files are meant; else those of the settings */
export type MakeTools = (
  log: (line: string, error?: unknown) => void,
  served?: Engines,
) => Promise<Tools>;
