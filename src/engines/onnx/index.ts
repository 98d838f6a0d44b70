/** The engine for models that `charla export onnx` has written; ONNX Runtime computes. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Engine } from "../../core/engine.ts";
import { type Gguf, headerOf, printable } from "../library/gguf.ts";
import { type ModelFile, openModel, planFor, type Settings } from "../llama/service/open.ts";
import type { Choice } from "../llama/service/plan.ts";
import { readCarried } from "./carried.ts";
import { runtimeOf } from "./runtime.ts";

/** Numbers of the cache take four bytes, and what plans the memory counts two. */
const WIDER = 2;
const COPIES = 2;

/** What such a file says of its model. @throws CharlaError `onnx_not_exported` */
export async function header(path: string): Promise<Gguf> {
  const carried = await readCarried(path);
  return headerOf(carried.header, printable(basename(path))).gguf;
}

const wider = <F extends ModelFile>(file: F): F => ({
  ...file,
  gguf: { ...file.gguf, kvPerToken: file.gguf.kvPerToken * WIDER },
});

/** What the engine would choose for a model if it were opened now. */
export const planOnnx = (settings: Settings, file: ModelFile): Promise<Choice> =>
  planFor(bounded(settings), wider(file));

/** Bytes of memory that it takes beside the size of its file, about: ONNX Runtime keeps copies of weights. */
export async function memoryOf(settings: Settings, file: ModelFile): Promise<number> {
  const [{ kvBytes }, { size }] = [await planOnnx(settings, file), await stat(file.path)];
  return kvBytes + COPIES * size;
}

/**
 * @param home data folder, in which the runtime is
 * @throws CharlaError `onnx_runtime_missing`, `engine_failed`, `engine_stopped`
 */
export async function openOnnx(
  home: string,
  settings: Settings,
  request: Parameters<typeof openModel>[1],
): Promise<Engine> {
  const runtime = await runtimeOf(home);
  // `.ts` when run from the clone, `.js` in the published package.
  const program = new URL(`./process${import.meta.url.slice(-3)}`, import.meta.url);
  const mine = { program, runtime, lacks: ["adapter", "embed"] as const, adapters: [] };
  return openModel(bounded(settings), { ...wider(request), ...mine });
}

/** Places of tokens are in the file, and are not stretched; there is one type of cache. */
const bounded = (settings: Settings): Settings => ({
  ...settings,
  ...{ yarn: undefined, kvType: "f16" },
});
