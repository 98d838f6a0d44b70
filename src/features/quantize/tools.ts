/** What quantising needs of the engine and its files; `app.ts` gives it. */
import type { Engine } from "../../core/engine.ts";
import type { Quantising, Tally } from "../../core/quantising.ts";

export interface Tools {
  /** Reads the header of a GGUF file. @throws CharlaError when it is not a whole model */
  inspect(path: string): Promise<{ readonly quantisation: string }>;
  /** Writes `output`, which is incomplete when it throws. */
  quantise(job: Quantising): Promise<Tally>;
  /** Bytes that may still be written in a folder. */
  freeBytes(folder: string): Promise<number>;
  /** An engine for a file, with what `score` needs. */
  open(path: string, signal: AbortSignal): Promise<Engine>;
}
