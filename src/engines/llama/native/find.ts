/**
 * Finds libllama, the shared library that node-llama-cpp ships for this machine. node-llama-cpp
 * chooses and loads it, with the compute backends that fit the processor; what is bound to the same
 * file by koffi afterwards finds those backends registered.
 *
 * A process that runs for long asks a short-lived one for that choice, and loads the same files by
 * itself: all of node-llama-cpp would take 25 MB of it.
 */
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { LlamaOptions } from "node-llama-cpp";
import { outputOf } from "../../../core/children.ts";

/** What node-llama-cpp has chosen. */
export interface Found {
  readonly gpu: "cuda" | "vulkan" | "metal" | false;
  /** Of libllama, absolute. */
  readonly path: string;
  /** All that was loaded with it, in that order. */
  readonly files: readonly string[];
}

/**
 * Finds it by loading it into this process.
 *
 * @throws Error when there is no library that runs on this machine
 */
export async function findLibrary(options: LlamaOptions = {}): Promise<Found> {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  const llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error, ...options });
  const loaded = loadedLibraries();
  const path = loaded.findLast((file) => LIBLLAMA.test(basename(file)));
  if (path === undefined) throw new Error("libllama is not among the libraries of this process");
  // Those of backends may lie beside it or in packages of their own.
  const home = dirname(dirname(dirname(dirname(path))));
  const files = loaded.filter((file) => file.startsWith(home) && !file.endsWith(".node"));
  return { gpu: llama.gpu, path, files };
}

/** The same by a process of its own, which ends at once. */
export async function lookForLibrary(): Promise<Found> {
  return JSON.parse(await outputOf(fileURLToPath(import.meta.url)));
}

/** libllama.v0.5.0.so, libllama.cuda.v0.5.0.so, libllama.dylib, llama.dll; not libllama-common. */
const LIBLLAMA = /^(lib)?llama(\.[\w.]+)?\.(so|dylib|dll)$/i;

/** Shared libraries of this process, in the order in which they were loaded. */
function loadedLibraries(): string[] {
  // Otherwise it would look up the names of all peers, which can take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  return (process.report.getReport() as { sharedObjects: string[] }).sharedObjects;
}

if (import.meta.main) {
  console.log(JSON.stringify(await findLibrary()));
  process.exit();
}
