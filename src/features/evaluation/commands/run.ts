/**
 * A run in the terminal, with its progress, to be stopped by Ctrl-C and gone on with: in the server that
 * has the data folder, or here and now.
 */

import { SOLO } from "../../../core/access.ts";
import { fill } from "../../../core/errors.ts";
import type { Ground, House } from "../../../core/feature.ts";
import type { Language } from "../../../locales/index.ts";
import { interruptible } from "../../../terminal/interrupt.ts";
import { progressLine } from "../../../terminal/progress.ts";
import type { NewRunBody } from "../api.ts";
import type { Begun } from "../begin.ts";
import { evaluationCut } from "../errors.ts";
import { messages } from "../messages.ts";
import type { Plan, Wish } from "../plan.ts";
import { type Report, reportOf } from "../report.ts";
import { type Run, RunStore } from "../store.ts";
import { told } from "../told/index.ts";
import type { Tools } from "../tools.ts";
import { work } from "../work.ts";
import { beginBeside, followed, idsOf, PATH } from "./beside.ts";
import { wishesOf } from "./wishes.ts";

interface Wanted {
  /** As `--model` has them; the one that answers by default when absent. */
  readonly models: readonly string[] | undefined;
  /** For the server that runs. @param models by their ids */
  body(models: string[]): NewRunBody;
  /** For a run of one's own. */
  begin(models: readonly Wish[], store: RunStore): Begun<Plan> | Promise<Begun<Plan>>;
}

/**
 * In the server that runs on the data folder, or here where none does.
 *
 * @throws CharlaError `evaluation_cut` when it was stopped; why it failed
 */
export async function measure(
  ground: Ground,
  tools: () => Promise<Tools>,
  { models, body, begin }: Wanted,
  json: boolean | undefined,
): Promise<void> {
  const server = await ground.running(PATH);
  if (server) {
    const id = await beginBeside(server, body(await idsOf(server, models)));
    return show(await followed(server, id, ground.language), ground.language, json);
  }
  const made = await tools();
  const wishes = await wishesOf(models, made);
  await runHere(
    ground,
    made,
    async (store) => {
      const { plan, content } = await begin(wishes, store);
      return store.add(SOLO.id, plan, content);
    },
    json,
  );
}

/**
 * @param begin gives the run that is to be done
 * @throws CharlaError `evaluation_cut` when it was stopped; why it failed
 */
export async function runHere(
  { atRest, language, measures }: Ground,
  tools: Tools,
  begin: (store: RunStore) => Promise<Run>,
  json: boolean | undefined,
): Promise<void> {
  await atRest(async ({ db, vault, engines }) => {
    const store = await storeOf({ db, vault });
    const run = await begin(store);
    await doHere(store, { tools, engines, alone: true, measures }, run, language);
    show(await reportOf(store, await store.one(run.owner, run.id)), language, json);
  });
}

export const show = (report: Report, language: Language, json: boolean | undefined): void =>
  console.log(json ? JSON.stringify(report, null, 2) : told(report, language));

/** Nothing else works on the data folder, so what runs there is what was cut. */
export async function storeOf({ db, vault }: Pick<House, "db" | "vault">): Promise<RunStore> {
  const store = new RunStore(db, vault);
  await store.settle();
  return store;
}

/** @throws CharlaError `evaluation_cut` when it was stopped; why it failed */
export async function doHere(
  store: RunStore,
  where: Parameters<typeof work>[1],
  run: Run,
  language: Ground["language"],
): Promise<void> {
  const text = messages[language];
  using stopping = interruptible();
  const line = progressLine(process.stderr, (done, total) => fill(text.pieces, { done, total }));
  const label = `${run.plan.source.name} ${text.measuring}`;
  let [done, total] = [run.done, run.total];
  try {
    await work(store, where, run, {
      signal: stopping.signal,
      progress(now, of) {
        [done, total] = [now, of];
        line.show(label, now, of, null);
      },
      turn: async () => stopping.signal.throwIfAborted(),
    });
  } catch (thrown) {
    if (stopping.signal.aborted) throw evaluationCut(run.id, done, total);
    throw thrown;
  } finally {
    line.clear();
  }
}
