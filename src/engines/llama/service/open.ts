/** Opens a model with what this machine has room for. */
import { stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { coresHere } from "../../../core/cores.ts";
import type { Engine } from "../../../core/engine.ts";
import { removeStates } from "../cache/disk.ts";
import { statesLeft } from "./errors.ts";
import { type QueueLimits, type StartOptions, startEngine } from "./index.ts";
import { type Choice, choosePlan, type ModelSize, type Wishes } from "./plan.ts";
import { readTuning } from "./tuning.ts";

export interface Settings extends Wishes {
  /** Data folder, absolute; states of conversations are in its folder `cache`. */
  readonly home: string;
  /** Bytes of memory for a model; what is free when absent. */
  readonly freeBytes?: number | undefined;
  readonly limits: QueueLimits;
  readonly patienceMs?: number | undefined;
  /** All users are one person's, and find in the caches what was computed for others of them. */
  readonly sharesCaches?: boolean | undefined;
  /** What every system prompt begins with; asked when a model is opened. */
  readonly opening?: (() => string | undefined) | undefined;
  /** Seals the states on disk; without it none are written there. */
  readonly stateSecret?: (() => Promise<Buffer>) | undefined;
  log(line: string, error?: unknown): void;
}

/** In the data folder. */
const CACHE = "cache";

/** A model's file and what its header says. */
export interface ModelFile {
  readonly path: string;
  /** SHA-256; what was measured for the file is found by it. */
  readonly digest?: string | undefined;
  readonly gguf: Omit<ModelSize, "fileBytes">;
}

/** What the engine would choose for a model if it were opened now. */
export async function planFor(
  {
    home,
    freeBytes = process.availableMemory(),
    limits: _limits,
    patienceMs: _patience,
    stateSecret: _secret,
    opening: _opening,
    log,
    ...wishes
  }: Settings,
  { path, digest, gguf }: ModelFile,
): Promise<Choice> {
  const { bavail, bsize } = await statfs(home);
  const machine = {
    freeBytes,
    freeDiskBytes: bavail * bsize,
    cores: coresHere(),
  };
  const { size: fileBytes } = await stat(path);
  const tuning = digest === undefined ? undefined : await readTuning(home, digest, log);
  return choosePlan(machine, { ...gguf, fileBytes }, wishes, tuning?.chosen);
}

/** Removes the states of conversations on disk, of models that are not loaded as well. */
export async function forgetStates(home: string): Promise<void> {
  const left = await removeStates(join(home, CACHE));
  if (left > 0) throw statesLeft(left);
}

/** @throws CharlaError `engine_failed`, `engine_stopped` */
export async function openModel(
  settings: Settings,
  { gguf, ...options }: Omit<StartOptions, "plan" | "cache"> & ModelFile,
): Promise<Engine> {
  const { limits, patienceMs, sharesCaches, log } = settings;
  const { plan, cache } = await planFor(settings, { ...options, gguf });
  const secret = cache.diskBytes > 0 && (await settings.stateSecret?.());
  const disk = secret && { folder: join(settings.home, CACHE), secret: secret.toString("base64") };
  return startEngine({
    ...{ ...options, plan, limits, patienceMs, sharesCaches, log },
    opening: settings.opening?.(),
    cache: { ...cache, ...disk },
  });
}
