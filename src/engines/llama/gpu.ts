/**
 * What the engine can compute on. A program of its own finds out, since a native library that does
 * not fit the machine may end the process that loads it.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface Gpu {
  readonly gpu: "cuda" | "vulkan" | "metal" | false;
  /** Names of the devices. */
  readonly devices: readonly string[];
}

/** @throws Error when the native library does not run here, or the signal's when aborted */
export async function findGpu(signal: AbortSignal): Promise<Gpu> {
  const program = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [program], { signal });
  return JSON.parse(stdout);
}

if (import.meta.main) {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  const llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error });
  const devices = llama.gpu ? await llama.getGpuDeviceNames() : [];
  console.log(JSON.stringify({ gpu: llama.gpu, devices } satisfies Gpu));
  process.exit();
}
