/** A run in the terminal: done here and now, with its progress, to be stopped by Ctrl-C and gone on with. */

import { fill } from "../../../core/errors.ts";
import type { Ground, House } from "../../../core/feature.ts";
import { progressLine } from "../../../terminal/progress.ts";
import { evaluationCut } from "../errors.ts";
import { messages } from "../messages.ts";
import { reportOf } from "../report.ts";
import { type Run, RunStore } from "../store.ts";
import { told } from "../told/index.ts";
import type { Tools } from "../tools.ts";
import { work } from "../work.ts";

/**
 * @param begin gives the run that is to be done
 * @throws CharlaError `evaluation_cut` when it was stopped; why it failed
 */
export async function runHere(
  { atRest, language }: Ground,
  tools: Tools,
  begin: (store: RunStore) => Promise<Run>,
  json: boolean | undefined,
): Promise<void> {
  await atRest(async ({ db, vault, engines }) => {
    const store = await storeOf({ db, vault });
    const run = await begin(store);
    await doHere(store, { tools, engines, alone: true }, run, language);
    const report = await reportOf(store, await store.one(run.owner, run.id));
    console.log(json ? JSON.stringify(report, null, 2) : told(report, language));
  });
}

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
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
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
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
