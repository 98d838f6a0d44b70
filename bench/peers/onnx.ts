/** Charla with the same model written as ONNX: ONNX Runtime computes, all else is as in `charla`. */
import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchRuntime } from "../../src/engines/onnx/runtime.ts";
import { exportOnnx } from "../../src/engines/onnx/write.ts";
import type { Setup, System } from "../types.ts";
import { startEmbedded } from "./charla.ts";

/** Where the runtime is kept for the next time (46 MB). */
const KEPT = fileURLToPath(new URL("../../node_modules/.cache/onnx", import.meta.url));

/** @param model a GGUF file */
export async function startOnnx(
  model: string,
  setup: Setup,
  endTokens: readonly number[],
): Promise<System> {
  const home = mkdtempSync(join(tmpdir(), "charla-bench-"));
  const { signal } = new AbortController();
  for (const folder of [KEPT, home]) mkdirSync(join(folder, "addons"), { recursive: true });
  await fetchRuntime(KEPT, () => {}, signal);
  symlinkSync(join(KEPT, "addons", "onnx"), join(home, "addons", "onnx"));
  const output = join(home, "model.onnx");
  await exportOnnx({ input: model, output, force: false, exact: false, signal });
  return startEmbedded(output, setup, endTokens, { name: "onnx", home });
}
