/**
 * Cross-validation: the same training several times before the real one, each time without other chats,
 * which it is validated on. Whole chats are parted, never messages, and the test set is in none of them.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chat } from "./data/chat.ts";
import { type Fold, fold as schema } from "./plan.ts";
import type { Data } from "./sealing.ts";
import { converse, type Talk, type Told } from "./worker/conversation.ts";

interface Parted {
  readonly train: readonly Chat[];
  readonly validation: readonly Chat[];
}

/** @returns so many ways to leave out a part, each chat in one of them */
export function partsOf({ train, validation }: Parted, folds: number): readonly Parted[] {
  const chats = [...train, ...validation];
  return Array.from({ length: folds }, (_, n) => ({
    train: chats.filter((_, at) => at % folds !== n),
    validation: chats.filter((_, at) => at % folds === n),
  }));
}

interface Care {
  /** What is learned of chats, beside these. */
  beside(chats: readonly Chat[]): readonly Chat[];
  /** Steps of a fold that are done, of all. */
  progress(fold: number, done: number, total: number): void;
}

/** @throws as {@link converse}; folds that are done are not done again */
export async function crossValidate(
  task: object,
  data: Data,
  folds: number,
  { progress, beside, ...talk }: Care & Talk,
): Promise<readonly Fold[]> {
  const found: Fold[] = [];
  for (const [n, part] of partsOf(data, folds).entries()) {
    const at = (name: string) => join(talk.cwd, `fold-${n}.${name}`);
    const known = await readFile(at("json"), "utf8").catch(() => undefined);
    const files = { checkpoint: at("checkpoint"), out: at("gguf") };
    const train = [...part.train, ...beside(part.train)];
    const told = (done: number, total: number) => progress(n, done, total);
    const one = known
      ? schema.parse(JSON.parse(known))
      : await heard(converse({ ...task, ...files, ...part, train, test: [] }, talk), told);
    if (!known) await writeFile(at("json"), JSON.stringify(one));
    for (const name of ["checkpoint", "gguf"]) await rm(at(name), { force: true });
    found.push(one);
  }
  return found;
}

/** Takes what was found of the folds away again. */
export async function forgetFolds(folder: string, folds: number): Promise<void> {
  for (let n = 0; n < folds; n++) await rm(join(folder, `fold-${n}.json`), { force: true });
}

async function heard(
  lines: AsyncIterable<Told>,
  told: (done: number, total: number) => void,
): Promise<Fold> {
  let total = 0;
  // One that goes on does not tell again how it began.
  let before: number | null = null;
  let one = { loss: 0, best: 0 };
  for await (const line of lines) {
    if (line.type === "ready") total = line.steps;
    else if (line.type === "step") told(line.step, total);
    else if (line.type === "validation" && line.step === 0) before = line.loss;
    else if (line.type === "done") one = { loss: line.loss, best: line.best };
  }
  return { ...one, before };
}
