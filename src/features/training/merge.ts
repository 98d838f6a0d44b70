/**
 * Makes one file of the base and what a run has learned: the base in 32-bit floats, the adapter added to
 * its matrices, and that in the type that is wished. It stands among the models once it is whole.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { QUANTISED_TYPES, type QuantisedType } from "../../core/quantising.ts";
import { settle } from "../../core/settle.ts";
import { digestOf } from "./digest.ts";
import * as errors from "./errors.ts";
import type { Run } from "./store.ts";
import type { Tools } from "./tools.ts";
import { type Care, folderOf, type Ground } from "./work.ts";

/** A model's file that was made of a run. */
export interface Merged {
  /** In the models folder. */
  readonly file: string;
  readonly type: string;
  readonly bytes: number;
}

/** @throws CharlaError `invalid_setting` */
export function typeOf(wish: string): QuantisedType {
  const type = QUANTISED_TYPES.find((name) => name === wish.toUpperCase());
  if (type === undefined) throw errors.wrongValue("--type", wish, QUANTISED_TYPES.join(" | "));
  return type;
}

/**
 * What may be merged, and into which file.
 *
 * @throws CharlaError why it cannot: before anything is written
 */
export async function mergePlan({ home, tools }: Ground, run: Run, type: QuantisedType) {
  const { plan, result } = run;
  if (!result?.adapter) throw errors.nothingToMerge(plan.name);
  const found = await tools.find(plan.model);
  if (!found) throw errors.noFile(plan.model);
  const adapter = join(folderOf(home, run), "adapter.gguf");
  if (!existsSync(adapter)) throw errors.adapterChanged(plan.name);
  const folder = join(home, "models");
  const name = `${plan.model}-${result.adapter}`.replace(/[^A-Za-z0-9._-]+/g, "-");
  const output = join(folder, `${name}.${type}.gguf`);
  if (existsSync(output)) throw errors.mergedAlready(output);
  return { base: found.path, adapter, output, result };
}

/** @throws CharlaError why it cannot; the signal's reason. Nothing is left behind then. */
export async function merge(
  ground: Ground,
  run: Run,
  type: QuantisedType,
  { signal, progress, turn }: Pick<Care, "signal" | "progress" | "turn">,
): Promise<Merged> {
  const { tools, home } = ground;
  const { base, adapter, output, result } = await mergePlan(ground, run, type);
  await turn();
  if ((await digestOf(base, signal)) !== result.baseDigest)
    throw errors.baseChanged(run.plan.model);
  if ((await digestOf(adapter, signal)) !== result.adapterDigest)
    throw errors.adapterChanged(run.plan.name);
  const [floats, part] = [join(folderOf(home, run), "merging.gguf"), `${output}.part`];
  const whole = { input: base, output: floats, type: "F32", allowRequantize: true } as const;
  const plan = await tools.quantise({ ...whole, dryRun: true, signal });
  await room(tools, base, type, part, plan.bytesAfter, signal);
  await mkdir(dirname(output), { recursive: true });
  // Bytes of tensors: of the base, then twice of all in 32-bit floats.
  const [first, each] = [plan.bytesBefore, plan.bytesAfter];
  const told = (done: number) => progress(Math.round(done), Math.round(first + 2 * each));
  try {
    await turn();
    await tools.quantise({
      ...{ ...whole, dryRun: false, signal },
      onProgress: ({ bytesBefore }) => told(bytesBefore),
    });
    await turn();
    await tools.addLora({
      ...{ path: floats, adapter, signal },
      progress: (done, total) => told(first + (done / total) * each),
    });
    await turn();
    const says = {
      "general.name": `${run.plan.name} (${run.plan.model})`,
      "charla.merge.base": result.baseDigest,
      "charla.merge.adapter": result.adapterDigest,
      "charla.merge.run": run.id,
    };
    await tools.quantise({
      ...{ ...whole, input: floats, output: part, type, says, dryRun: false, signal },
      onProgress: ({ bytesBefore }) => told(first + each + bytesBefore),
    });
    signal.throwIfAborted();
    await rm(floats);
    await settle(part, output);
    return { file: basename(output), type, bytes: (await stat(output)).size };
  } finally {
    for (const one of [floats, part]) await rm(one, { force: true });
  }
}

/** @throws CharlaError `training_merge_type`, `training_merge_no_room` */
async function room(
  tools: Tools,
  base: string,
  type: QuantisedType,
  output: string,
  floats: number,
  signal: AbortSignal,
): Promise<void> {
  const job = { input: base, output, type, allowRequantize: true, dryRun: true, signal };
  const { converted, fitting, bytesBefore, bytesAfter } = await tools.quantise(job);
  if (converted > 0 && fitting === 0) throw errors.mergeUnfit(type);
  // Both have what is no tensor: the vocabulary, the template, names and shapes.
  const header = Math.max(0, (await stat(base)).size - bytesBefore);
  const [needed, free] = [floats + bytesAfter + 2 * header, await tools.freeBytes(dirname(output))];
  if (free < needed) throw errors.noRoomToMerge(needed, free);
}

/** What was made of a run and is there still, whatever it is called now. */
export async function mergedOf(
  { home, tools }: Ground,
  { id }: Pick<Run, "id">,
): Promise<readonly (Merged & { readonly path: string })[]> {
  const folder = join(home, "models");
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".gguf"));
  const found = await Promise.all(
    files.map(async (file) => {
      const path = join(folder, file);
      // What is no model, or gone meanwhile, was not made of it.
      const header = await tools.inspect(path).catch(() => undefined);
      if (header?.merged?.run !== id) return [];
      return [{ file, path, type: header.quantisation, bytes: (await stat(path)).size }];
    }),
  );
  return found.flat();
}
