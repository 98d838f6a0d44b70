/**
 * Does what a run asks for, piece by piece, model by model. Each piece is kept before the next one is
 * begun, so that a run that was cut goes on where it was.
 */
import { CharlaError } from "../../core/errors.ts";
import { modelChanged } from "./errors.ts";
import { type Facts, facts as factsSchema } from "./plan.ts";
import { reportOf } from "./report.ts";
import { type Stage, stagesOf } from "./stages.ts";
import { type Item, MODEL, type Run, type RunStore } from "./store.ts";
import { openSubject, type Where } from "./subject.ts";

export interface Care {
  readonly signal: AbortSignal;
  /** Pieces that are done, of all as far as they are known. */
  progress(done: number, total: number): void;
  /** Resolves when the next piece may be begun. @throws the signal's reason */
  turn(): Promise<void>;
}

/** @throws CharlaError why it failed; the signal's reason. What was done is kept either way. */
export async function work(store: RunStore, where: Where, run: Run, care: Care): Promise<void> {
  await store.mark(run, "running");
  try {
    await all(store, where, run, care);
    if (run.plan.kind === "length") await keepLengths(store, run);
    await store.mark(run, "done");
  } catch (thrown) {
    const stopped = care.signal.aborted;
    const error = stopped ? null : CharlaError.from(thrown).toJSON();
    await store.mark(run, stopped ? "cut" : "failed", error);
    throw thrown;
  }
}

/** So that everybody who chooses a model sees how long its window really is. */
async function keepLengths(store: RunStore, run: Run): Promise<void> {
  // With an adapter it is another model.
  for (const { facts, length } of (await reportOf(store, run)).models)
    if (facts?.digest && !facts.adapterDigest && length)
      await store.putLength(facts.digest, length);
}

async function all(store: RunStore, where: Where, run: Run, care: Care): Promise<void> {
  const stages = await stagesOf(store, run, where.measures());
  const kept = await store.items(run);
  let done = kept.filter(({ place }) => place !== MODEL).length;
  let before = 0;
  for (const [at, stage] of stages.entries()) {
    const own = kept.filter(({ model }) => model === stage.model);
    if (isWhole(stage, own)) {
      before += stage.count ?? 0;
      continue;
    }
    const places = new Set(own.map(({ place }) => place));
    await care.turn();
    await using opened = await open(where, stage, care.signal);
    const known = own.find(({ place }) => place === MODEL);
    const { model } = stage;
    const { facts } = opened;
    if (known && facts) checkSame(factsSchema.parse(known.body), facts);
    else if (facts) await store.keep(run, { model, place: MODEL, body: facts }, done);
    const pieces = await opened.pieces();
    before += pieces.count;
    // Models that are still to come have about as many, where they have not said.
    const rest = stages.slice(at + 1).reduce((sum, one) => sum + (one.count ?? pieces.count), 0);
    const total = before + rest;
    await store.total(run, total);
    for (let place = 0; place < pieces.count; place++) {
      if (places.has(place)) continue;
      care.progress(done, total);
      await care.turn();
      care.signal.throwIfAborted();
      const body = await pieces.do(place);
      done += 1;
      await store.keep(run, { model, place, body }, done);
    }
    care.progress(done, total);
  }
}

/** The model of a stage with the work on it; of one that needs none, the work alone. */
async function open(where: Where, stage: Stage, signal: AbortSignal) {
  if (!stage.wish)
    return { pieces: async () => stage.alone(signal), async [Symbol.asyncDispose]() {} };
  const subject = await openSubject(where, stage.wish, signal);
  return {
    facts: subject.facts,
    pieces: () => stage.pieces(subject, signal),
    [Symbol.asyncDispose]: () => subject[Symbol.asyncDispose](),
  };
}

/** Whether all of it was done before, so that its model need not be opened. */
const isWhole = ({ count }: Stage, own: readonly Item[]): boolean =>
  count !== undefined && own.filter(({ place }) => place !== MODEL).length >= count;

/** @throws CharlaError `evaluation_model_changed` */
function checkSame(before: Facts, now: Facts): void {
  const same = before.digest === now.digest && before.adapterDigest === now.adapterDigest;
  if (!same) throw modelChanged(now.label);
}
