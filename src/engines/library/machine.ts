/**
 * What this machine has, and the best model of the catalogue that it runs well.
 */
import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";
import { coresHere } from "../../core/cores.ts";
import type { CatalogueModel } from "./catalogue.ts";
import type { Gguf } from "./gguf.ts";

export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeDiskBytes: number;
  /** "CUDA", "Vulkan", "Metal", or null. */
  readonly gpu: string | null;
}

/** What the server itself takes while it is asked: 76 MB at rest, more with imports and files. */
const SERVER_BYTES = 2e8;

/** Bytes that this process and its children may use. @param set bytes that the user leaves them */
export function memoryBytes(set = Number.POSITIVE_INFINITY): number {
  const limit = process.constrainedMemory();
  // 0, or more than there is, when no container sets a limit.
  return Math.min(set, limit > 0 ? Math.min(limit, totalmem()) : totalmem());
}

/** Bytes of them that are there for a model. */
export const freeMemory = (set = Number.POSITIVE_INFINITY): number =>
  Math.min(process.availableMemory(), set - SERVER_BYTES);

/** @param folder where models are kept; it has to exist */
export async function machine(
  folder: string,
  gpu: string | null,
  set?: number | undefined,
): Promise<Machine> {
  return {
    cores: coresHere(),
    memoryBytes: memoryBytes(set),
    freeDiskBytes: await freeBytes(folder),
    gpu,
  };
}

/** @param device as engines name it: "CPU, 1 thread", "cuda" */
export function gpuName(device: string): string | null {
  return ["CUDA", "Vulkan", "Metal"].find((name) => name.toLowerCase() === device) ?? null;
}

/** Bytes that a user without privileges may still write in a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The rest is for the system and a browser. */
const SHARE_OF_MEMORY = 0.6;
/** What an engine takes besides the weights and the KV cache: code, buffers, results. */
export const OVERHEAD_BYTES = 200e6;
/** Of a number in the KV cache: 16-bit floats. */
const KV_BYTES = 2;

/**
 * Bytes for all models in memory together.
 *
 * @param setting "4 GB", "800 MB" or "50 %"; 60 % of the machine's when absent
 * @param set bytes that the user leaves Charla of the machine's
 */
export function memoryBudget(setting?: string, set?: number): number {
  const [, amount, unit] = /^([\d.]+)\s*(\S+)$/.exec(setting ?? "") ?? [];
  if (unit === undefined) return memoryBytes(set) * SHARE_OF_MEMORY;
  if (unit === "%") return (memoryBytes(set) * Number(amount)) / 100;
  return Number(amount) * (unit.toUpperCase() === "GB" ? 1e9 : 1e6);
}

/** Bytes of one context window of a model. @param contextTokens upper bound on it */
export function kvBytes(
  { kvPerToken, contextWindow }: Pick<Gguf, "kvPerToken" | "contextWindow">,
  contextTokens: number,
): number {
  return Math.min(contextWindow, contextTokens) * kvPerToken * KV_BYTES;
}

/** About as fast as people read. */
const TOKENS_PER_SECOND = 5;
/** Weights that one thread streams through in a second: 829 MB at 10 tokens/s, measured. */
const BYTES_PER_THREAD = 8.3e9;
/** Where the memory of a usual machine is busy, and more threads gain nothing. */
const USEFUL_THREADS = 4;

/** The most capable model that fits comfortably and answers at reading speed; null if none does. */
export function recommend(
  catalogue: readonly CatalogueModel[],
  { cores, memoryBytes, gpu }: Pick<Machine, "cores" | "memoryBytes" | "gpu">,
): string | null {
  const threads = Math.min(Math.max(1, cores - 1), USEFUL_THREADS);
  const fits = catalogue.filter((model) => {
    const perToken = model.activeBytes ?? model.fileBytes;
    const quick = gpu !== null || (threads * BYTES_PER_THREAD) / perToken >= TOKENS_PER_SECOND;
    return quick && model.memoryBytes <= memoryBytes * SHARE_OF_MEMORY;
  });
  return fits.at(-1)?.id ?? null;
}
