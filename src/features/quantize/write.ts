/** Writes the new file: it appears under its name when it is whole and on disk, never before. */
import { dirname } from "node:path";
import type { Quantising, Tally } from "../../core/quantising.ts";
import { settle } from "../../core/settle.ts";
import { checkFit, checkSpace, reserve } from "./checks.ts";
import { noSpace } from "./errors.ts";
import type { Tools } from "./tools.ts";

type Wish = Omit<Quantising, "dryRun" | "onProgress"> & { readonly force: boolean };

/** The name that the file has while it is written. */
export const partOf = (output: string): string => `${output}.part`;

/**
 * @param show gets the bytes of tensors that are done, and of all
 * @throws CharlaError, and the signal's reason; `output` is as it was then
 */
export async function write(
  tools: Tools,
  { force, output, ...wish }: Wish,
  show: (done: number, total: number) => void,
): Promise<Tally> {
  const part = partOf(output);
  const folder = dirname(output);
  await using _part = await reserve(part, force);
  const job = { ...wish, output: part };
  const plan = await tools.quantise({ ...job, dryRun: true });
  checkFit(plan, wish.type, wish.input);
  const needed = await checkSpace(tools, { folder, input: wish.input, tally: plan });
  try {
    const onProgress = ({ bytesBefore }: Tally) => show(bytesBefore, plan.bytesBefore);
    const tally = await tools.quantise({ ...job, dryRun: false, onProgress });
    wish.signal.throwIfAborted();
    await settle(part, output);
    return tally;
  } catch (thrown) {
    // The library only says that it could not write; others may have filled the disk meanwhile.
    const free = await tools.freeBytes(folder);
    if (free < FULL && !wish.signal.aborted) throw noSpace(folder, needed, free, thrown);
    throw thrown;
  }
}

/** Bytes: a disk with less has no room for another tensor. */
const FULL = 2 ** 20;
