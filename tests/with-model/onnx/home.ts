/** ONNX Runtime in a data folder: fetched once, as a person would, and kept. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fetchRuntime, runtimeOf } from "../../../src/engines/onnx/runtime.ts";
import { ROOT } from "../../fixtures/charla.ts";

const CACHE = join(ROOT, "node_modules", ".cache", "onnx");
/** For a download of 114 MB, should `npm test` not have done it before. */
export const PATIENCE_MS = 600_000;

/** @returns the module that computes */
export async function runtime(): Promise<string> {
  mkdirSync(join(CACHE, "addons"), { recursive: true });
  await fetchRuntime(CACHE, () => {}, AbortSignal.timeout(PATIENCE_MS));
  return runtimeOf(CACHE);
}

/** @param home an empty data folder */
export async function withRuntime(home: string): Promise<void> {
  await runtime();
  mkdirSync(join(home, "addons"), { recursive: true });
  symlinkSync(join(CACHE, "addons", "onnx"), join(home, "addons", "onnx"));
}
