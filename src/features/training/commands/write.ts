/**
 * `charla train write`: a teacher's texts as JSON lines, with its progress, to be stopped by Ctrl-C; the same
 * command again goes on where it was.
 */
import { SOLO } from "../../../core/access.ts";
import { fill } from "../../../core/errors.ts";
import type { Ground, House } from "../../../core/feature.ts";
import { interruptible } from "../../../terminal/interrupt.ts";
import { progressLine } from "../../../terminal/progress.ts";
import { labelOf } from "../data/provenance.ts";
import { wrongValue } from "../errors.ts";
import { messages } from "../messages.ts";
import { beginWriting, type WriteWish } from "../teacher/begin.ts";
import { writingStopped } from "../teacher/errors.ts";
import { FAULTS, tallyOf, type Writing, writing } from "../teacher/plan.ts";
import { fileOf } from "../teacher/rows.ts";
import { WrittenStore } from "../teacher/store.ts";
import { write } from "../teacher/write.ts";
import type { Tools } from "../tools.ts";
import { read } from "./run.ts";

export interface WriteOptions {
  readonly teacher: string;
  readonly about?: string;
  readonly number?: string;
  readonly language?: string;
  readonly tone?: string;
  readonly maxTokens?: string;
  readonly unmasked?: boolean;
}

/** Made up where nobody says how many. */
const NUMBER = 50;

export async function writeCommand(
  paths: readonly string[],
  options: WriteOptions,
  tools: Tools,
  ground: Ground,
): Promise<void> {
  const { teacher, about, unmasked } = options;
  if (paths.length > 0 === (about !== undefined))
    throw wrongValue("--about", about ?? "", "FILES | --about");
  const wish: WriteWish = {
    ...{ teacher, unmasked, maxTokens: tokensOf(options.maxTokens) },
    files: await Promise.all(paths.map(read)),
    ...(about !== undefined && { synthetic: descriptionOf(about, options, ground) }),
  };
  await ground.atRest(async (house) => {
    const { text } = await writeHere(wish, house, tools, ground);
    process.stdout.write(text);
  });
}

/** @throws CharlaError `training_writing_stopped`; why it failed. What was written is kept. */
export async function writeHere(
  wish: WriteWish,
  { db, vault, engines, intake }: House,
  tools: Tools,
  { language, settings: { version } }: Ground,
): Promise<{ readonly plan: Writing; readonly text: string }> {
  const words = messages[language];
  const store = new WrittenStore(db, vault);
  // Nothing else works on the data folder, so what runs there is what was cut.
  await store.settle();
  const set = await beginWriting(store, wish, { owner: SOLO.id, intake, version });
  using stopping = interruptible();
  const { signal } = stopping;
  const line = progressLine(process.stderr, (done, total) =>
    fill(words.textsDone, { done, total }),
  );
  const label = fill(words.writing, { name: set.plan.name, teacher: labelOf(set.plan.teacher) });
  let [done, total] = [0, set.questions];
  try {
    if (set.state !== "done")
      await write(store, { engines, tools }, set, {
        signal,
        progress(now, of) {
          [done, total] = [now, of];
          line.show(label, now, of, null);
        },
        turn: async () => signal.throwIfAborted(),
      });
  } catch (thrown) {
    if (signal.aborted) throw writingStopped(done, total);
    throw thrown;
  } finally {
    line.clear();
  }
  const { plan } = await store.one(SOLO.id, set.id);
  const items = await store.items(set);
  const { questions, answers, faults } = tallyOf(items);
  const left = FAULTS.filter((fault) => faults[fault] > 0);
  const named = left.map((fault) => fill(words.faults[fault], { n: faults[fault] }));
  console.error(fill(words.wrote, { answers, questions }));
  if (named.length > 0) console.error(fill(words.lookSkipped, { list: named.join(", ") }));
  return { plan, text: fileOf(plan, items) };
}

/** @throws CharlaError `invalid_setting` */
export function tokensOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { data, error } = writing.shape.maxTokens.safeParse(Number(text));
  if (error) throw wrongValue("--max-tokens", text, error.issues[0]?.message ?? "");
  return data;
}

/** @throws CharlaError `invalid_setting` */
function descriptionOf(
  about: string,
  { number, tone, language: wished }: WriteOptions,
  { language }: Ground,
): WriteWish["synthetic"] {
  const wish = { about, tone, language: wished ?? language, number: Number(number ?? NUMBER) };
  const { data, error } = writing.shape.synthetic.safeParse(wish);
  if (data) return data;
  const [issue] = error?.issues ?? [];
  const name = String(issue?.path[0] ?? "about") as keyof typeof wish;
  throw wrongValue(`--${name}`, String(wish[name] ?? ""), issue?.message ?? "");
}
