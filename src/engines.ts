/**
 * Which engine the settings ask for, and what is done to its model without a server: the only file
 * that names every engine. Each is imported when it is asked for.
 */
import { basename, dirname, resolve } from "node:path";
import { type Config, readConfig } from "./config.ts";
import { type Engines, only } from "./core/engine.ts";
import { readGguf, readVocabulary } from "./engines/library/gguf.ts";
import { Library, memoryBudget } from "./engines/library/index.ts";
import { freeBytes, freeMemory } from "./engines/library/machine.ts";
import type { Merging } from "./engines/library/merge.ts";
import { findGpu, hasGpuLibraries } from "./engines/llama/gpu.ts";
import type { ModelFile, Settings } from "./engines/llama/service/open.ts";
import type { Choice } from "./engines/llama/service/plan.ts";
import type { Contest, Tuning } from "./engines/llama/service/tuning.ts";
import { language } from "./locales/index.ts";
import type { Log } from "./server/log.ts";
import { pull } from "./terminal/pull.ts";

export { hubFrom, memoryBudget } from "./engines/library/index.ts";
export { memoryBytes } from "./engines/library/machine.ts";
export { findGpu } from "./engines/llama/gpu.ts";
export type { Contest, Tuning } from "./engines/llama/service/tuning.ts";

/** What the rest of Charla has to say to the engine: what it may keep on disk, and prepare for. */
type Around = Pick<Settings, "stateSecret" | "opening">;

const llama = () => import("./engines/llama/service/open.ts");
const onnx = () => import("./engines/onnx/index.ts");
const ONNX = ".onnx";

/** The header of a model's file, in whichever format. */
const headerOf = async (path: string) =>
  path.endsWith(ONNX) ? (await onnx()).header(path) : readGguf(path);

/** What the feature quantize is given. */
export async function quantiseTools(config: Config, log: Log) {
  const { quantise } = await import("./engines/llama/native/quantize.ts");
  return {
    ...{ inspect: readGguf, quantise, freeBytes },
    open: (path: string, signal: AbortSignal) => openAlone(config, log, path, { signal }),
  };
}

/** A file by the engine that can run it. @param home data folder */
async function opened(home: string, settings: Settings, request: Parameters<OpenModel>[1]) {
  if (request.path.endsWith(ONNX)) return (await onnx()).openOnnx(home, settings, request);
  return (await llama()).openModel(settings, request);
}
type OpenModel = Awaited<ReturnType<typeof llama>>["openModel"];

/** How it would be run. */
async function choiceFor(settings: Settings, file: ModelFile) {
  if (file.path.endsWith(ONNX)) return (await onnx()).planOnnx(settings, file);
  return (await llama()).planFor(settings, file);
}

interface Alone {
  readonly adapter?: { readonly id: string; readonly path: string; readonly digest: string };
  readonly batchTokens?: number;
  readonly signal: AbortSignal;
}

/** By itself on the machine, and nothing of its conversations is kept. */
async function openAlone(
  config: Config,
  log: Log,
  path: string,
  { adapter, signal, batchTokens }: Alone,
) {
  const alone = { home: dirname(path), slots: 1, cacheMemoryBytes: 0, cacheDiskBytes: 0 };
  const [id, gguf] = [basename(path), await headerOf(path)];
  const adapters = adapter ? [{ ...adapter, scale: 1 }] : [];
  const settings = {
    ...engineSettings(config, log),
    ...alone,
    ...(batchTokens && { batchTokens }),
  };
  return opened(config.home, settings, { id, name: id, path, gguf, adapters, signal });
}

/** Texts are read in batches of this size where nobody waits for an answer beside them. */
const READING_TOKENS = 512;

/**
 * What the feature evaluation is given.
 *
 * @param served the engines of a server, whose library has the files; else the settings name it
 */
export async function measuringTools(log: Log, served?: Engines) {
  const config = readConfig();
  const { quantise } = await import("./engines/llama/native/quantize.ts");
  return {
    ...{ inspect: headerOf, vocabulary: readVocabulary, quantise, freeBytes },
    addLora: async (merging: Merging) =>
      (await import("./engines/library/merge.ts")).addLora(merging),
    async find(id: string | undefined) {
      if (served) {
        const library = modelFiles.of(served);
        const found = id ?? (await library?.models())?.current;
        return library && found ? { id: found, path: await library.path(found) } : null;
      }
      if (config.engine !== "llama" || config.remote) return null;
      if (id === undefined) await fetchModel(config, log);
      const library = createLibrary(config, log);
      try {
        const found = id ?? (await library.models()).current;
        return { id: found, path: await library.path(found) };
      } finally {
        await library.close();
      }
    },
    openAlone: (path: string, options: Pick<Alone, "adapter" | "signal">) =>
      openAlone(config, log, path, { ...options, batchTokens: READING_TOKENS }),
  };
}

/** What the feature training is given: the same, of models in GGUF, which the worker reads. */
export async function trainingTools(log: Log, served?: Engines) {
  const tools = await measuringTools(log, served);
  return {
    ...tools,
    async find(id: string | undefined) {
      const found = await tools.find(id);
      if (found?.path.endsWith(ONNX)) await readGguf(found.path);
      return found;
    },
  };
}

/** What the feature knowledge is given: a model out of a Python package, and one opened by itself. */
export async function meaningTools(log: Log) {
  const config = readConfig();
  const { fromWheel } = await import("./engines/library/pip.ts");
  return {
    fromWheel,
    open: (path: string, signal: AbortSignal) =>
      openAlone(config, log, path, { signal, batchTokens: READING_TOKENS }),
  };
}

/** What the feature voice is given: packages and files of the hub, as they come. */
export async function voiceTools() {
  const { wheelFile } = await import("./engines/library/pip.ts");
  const { fetchFile } = await import("./engines/library/single.ts");
  return {
    packageFile: async (...asked: Parameters<typeof wheelFile>) => (await wheelFile(...asked)).path,
    hubFile: fetchFile,
  };
}

/** The same for the command line, which works beside a server. */
export const fileTools = (log: Log) => quantiseTools(readConfig(), log);

/** What the feature onnx is given. */
export async function onnxTools(log: Log) {
  const { exportOnnx } = await import("./engines/onnx/write.ts");
  const { VERSION, SIZES, hasRuntime, fetchRuntime, removeRuntime } = await import(
    "./engines/onnx/runtime.ts"
  );
  return {
    ...{ exportOnnx, VERSION, SIZES, hasRuntime, fetchRuntime, removeRuntime },
    /** The path of a model that is named by it or by its id. */
    async find(model: string) {
      if (/[\\/]|\.gguf$/i.test(model)) return resolve(model);
      const library = createLibrary(readConfig(), log);
      try {
        return await library.path(model);
      } finally {
        await library.close();
      }
    },
  };
}

/** Where the feature models finds the library: behind these engines, or for the command line. */
export const modelFiles = {
  of: ({ owner }: Engines) => (owner instanceof Library ? owner : undefined),
  open: (log: Log) => createLibrary(readConfig(), log),
};

/** @param around without `stateSecret` no states are kept on disk */
export function createLibrary(config: Config, log: Log, around: Around = {}): Library {
  const { home, model, modelMemory, memoryBytes: machineBytes, contextTokens } = config;
  const memoryBytes = memoryBudget(modelMemory, machineBytes);
  return new Library({
    ...{ home, model, contextTokens, machineBytes, memoryBytes, log },
    ...(hasGpuLibraries() && { findGpu }),
    formats: [{ ending: ONNX, header: headerOf }],
    async kvBytes(file) {
      const settings = engineSettings(config, log);
      if (file.path.endsWith(ONNX)) return (await onnx()).memoryOf(settings, file);
      return (await choiceFor(settings, file)).kvBytes;
    },
    load: (request) => opened(home, { ...engineSettings(config, log), ...around }, request),
  });
}

/** What the embedded engine is told of the settings. */
export function engineSettings(
  { home, contextTokens, memoryBytes, accounts, llama }: Config,
  log: Log,
): Settings {
  const { queue, queueSeconds: waitSeconds, userSlots, hangSeconds, ...wishes } = llama;
  const patienceMs = hangSeconds && hangSeconds * 1000;
  return {
    ...wishes,
    contextTokens,
    freeBytes: freeMemory(memoryBytes),
    home,
    limits: { queue, waitSeconds, userSlots },
    sharesCaches: !accounts,
    patienceMs,
    log,
  };
}

export async function createEngines(
  config: Config,
  log: Log,
  around: Around = {},
): Promise<Engines> {
  if (config.engine === "scripted") {
    const { scripted } = await import("./engines/scripted.ts");
    const engine = scripted({ tokenMs: 20 });
    // For `npm run bench`, which measures the way of an answer and not the engine's waiting.
    const burst = scripted({ id: "burst" });
    const get = async (model?: string) => (model === "burst" ? burst : engine);
    return { ...only(engine), get, loads: () => [engine.load()] };
  }
  if (config.remote) {
    const { remote } = await import("./engines/remote/index.ts");
    return remote({ ...config.remote, shared: config.accounts });
  }
  return createLibrary(config, log, around);
}

/**
 * Downloads the model that answers by default if it is not there, and shows the progress on
 * standard error. A model that is the user's own file, or another server's, is left to the engine.
 */
export async function fetchModel(config: Config, log: Log): Promise<void> {
  if (config.engine !== "llama") return;
  const library = createLibrary(config, log);
  try {
    if (library.status().state !== "missing") return;
    const { current, models } = await library.models();
    const model = models.find(({ id }) => id === current);
    if (model && !model.own) await pull(library, model.id, language);
  } finally {
    await library.close();
  }
}

/** How the model that answers by default would be run; undefined when it is not on this machine. */
export async function planOf(config: Config, log: Log): Promise<Choice | undefined> {
  if (config.engine !== "llama") return undefined;
  const library = createLibrary(config, log);
  try {
    const { current, models } = await library.models();
    const found = models.find(({ id, state }) => id === current && state === "ready");
    if (!found) return undefined;
    const path = await library.path(current);
    const file = { path, digest: found.digest ?? undefined, gguf: await headerOf(path) };
    return await choiceFor(engineSettings(config, log), file);
  } finally {
    await library.close();
  }
}

/** Measures what is best here for the model that answers by default, and saves it. */
export async function tuneModel(
  config: Config,
  log: Log,
  signal: AbortSignal,
  onStage: (stage: Contest) => void,
): Promise<{ path: string; model: string; tuning: Tuning }> {
  const { nothingToTune, saveTuning, tune } = await import("./engines/llama/service/tuning.ts");
  if (config.engine !== "llama") throw nothingToTune(config.engine);
  const library = createLibrary(config, log);
  try {
    const { current: model } = await library.models();
    const digest = await library.verify(model, signal, () => {});
    const path = await library.path(model);
    if (path.endsWith(ONNX)) throw nothingToTune("ONNX Runtime");
    const { contextWindow: contextTokens } = await readGguf(path);
    const tuning = await tune({ path, contextTokens, model: digest }, signal, onStage);
    return { path: await saveTuning(config.home, tuning), model, tuning };
  } finally {
    await library.close();
  }
}
