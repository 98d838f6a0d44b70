/**
 * Finds libllama, the shared library that node-llama-cpp ships for this machine. node-llama-cpp
 * chooses and loads it, with the compute backends that fit the processor; what is bound to the same
 * file by koffi afterwards finds those backends registered.
 */
import { basename } from "node:path";
import { getLlama, type Llama, LlamaLogLevel, type LlamaOptions } from "node-llama-cpp";

export interface Found {
  readonly llama: Llama;
  /** Of libllama, absolute. */
  readonly path: string;
}

/** @throws Error when there is no library that runs on this machine */
export async function findLibrary(options: LlamaOptions = {}): Promise<Found> {
  const llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error, ...options });
  const path = loadedLibraries().findLast((file) => LIBLLAMA.test(basename(file)));
  if (path === undefined) throw new Error("libllama is not among the libraries of this process");
  return { llama, path };
}

/** libllama.v0.5.0.so, libllama.cuda.v0.5.0.so, libllama.dylib, llama.dll; not libllama-common. */
const LIBLLAMA = /^(lib)?llama(\.[\w.]+)?\.(so|dylib|dll)$/i;

/** Shared libraries of this process, in the order in which they were loaded. */
function loadedLibraries(): string[] {
  // Otherwise it would look up the names of all peers, which can take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  return (process.report.getReport() as { sharedObjects: string[] }).sharedObjects;
}
