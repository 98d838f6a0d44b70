/**
 * What the server and the model process say to each other: JSON over the IPC channel of `fork`.
 * Each call gets any number of parts, then an end or an error.
 */
import type { Request } from "../../core/engine.ts";
import type { Message, ModelCard } from "../../core/types.ts";

export interface LoadOptions extends Pick<ModelCard, "id" | "name" | "digest" | "quantisation"> {
  /** Path of a GGUF file. */
  readonly path: string;
}

export type Call =
  /** One part: the model's card. */
  | { readonly id: number; readonly call: "load"; readonly options: LoadOptions }
  /** One part: the number of tokens. */
  | { readonly id: number; readonly call: "count"; readonly messages: readonly Message[] }
  /** Parts: the texts of the answer, then its ending. */
  | { readonly id: number; readonly call: "generate"; readonly request: Omit<Request, "signal"> }
  | { readonly id: number; readonly call: "cancel" };

export type Reply =
  | { readonly id: number; readonly part: unknown }
  | { readonly id: number; readonly end: true }
  | { readonly id: number; readonly error: string };
