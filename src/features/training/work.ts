/**
 * Does a run: the worker trains, the adapter's file is compared with what was trained, measured on the
 * test set against the base, and only then put where the library finds it.
 */
import { existsSync } from "node:fs";
import { copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Chat } from "./data/chat.ts";
import { perturbedChats, probesOf } from "./data/perturbed.ts";
import { digestOf } from "./digest.ts";
import { baseChanged, noAccelerate, noFile, notFaithful, notSetUp } from "./errors.ts";
import { extract } from "./extraction.ts";
import { crossValidate, forgetFolds } from "./folds.ts";
import { GENERAL } from "./general.ts";
import { isFaithful, type Parity, parityOf, type Reference } from "./parity.ts";
import type { Point, Result } from "./plan.ts";
import type { Run, RunStore } from "./store.ts";
import { type Soft, withLikely } from "./teacher/soft.ts";
import type { Tools } from "./tools.ts";
import { type Counted, compare, type Judged, prefer, verdictOf } from "./verdict.ts";
import { converse, type Told } from "./worker/conversation.ts";
import { stateOf } from "./worker/setup.ts";

export interface Care {
  readonly signal: AbortSignal;
  /** Steps that are done, of all as far as they are known. */
  progress(done: number, total: number): void;
  /** Resolves when the next piece may be begun. @throws the signal's reason */
  turn(): Promise<void>;
  /** Told each point of the curves once it is kept. */
  point?(point: Point): void;
}

export interface Ground {
  readonly home: string;
  readonly tools: Tools;
}

/** Known to the engine by this name while it is measured. */
const TRIED = "trained";

export const folderOf = (home: string, { id }: Pick<Run, "id">): string =>
  join(home, "training", "runs", id);

/** @throws CharlaError why it failed; the signal's reason. What was done is kept either way. */
export async function work(store: RunStore, ground: Ground, run: Run, care: Care): Promise<void> {
  await store.mark(run, "running");
  try {
    await store.mark(run, "done", { result: await all(store, ground, run, care) });
    const folder = folderOf(ground.home, run);
    await rm(join(folder, "checkpoint"), { force: true });
    await forgetFolds(folder, run.plan.settings.folds);
  } catch (thrown) {
    const stopped = care.signal.aborted;
    const error = stopped ? {} : { error: CharlaError.from(thrown).toJSON() };
    await store.mark(run, stopped ? "cut" : "failed", error);
    throw thrown;
  }
}

async function all(store: RunStore, ground: Ground, run: Run, care: Care): Promise<Result> {
  const { home, tools } = ground;
  const { plan } = run;
  const { ready } = await stateOf(home);
  if (!ready) throw notSetUp();
  const found = await tools.find(plan.model);
  if (!found) throw noFile(plan.model);
  const digest = await digestOf(found.path, care.signal);
  if (plan.digest !== undefined && plan.digest !== digest) throw baseChanged(plan.model);
  const folder = folderOf(home, run);
  await mkdir(folder, { recursive: true });
  const file = join(folder, "adapter.gguf");
  const task = {
    ...{ do: "train", base: found.path, digest, name: plan.name, settings: plan.settings },
    ...{ checkpoint: join(folder, "checkpoint"), out: file },
    method: plan.look.method,
  };
  const { signal, turn } = care;
  const { folds: parts, processes } = plan.settings;
  if (processes > 1 && ready.versions.accelerate === undefined) throw noAccelerate();
  const alone = { signal, turn, python: ready.path, cwd: folder };
  const talk = { ...alone, processes };
  const stored = await store.data(run);
  const asked = { task, base: found.path, home, tools };
  const both = await withLikely(store, run, [...stored.train, ...stored.validation], asked, alone);
  const held = stored.train.length;
  const data = { ...stored, train: both.slice(0, held), validation: both.slice(held) };
  const { perturb, seed } = plan.settings;
  const beside = (chats: readonly Chat[]) => perturbedChats(chats, perturb, seed);
  const folds = await crossValidate(task, data, parts, {
    ...{ ...talk, beside },
    progress: (fold, done, total) => care.progress(fold * total + done, (parts + 1) * total),
  });
  const whole = {
    ...{ ...task, ...data, train: [...data.train, ...beside(data.train)] },
    probes: probesOf(data.test, perturb, seed),
  };
  const heard = await listen(store, run, converse(whole, talk), {
    ...care,
    progress: (done, total) => care.progress(parts * total + done, (parts + 1) * total),
  });
  await turn();
  const adapter = { id: TRIED, path: file, digest: await digestOf(file, signal) };
  const engine = await tools.openAlone(found.path, { adapter, signal });
  const general: Counted[] = [];
  try {
    for (const text of GENERAL) {
      const tokens = await engine.tokenize?.(text, signal);
      if (tokens) general.push({ tokens });
    }
    const measured = await measure(engine, heard, general, care);
    const { parity } = measured;
    const faithful = parity && isFaithful(parity);
    if (parity && !faithful) throw notFaithful(parity.tuned, parity.base);
    const offered = await offer(home, file, plan.name, adapter.digest);
    return {
      ...{ adapter: offered, adapterDigest: adapter.digest, baseDigest: digest },
      adapterBytes: (await stat(file)).size,
      ...heard.facts,
      ...{ folds, ...measured },
      soft: softOf(await store.points(run), heard.facts.bestStep, likelyIn(data.train)),
      faithful,
      ...verdictOf(measured, heard.facts.bestStep),
    };
  } finally {
    await engine.close();
  }
}

type Facts = Pick<
  Result,
  | ("device" | "parameters" | "tokens" | "answerTokens" | "cut")
  | ("bestStep" | "steps" | "early" | "tokensPerSecond")
>;

interface Heard {
  readonly references: readonly Reference[];
  readonly tests: readonly Judged[];
  readonly learned: readonly Counted[];
  readonly probes: readonly (Counted & { readonly seen: boolean })[];
  readonly facts: Facts;
}

/** @returns what the worker has said, with its curves kept */
async function listen(
  store: RunStore,
  run: Run,
  lines: AsyncIterable<Told>,
  care: Care,
): Promise<Heard> {
  const references: Reference[] = [];
  const tests: Judged[] = [];
  const learned: Counted[] = [];
  const probes: (Counted & { readonly seen: boolean })[] = [];
  let total = run.total ?? 0;
  let facts: Facts = {
    ...{ device: "cpu", parameters: 0, tokens: 0, answerTokens: 0, cut: 0 },
    ...{ bestStep: 0, steps: 0, early: false, tokensPerSecond: 0 },
  };
  const keep = async (point: Point) => {
    await store.keep(run, point);
    care.point?.(point);
  };
  for await (const line of lines) {
    if (line.type === "ready") {
      total = line.steps;
      await store.total(run, total);
      const { device, parameters, tokens, answerTokens, cut } = line;
      facts = { ...facts, device, parameters, tokens, answerTokens, cut };
    } else if (line.type === "step") {
      const { step, loss, rate, tokens, seconds } = line;
      await keep({ kind: "step", step, loss, rate, tokens, seconds });
      care.progress(step, total);
    } else if (line.type === "validation") {
      const { divergence } = line;
      const far = divergence === undefined ? {} : { divergence };
      await keep({ kind: "validation", step: line.step, loss: line.loss, ...far });
      care.progress(line.step, total);
    } else if (line.type === "reference") references.push(line);
    else if (line.type === "test") tests.push(line);
    else if (line.type === "learned") learned.push(line);
    else if (line.type === "probe") probes.push(line);
    else if (line.type === "done") {
      facts = { ...facts, bestStep: line.best, steps: line.steps, early: line.early };
    }
  }
  // Over all of it, also what was done before it was stopped.
  const steps = (await store.points(run)).filter((one) => one.kind === "step");
  const seconds = steps.reduce((sum, one) => sum + one.seconds, 0);
  const tokens = steps.reduce((sum, one) => sum + one.tokens, 0);
  return {
    ...{ references, tests, learned, probes },
    facts: { ...facts, tokensPerSecond: seconds > 0 ? tokens / seconds : 0 },
  };
}

type Measured = Pick<Result, "test" | "general" | "preferred" | "extraction" | "robust"> & {
  readonly parity: Parity | null;
};

async function measure(
  engine: Engine,
  { references, tests, learned, probes }: Heard,
  texts: readonly Counted[],
  { turn, signal }: Care,
): Promise<Measured> {
  await turn();
  const parity = await parityOf(engine, TRIED, references, signal);
  // What is learned from judgements may make good answers less likely, as long as bad ones lose more.
  const judged = tests.some(({ sign }) => sign !== undefined);
  const test = judged ? null : await compare(engine, TRIED, tests, turn, signal);
  const preferred = judged ? await prefer(engine, TRIED, tests, turn, signal) : null;
  const changed = async (seen: boolean) => {
    const some = probes.filter((one) => one.seen === seen);
    return compare(engine, TRIED, some, turn, signal);
  };
  const robust =
    probes.length === 0 ? null : { seen: await changed(true), unseen: await changed(false) };
  const general = await compare(engine, TRIED, texts, turn, signal);
  const unseen = tests.filter(({ sign }) => sign !== -1);
  const extraction = await extract(engine, TRIED, { learned, unseen }, turn, signal);
  return { parity, test, preferred, general, extraction, robust };
}

/** Puts a copy into the folder of adapters, whole or not at all. @returns its id */
async function offer(home: string, file: string, name: string, digest: string): Promise<string> {
  const folder = join(home, "models", "adapters");
  await mkdir(folder, { recursive: true });
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const short = slug.replace(/^-+|-+$/g, "").slice(0, 40) || "adapter";
  // Two of one name are told apart by what is in them.
  const taken = existsSync(join(folder, `${short}.gguf`));
  const id = taken ? `${short}-${digest.slice(0, 6)}` : short;
  const part = join(folder, `${id}.part`);
  await copyFile(file, part);
  await rename(part, join(folder, `${id}.gguf`));
  return id;
}

/** How far the teacher was before the first step, and where the weights were kept. */
function softOf(points: readonly Point[], best: number, tokens: number): Result["soft"] {
  const far = points.flatMap((one) => (one.kind === "validation" ? one : []));
  const before = far.find(({ step }) => step === 0)?.divergence;
  const after = far.find(({ step }) => step === best)?.divergence;
  return before === undefined || after === undefined ? null : { before, after, tokens };
}

const likelyIn = (chats: readonly Partial<Soft>[]) =>
  chats.reduce((sum, { likely = [] }) => sum + likely.length, 0);
