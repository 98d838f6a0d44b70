/**
 * The port that every engine implements. To see the smallest one, read `engines/scripted.ts`; to
 * use any model or agent of the AI SDK with it, `engines/ai-sdk.ts`.
 */
import type { CharlaError } from "./errors.ts";
import type { Ending, Extras, Message, ModelCard, Sampling, Text, Waiting } from "./types.ts";

export interface Engine {
  readonly card: ModelCard;
  /** False when `countTokens` only estimates, because the tokenizer is out of reach. */
  readonly exactCount: boolean;
  /** Names of the extras that it can grant; a turn that asks for another one is refused. */
  readonly grants?: readonly (keyof Extras)[];
  /**
   * Size of the messages as a prompt, in tokens, chat template included. The window calls it a few
   * times a turn, so it has to be quick.
   */
  countTokens(messages: readonly Message[], extras?: Extras): Promise<number>;
  /**
   * Continues a prompt that fits: any number of pieces, then how it ended. When the signal is
   * aborted it ends soon, with what was written. Called once a turn; to stop reading is to cancel.
   */
  generate(request: Request): AsyncIterable<Piece>;
  /** Frees memory and processes; answers that still run end with an error. */
  close(): Promise<void>;
}

/** A plain string is a text with nothing more to say of it. */
export type Piece = string | Text | Waiting | Ending;

export interface Request {
  readonly messages: readonly Message[];
  readonly sampling: Sampling & { readonly seed: number };
  /** Compute the whole prompt afresh, so that the same seed gives the same answer. */
  readonly reproducible: boolean;
  readonly user?: string | undefined;
  readonly extras?: Extras | undefined;
  readonly signal: AbortSignal;
}

/** Whoever owns the engines: one fixed engine, a library of files, a remote server. */
export interface Engines {
  /**
   * The engine for a model, loaded if need be; throws `model_not_found`. Called once a turn: the
   * model keeps its place in memory until the signal is aborted, at the turn's end at the latest.
   */
  get(model: string | undefined, signal: AbortSignal): Promise<Engine>;
  /** The models that `get` would accept. */
  list(): Promise<readonly ModelCard[]>;
  /** For `/readyz` and the page's first look; never waits. */
  status(): EngineStatus;
  close(): Promise<void>;
}

export interface EngineStatus {
  readonly state: "ready" | "loading" | "downloading" | "missing" | "failed";
  readonly model: ModelCard | null;
  /** 0 to 1 while loading or downloading. */
  readonly progress?: number | undefined;
  /** Why it is missing or has failed. */
  readonly error?: CharlaError | undefined;
}

/** An `Engines` that always answers with the same engine. */
export function only(engine: Engine): Engines {
  return {
    get: async () => engine,
    list: async () => [engine.card],
    status: () => ({ state: "ready", model: engine.card }),
    close: () => engine.close(),
  };
}
