/**
 * ONNX Runtime, which no install brings along: it is fetched by a command, by the version and digest of a lock
 * file. The package has the libraries of every system; those of others are taken away once it has come.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Addon, entryOf, fetchAddon, removeAddon } from "../../core/addons.ts";
import manifest from "./addon/package.json" with { type: "json" };
import lock from "./addon/package-lock.json" with { type: "json" };
import { runtimeMissing, systemUnsupported } from "./errors.ts";

export const VERSION = manifest.dependencies["onnxruntime-node"];

const RUNTIME: Addon = {
  name: "onnx",
  manifest,
  lock,
  entry: 'export { default } from "onnxruntime-node";\n',
  bytes: 301_000_000,
  trim,
};

/** Systems that the package has libraries for. */
const SYSTEMS = ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64", "win32-arm64"];
const here = `${process.platform}-${process.arch}`;

/** Bytes: of the download, on the disk while it comes, and of what stays, about. */
export const SIZES = { download: 113_507_888, meanwhile: RUNTIME.bytes, kept: 46_000_000 };

/** @throws CharlaError `onnx_system_unsupported`, `addon_needs_npm`, `addon_failed`; the signal's reason */
export async function fetchRuntime(
  home: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  if (!SYSTEMS.includes(here)) throw systemUnsupported(here);
  await fetchAddon(home, RUNTIME, onBytes, signal);
}

export const removeRuntime = (home: string): Promise<void> => removeAddon(home, RUNTIME);

export const hasRuntime = async (home: string): Promise<boolean> =>
  (await entryOf(home, RUNTIME)) !== undefined;

/** The module to import, as a path. @throws CharlaError `onnx_runtime_missing` */
export async function runtimeOf(home: string): Promise<string> {
  const entry = await entryOf(home, RUNTIME);
  if (entry === undefined) throw runtimeMissing();
  return entry;
}

async function trim(folder: string): Promise<void> {
  const binaries = join(folder, "node_modules", "onnxruntime-node", "bin");
  for (const version of await readdir(binaries)) {
    for (const system of await readdir(join(binaries, version))) {
      for (const arch of await readdir(join(binaries, version, system))) {
        if (`${system}-${arch}` === here) continue;
        await rm(join(binaries, version, system, arch), { recursive: true });
      }
    }
  }
}
