/**
 * What the engine can compute on. A program of its own finds out, since a native library that does
 * not fit the machine may end the process that loads it.
 */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "../../core/children.ts";

export interface Gpu {
  readonly gpu: "cuda" | "vulkan" | "metal" | false;
  /** Names of the devices. */
  readonly devices: readonly string[];
}

/** Packages with libraries for a card, and the folder of those that somebody has built. */
const FOR_CARDS = /-(cuda|vulkan|metal)(-ext)?$/;
const BUILT = "../llama/localBuilds";

/** Whether any library for a card is installed: without one, no card is worth looking for. */
export function hasGpuLibraries(): boolean {
  const engine = import.meta.resolve("node-llama-cpp");
  const beside = createRequire(engine).resolve.paths("@node-llama-cpp") ?? [];
  const packages = beside
    .map((folder) => join(folder, "@node-llama-cpp"))
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  return packages.some((name) => FOR_CARDS.test(name)) || existsSync(new URL(BUILT, engine));
}

/** @throws Error when the native library does not run here, or the signal's when aborted */
export async function findGpu(signal: AbortSignal): Promise<Gpu> {
  return JSON.parse(await outputOf(fileURLToPath(import.meta.url), signal));
}

if (import.meta.main) {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  const llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error });
  const devices = llama.gpu ? await llama.getGpuDeviceNames() : [];
  console.log(JSON.stringify({ gpu: llama.gpu, devices } satisfies Gpu));
  process.exit();
}
