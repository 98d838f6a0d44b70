/** What the feature asks of a library of models; the one in `src/engines/library/` is passed in. */
import type { Engines } from "../../core/engine.ts";
import type { Model, Models } from "./api.ts";

export interface Library {
  /** Id of the model that is downloaded when none is named. */
  readonly starter: string;
  readonly closed: boolean;
  models(): Promise<Models>;
  /** @throws CharlaError `model_not_found`, as do those below */
  model(id: string): Promise<Model>;
  /** Resolves with the next change, or when the signal is aborted. */
  change(signal: AbortSignal): Promise<void>;
  /** @throws CharlaError `model_not_downloadable` for one that no hub has */
  mayPull(id: string): Promise<void>;
  /**
   * Makes a model known that a hub has, or a file on this machine, by its whole path.
   *
   * @throws CharlaError where that is no model
   */
  name(address: string, signal: AbortSignal): Promise<Model>;
  /** Takes a piece of a file that is sent; the model, once one is whole. @throws CharlaError */
  take(
    file: string,
    where: { readonly at: number; readonly total: number },
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly received: number; readonly model: Model | null }>;
  /** Removes what has come of a file. */
  drop(file: string): Promise<void>;
  /** Starts a download, or joins the one that runs; `done` settles with it. */
  pull(id: string): Promise<{ readonly model: Model; readonly done: Promise<void> }>;
  /** Stops a download and keeps what has arrived. */
  cancel(id: string): Promise<Model>;
  /** Makes a model the one that answers, and loads it in the background. */
  use(id: string): Promise<Model>;
  /** Removes a model's file and what has been downloaded of it; what is left of it, if anything. */
  remove(id: string): Promise<Model | undefined>;
  /** Reads every byte of a model's file and gives its SHA-256. @throws CharlaError */
  verify(
    id: string,
    signal: AbortSignal,
    onBytes: (bytes: number, of: number) => void,
  ): Promise<string>;
}

/** How the feature comes to a library. */
export interface Where {
  /** Undefined when the models are another server's. */
  of(engines: Engines): Library | undefined;
  /** For the command line, which works beside a server. */
  open(log: (line: string, error?: unknown) => void): Library;
}
