/**
 * What the server and the model process say to each other: JSON over the IPC channel of `fork`.
 */
import type { Message, ModelCard } from "../../core/types.ts";

export interface LoadOptions {
  /** Path of a GGUF file. */
  readonly path: string;
  readonly id: string;
  readonly name: string;
  readonly digest?: string | undefined;
  readonly quantisation?: string | undefined;
  /** Decode threads; cores - 1 by default. */
  readonly threads?: number | undefined;
  /** Context window of each sequence, in tokens; the model's own, up to 8,192, by default. */
  readonly contextTokens?: number | undefined;
  /** How many turns can be in memory at once. */
  readonly sequences?: number | undefined;
}

export interface Generate {
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly seed: number;
  readonly stop: readonly string[];
  /** Compute the whole prompt afresh, so that the same seed gives the same answer. */
  readonly reproducible: boolean;
}

export type ToWorker =
  | { type: "load"; options: LoadOptions }
  | { type: "count"; id: number; messages: readonly Message[] }
  | { type: "generate"; id: number; messages: readonly Message[]; generate: Generate }
  | { type: "cancel"; id: number };

export type FromWorker =
  | { type: "progress"; fraction: number }
  | { type: "loaded"; card: ModelCard }
  | { type: "count"; id: number; tokens: number }
  | { type: "text"; id: number; text: string }
  | { type: "finish"; id: number; done: Done }
  | { type: "error"; id: number; message: string }
  /** The model did not load; the process is of no use. */
  | { type: "failed"; message: string };

export interface Done {
  readonly reason: "stop" | "length";
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}
