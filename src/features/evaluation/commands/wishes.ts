/** Models as the command line names them: an id of the library, or a path, and an adapter behind "+". */
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { wishOf } from "../begin.ts";
import { modelMissing, noModels } from "../errors.ts";
import type { Wish } from "../plan.ts";
import type { Tools } from "../tools.ts";

/**
 * @param texts the model that answers by default when absent
 * @throws CharlaError `model_not_found`, `model_not_installed`, `evaluation_model_missing`
 */
export async function wishesOf(
  texts: readonly string[] | undefined,
  tools: Pick<Tools, "find">,
): Promise<readonly Wish[]> {
  const wishes: Wish[] = [];
  for (const text of texts ?? [undefined]) wishes.push(await one(text, tools));
  return wishes;
}

async function one(text: string | undefined, tools: Pick<Tools, "find">): Promise<Wish> {
  if (text !== undefined && isPath(text)) return fileOf(text);
  const wish = text === undefined ? undefined : wishOf(text);
  const found = await tools.find(wish?.model);
  if (!wish && !found) throw noModels();
  return { ...wish, model: found?.id ?? (wish?.model as string) };
}

export const isPath = (text: string) => /[\\/]|\.gguf(\+|$)/i.test(text) || existsSync(text);

function fileOf(text: string): Wish {
  // A name may have a "+" in it.
  const plus = existsSync(text) ? -1 : text.lastIndexOf("+");
  const [file, adapter] = plus < 0 ? [text] : [text.slice(0, plus), text.slice(plus + 1)];
  for (const path of adapter === undefined ? [file] : [file, adapter]) {
    if (!existsSync(path)) throw modelMissing(path);
  }
  const path = resolve(file);
  return { model: basename(path), path, ...(adapter && { adapter: resolve(adapter) }) };
}
