/**
 * The engine for browsers: llama.cpp as WebAssembly, out of the package wllama. Its 10 MB are installed
 * with Charla and sent to whoever takes them along; its JavaScript is part of the page's build.
 */
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const ENGINE = {
  version: "3.13.0",
  licence: "MIT",
  digest: "79ac5be917b71d50571a4f584436a9f6baf6b6e57719d094ed8bd950e9a65780",
} as const;

export const enginePath = (): string =>
  fileURLToPath(import.meta.resolve("@wllama/wllama/esm/wasm/wllama.wasm"));

export const engineBytes = async (): Promise<number> => (await stat(enginePath())).size;
