/**
 * What is best on this machine for a model, as `charla doctor --tune` has measured it: a file in
 * the data folder that the engine's plan reads. It holds for one processor, one version of the
 * library and one file of a model; anything else is planned as if nothing had been measured.
 */
import { readFileSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { fork } from "../../../core/children.ts";
import { coresHere } from "../../../core/cores.ts";
import { CharlaError } from "../../../core/errors.ts";
import { makeFolder } from "../../../core/folder.ts";
import { type Contests, choose, type Tuned } from "./tuning-choose.ts";
import type { Score } from "./tuning-contest.ts";

/** What the program is told. */
export interface Job {
  /** Path of a GGUF file. */
  readonly path: string;
  /** Context window that the model was trained for. */
  readonly contextTokens: number;
  /** What it may take, once the program has started; to load the model is included. */
  readonly milliseconds: number;
}

/** What the program says. */
export type Message = { readonly stage: Contest } | { readonly contests: Contests };

const CONTESTS = [
  "decode1",
  "decode2",
  "decode4",
  "prefill",
  "batch",
  "draft",
  "attentionPrefill",
  "attentionDecode",
] as const satisfies readonly (keyof Contests)[];
export type Contest = keyof Contests;

const score = z.object({
  value: z.union([z.number(), z.object({ flashAttention: z.boolean(), kvType: z.string() })]),
  runs: z.array(z.number()).readonly(),
  median: z.number(),
});
const entry = z.object({
  machine: z.object({ cpu: z.string(), cores: z.number(), library: z.string() }),
  /** SHA-256 of the model's file. */
  model: z.string(),
  /** When it was measured. */
  at: z.iso.datetime(),
  /** What could not be measured is left out. */
  chosen: z
    .object({
      threads: z.int().min(1).max(1024),
      batchThreads: z.int().min(1).max(1024),
      batchTokens: z.int().min(16).max(4096),
      flashAttention: z.boolean(),
      kvType: z.enum(["f16", "q8_0"]),
      draftTokens: z.int().min(0).max(64),
    })
    .partial(),
  /** Tokens a second, by contest and candidate. */
  measured: z.record(z.enum(CONTESTS), z.array(score).readonly()),
});
const file = z.object({ version: z.literal(1), entries: z.array(entry) });

export type Tuning = z.output<typeof entry>;

const manifest = new URL("../../../../package.json", import.meta.url);

export function thisMachine(): Tuning["machine"] {
  const { dependencies } = JSON.parse(readFileSync(manifest, "utf8"));
  return {
    cpu: cpus()[0]?.model ?? process.arch,
    cores: coresHere(),
    library: `node-llama-cpp ${dependencies["node-llama-cpp"]}`,
  };
}

const fileIn = (home: string) => join(home, "tuning.json");

/**
 * What was measured here for a model; undefined when nothing was.
 *
 * @param model SHA-256 of its file
 * @param log told of a file that cannot be read, which counts as none
 */
export async function readTuning(
  home: string,
  model: string,
  log: (line: string, error?: unknown) => void,
): Promise<Tuning | undefined> {
  const machine = thisMachine();
  return (await entries(home, log)).find((one) => isFor(one, machine, model));
}

async function entries(
  home: string,
  log: (line: string, error?: unknown) => void,
): Promise<readonly Tuning[]> {
  try {
    return file.parse(JSON.parse(await readFile(fileIn(home), "utf8"))).entries;
  } catch (thrown) {
    const absent = (thrown as NodeJS.ErrnoException).code === "ENOENT";
    if (!absent)
      log(`${fileIn(home)} is not used; \`charla doctor --tune\` writes it anew`, thrown);
    return [];
  }
}

function isFor(one: Tuning, { cpu, cores, library }: Tuning["machine"], model: string): boolean {
  const { machine } = one;
  return (
    one.model === model &&
    machine.cpu === cpu &&
    machine.cores === cores &&
    machine.library === library
  );
}

/** Keeps what was measured for other models and machines. */
export async function saveTuning(home: string, tuning: Tuning): Promise<string> {
  const path = fileIn(home);
  makeFolder(home);
  const others = (await entries(home, () => {})).filter(
    (one) => !isFor(one, tuning.machine, tuning.model),
  );
  const content = { version: 1, entries: [...others, tuning] } satisfies z.input<typeof file>;
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, `${JSON.stringify(content, null, 2)}\n`, { flush: true });
  await rename(part, path);
  return path;
}

/** People are told that it takes less than a minute; the last run may go over. */
const MILLISECONDS = 45_000;

/**
 * Measures; nothing is saved.
 *
 * @param onStage called with what is measured next
 * @throws CharlaError `tuning_failed`, `tuning_busy`; the signal's reason when aborted
 */
export async function tune(
  { model, ...file }: Omit<Job, "milliseconds"> & { readonly model: string },
  signal: AbortSignal,
  onStage: (stage: Contest) => void,
  milliseconds = MILLISECONDS,
): Promise<Tuning> {
  // `.ts` when run from the clone, `.js` in the published package.
  const program = new URL(`./tuning-worker${import.meta.url.slice(-3)}`, import.meta.url);
  const job: Job = { ...file, milliseconds };
  const child = fork(program, [JSON.stringify(job)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  let printed = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    printed = (printed + bytes).slice(-2000);
  });
  let contests: Contests | undefined;
  child.on("message", (message: Message) => {
    if ("stage" in message) onStage(message.stage);
    else contests = message.contests;
  });
  const ended = await new Promise<string | number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, killedBy) => resolve(killedBy ?? code));
  });
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  if (!contests) throw failed(job.path, ended ?? "?", printed);
  const chosen = choose(contests);
  if (Object.keys(chosen).length === 0) throw busy();
  return tuningOf(model, contests, chosen);
}

function tuningOf(model: string, contests: Contests, chosen: Tuned): Tuning {
  const measured = Object.entries(contests).map(([contest, scores]) => {
    const run = (scores as readonly Score<unknown>[]).filter(({ runs }) => runs.length > 0);
    return [contest, run];
  });
  return entry.parse({
    ...{ machine: thisMachine(), model, at: new Date().toISOString(), chosen },
    measured: Object.fromEntries(measured),
  });
}

function failed(path: string, how: string | number, printed: string): CharlaError {
  return new CharlaError("tuning_failed", {
    message: "The process that measured {path} ended unexpectedly ({how}).",
    hint: "Close other programs if memory is short, and check the file with `charla models verify`.",
    params: { path, how },
    cause: printed,
  });
}

function busy(): CharlaError {
  return new CharlaError("tuning_busy", {
    status: 503,
    message: "The machine was too busy, or the model is too large, to measure anything in time.",
    hint: "Try again when nothing else runs.",
  });
}

/** @param engine what answers instead */
export function nothingToTune(engine: string): CharlaError {
  return new CharlaError("tuning_impossible", {
    status: 400,
    message: "There is nothing to measure: the engine is {engine}.",
    hint: "It is for Charla's own engine; leave out CHARLA_ENGINE and CHARLA_REMOTE_URL.",
    params: { engine },
  });
}
