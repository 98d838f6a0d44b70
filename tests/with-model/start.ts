/** Starts the two embedded engines: that of the clone, and that of the product. */
import { basename } from "node:path";
import type { Engine } from "../../src/core/engine.ts";
import { startLlama } from "../../src/engines/llama/index.ts";
import type { AdapterFile, CachePlan, Plan } from "../../src/engines/llama/process/protocol.ts";
import { startEngine } from "../../src/engines/llama/service/index.ts";
import { PLAN } from "./plan.ts";

const named = (path: string) => ({ path, id: basename(path, ".gguf"), name: basename(path) });

export const clone = {
  engine: "the clone's engine",
  start: (path: string): Promise<Engine> => startLlama(named(path)),
};

export interface Changes {
  readonly plan?: Partial<Plan>;
  readonly adapters?: readonly AdapterFile[];
  readonly cache?: CachePlan;
  readonly opening?: string;
  readonly signal?: AbortSignal;
}

export const product = {
  engine: "the product's engine",
  start: (path: string, { plan, cache, ...changes }: Changes = {}): Promise<Engine> =>
    startEngine({
      ...named(path),
      ...changes,
      plan: { ...PLAN, slots: 2, contextTokens: 8192, ...plan },
      cache: cache ?? { memoryBytes: 2 ** 28, diskBytes: 0 },
    }),
};
