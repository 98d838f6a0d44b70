/** The starter model as ONNX, written once for the tests of a file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportOnnx } from "../../../src/engines/onnx/write.ts";
import { starterModel } from "../model.ts";

export interface Exported {
  readonly path: string;
  remove(): void;
}

export async function exportedStarter(exact = false): Promise<Exported> {
  const folder = mkdtempSync(join(tmpdir(), "charla-onnx-"));
  const path = join(folder, "starter.onnx");
  const { signal } = new AbortController();
  await exportOnnx({ input: starterModel(), output: path, force: false, exact, signal });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
