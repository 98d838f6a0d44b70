/** What is looked at before a file is quantised, so that nonsense is refused before the work. */
import type { BigIntStats } from "node:fs";
import { open, readFile, rm, stat } from "node:fs/promises";
import { CharlaError } from "../../core/errors.ts";
import { QUANTISED_TYPES, type QuantisedType, type Tally } from "../../core/quantising.ts";
import { noSpace, outputExists, outputUnusable, sameFile, unfinished } from "./errors.ts";
import type { Tools } from "./tools.ts";

/** @throws CharlaError `invalid_setting` */
export function knownType(wish: string): QuantisedType {
  const type = QUANTISED_TYPES.find((name) => name === wish.toUpperCase());
  if (type !== undefined) return type;
  throw new CharlaError("invalid_setting", {
    status: 400,
    message: "The setting {setting} has the value '{value}', which is not valid.",
    hint: "It takes: {accepts}.",
    params: { setting: "--type", value: wish, accepts: QUANTISED_TYPES.join(" | ") },
  });
}

/** What the header does not tell is left to the library, which looks at each tensor. */
const UNQUANTISED: ReadonlySet<string> = new Set(["F32", "F16", "BF16", "unknown"]);

/** @throws CharlaError `quantise_already`, and what is wrong with the file */
export async function checkInput(tools: Tools, input: string, allowed: boolean): Promise<void> {
  const { quantisation } = await tools.inspect(input);
  if (allowed || UNQUANTISED.has(quantisation)) return;
  throw new CharlaError("quantise_already", {
    status: 409,
    message: "{file} is quantised already ({quantisation}); doing it again loses more quality.",
    hint: "Start from an F16, BF16 or F32 file of the model, or add --allow-requantize.",
    params: { file: input, quantisation },
  });
}

/** @throws CharlaError `quantise_same_file`, `quantise_output_exists`, `quantise_output_unusable` */
export async function checkOutput(
  {
    input,
    output,
    part,
  }: { readonly input: string; readonly output: string; readonly part: string },
  force: boolean,
): Promise<void> {
  const source = await stat(input, { bigint: true });
  const same = (found: BigIntStats | undefined) =>
    found?.dev === source.dev && found.ino === source.ino;
  const there = await look(output);
  if (same(there) || same(await look(part))) throw sameFile(input);
  if (there && !there.isFile()) throw outputUnusable(output, "not a file");
  if (there && !force) throw outputExists(output);
}

async function look(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (thrown) {
    const { code = "" } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw outputUnusable(path, code, thrown);
  }
}

/**
 * Makes an empty file, which keeps a second run away from the same output.
 *
 * @param force also when another run has made it
 * @returns what takes it away again, unless it has been renamed
 * @throws CharlaError `quantise_unfinished`, `quantise_output_unusable`
 */
export async function reserve(part: string, force: boolean): Promise<AsyncDisposable> {
  try {
    const handle = await open(part, force ? "w" : "wx");
    await handle.close();
  } catch (thrown) {
    const { code = "" } = thrown as NodeJS.ErrnoException;
    throw code === "EEXIST" ? unfinished(part) : outputUnusable(part, code, thrown);
  }
  return { [Symbol.asyncDispose]: () => rm(part, { force: true }) };
}

/** @throws CharlaError `quantise_type_unfit` when no tensor can have the type */
export function checkFit({ converted, fitting }: Tally, type: string, input: string): void {
  if (converted === 0 || fitting > 0) return;
  throw new CharlaError("quantise_type_unfit", {
    status: 422,
    message:
      "No tensor of {file} can be stored as {type}: their rows are no multiple of its block.",
    hint: "Choose a type with smaller blocks, such as Q8_0 or Q4_0, or one without: F16.",
    params: { file: input, type },
  });
}

/** @returns the size of the new file, in bytes. @throws CharlaError `quantise_no_space` */
export async function checkSpace(
  tools: Tools,
  { folder, input, tally }: { folder: string; input: string; tally: Tally },
): Promise<number> {
  // Everything that is not tensors is copied: the vocabulary, the template, names and shapes.
  const header = Math.max(0, (await stat(input)).size - tally.bytesBefore);
  const needed = tally.bytesAfter + header;
  const free = await tools.freeBytes(folder);
  if (free < needed) throw noSpace(folder, needed, free);
  return needed;
}

/** @throws CharlaError `quantise_text_unusable` */
export async function readText(file: string): Promise<string> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
    if (text.trim() !== "") return text;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw textUnusable(file, code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "UTF-8" : code, cause);
  }
  throw textUnusable(file, "0");
}

export function textUnusable(file: string, reason = "?", cause?: unknown): CharlaError {
  return new CharlaError("quantise_text_unusable", {
    status: 400,
    message: "{file} is no text that a model can be measured with ({reason}).",
    hint: "Name a file of plain text in UTF-8, best of some pages like those the model is for.",
    params: { file, reason },
    cause,
  });
}
