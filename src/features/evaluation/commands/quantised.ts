/** The files of a model in other types, written into the data folder when a table needs them. */
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { fill } from "../../../core/errors.ts";
import { QUANTISED_TYPES, type QuantisedType } from "../../../core/quantising.ts";
import type { Language } from "../../../locales/index.ts";
import { progressLine } from "../../../terminal/progress.ts";
import { noRoom, wrongValue } from "../errors.ts";
import { messages } from "../messages.ts";
import type { Wish } from "../plan.ts";
import type { Tools } from "../tools.ts";

interface Wanted {
  /** The model's file, and its name without the type. */
  readonly path: string;
  readonly home: string;
  readonly language: Language;
  readonly signal: AbortSignal;
}

/** @throws CharlaError `invalid_setting` */
export function typesOf(list: string): readonly QuantisedType[] {
  return list.split(",").map((name) => {
    const type = QUANTISED_TYPES.find((one) => one === name.trim().toUpperCase());
    if (type === undefined) throw wrongValue("--types", name, QUANTISED_TYPES.join(" | "));
    return type;
  });
}

/**
 * A file in each type: the model's own where it has the type, else one that is made of it, or that was
 * made before.
 *
 * @throws CharlaError `evaluation_no_room`, `quantise_...`
 */
export async function inTypes(
  tools: Tools,
  types: readonly QuantisedType[],
  { path, home, language, signal }: Wanted,
): Promise<readonly Wish[]> {
  const { quantisation } = await tools.inspect(path);
  const folder = join(home, "evaluation");
  await mkdir(folder, { recursive: true });
  const name = basename(path).replace(new RegExp(`[.-]?${quantisation}\\.gguf$|\\.gguf$`, "i"), "");
  const wishes: Wish[] = [];
  for (const type of types) {
    if (type === quantisation) {
      wishes.push({ model: basename(path), path });
      continue;
    }
    const output = join(folder, `${name}.${type}.gguf`);
    if (!(await fresh(output, path))) await make(tools, path, output, type, { language, signal });
    wishes.push({ model: basename(output), path: output });
  }
  return wishes;
}

/** Whether it was made of the model's file as that is now. */
async function fresh(output: string, input: string): Promise<boolean> {
  const [made, from] = await Promise.all([stat(output).catch(() => undefined), stat(input)]);
  return made !== undefined && made.mtimeMs >= from.mtimeMs;
}

async function make(
  tools: Tools,
  input: string,
  output: string,
  type: QuantisedType,
  { language, signal }: Pick<Wanted, "language" | "signal">,
): Promise<void> {
  const part = `${output}.part`;
  const job = { input, output: part, type, allowRequantize: true, signal };
  const plan = await tools.quantise({ ...job, dryRun: true });
  const header = Math.max(0, (await stat(input)).size - plan.bytesBefore);
  const [needed, free] = [plan.bytesAfter + header, await tools.freeBytes(join(output, ".."))];
  if (free < needed) throw noRoom(needed, free);
  const line = progressLine(process.stderr);
  const label = fill(messages[language].making, { file: basename(output) });
  try {
    await tools.quantise({
      ...{ ...job, dryRun: false },
      onProgress: ({ bytesBefore }) => line.show(label, bytesBefore, plan.bytesBefore, null),
    });
    signal.throwIfAborted();
    await rename(part, output);
  } finally {
    line.clear();
    await rm(part, { force: true });
  }
}
