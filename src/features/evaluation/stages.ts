/** What each kind of run does with one model after the other: the pieces of work that are kept singly. */
import type { Measure } from "../../core/measure.ts";
import { answered, ask } from "./ask/answer.ts";
import { similar } from "./ask/similar.ts";
import { judge, pairsIn } from "./judge/ask.ts";
import { measurePiece, piecesOf } from "./length/measure.ts";
import { measuringIn } from "./measures/measured.ts";
import { cut, scoreWindow } from "./perplexity/measure.ts";
import {
  type AskPlan,
  type BiasPlan,
  type ByKind,
  by,
  type JudgePlan,
  type LengthPlan,
  labelOf,
  type MeasurePlan,
  type PerplexityPlan,
  type RobustPlan,
  type SpeedPlan,
  type Wish,
} from "./plan.ts";
import { pairsOf, scorePair } from "./safety/measure.ts";
import { tryQuestion } from "./safety/try.ts";
import { type Item, item as itemSchema } from "./sets/item.ts";
import { measureSpeed } from "./speed/measure.ts";
import { MODEL, type Run, type RunStore } from "./store.ts";
import type { Subject } from "./subject.ts";
import { readTexts } from "./texts/read.ts";

/** Pieces of work on one model. */
export interface Pieces {
  readonly count: number;
  /** @returns what came of it */
  do(place: number): Promise<unknown>;
}

interface Placed {
  /** Under which it is kept: that of the model in the plan, or what comes behind all of them. */
  readonly model: number;
  /** How many there will be, where that is known before the model is open. */
  readonly count: number | undefined;
}

/** Work on a model that is opened for it. */
interface OnModel extends Placed {
  readonly wish: Wish;
  pieces(subject: Subject, signal: AbortSignal): Promise<Pieces>;
}

/** Work that needs none. */
interface Alone extends Placed {
  readonly wish?: undefined;
  alone(signal: AbortSignal): Pieces;
}

export type Stage = OnModel | Alone;

/** In which form a run keeps its text, whatever file it came from. */
const KEPT = "kept.jsonl";

/** @throws CharlaError `evaluation_measure_not_found` */
export async function stagesOf(
  store: RunStore,
  run: Run,
  measures: readonly Measure[],
): Promise<readonly Stage[]> {
  return by(STAGES, run.plan, await store.content(run), { store, run, measures });
}

export const itemsOf = (content: string): readonly Item[] =>
  content.split("\n").map((line) => itemSchema.parse(JSON.parse(line)));

function perplexity(plan: PerplexityPlan, content: string): readonly OnModel[] {
  const { documents } = readTexts(KEPT, content);
  return plan.models.map((wish, model) => ({
    ...{ model, wish, count: undefined },
    async pieces({ engine, adapter }, signal) {
      const windows = await cut(engine, plan, documents, signal);
      return {
        count: windows.length,
        do: async (place) => {
          const window = windows[place];
          return window && scoreWindow(engine, window, { adapter, signal });
        },
      };
    },
  }));
}

/** A piece of work for each of a list, on every model of a plan. */
function each<One>(
  { models }: { readonly models: readonly Wish[] },
  list: readonly One[],
  work: (
    engine: Subject["engine"],
    one: One,
    beside: { place: number; adapter: Subject["adapter"]; signal: AbortSignal },
  ) => Promise<unknown>,
): readonly OnModel[] {
  return models.map((wish, model) => ({
    ...{ model, wish, count: list.length },
    pieces: async ({ engine, adapter }, signal) => ({
      count: list.length,
      do: async (place) => {
        const one = list[place];
        return one === undefined ? one : work(engine, one, { place, adapter, signal });
      },
    }),
  }));
}

function speed(plan: SpeedPlan, content: string): readonly Stage[] {
  const text = readTexts(KEPT, content)
    .documents.map((one) => one.text)
    .join("\n\n");
  const rounds = Array.from({ length: plan.rounds }, () => text);
  return each(plan, rounds, (engine, one, beside) => measureSpeed(engine, one, plan, beside));
}

const bias = (plan: BiasPlan, content: string): readonly Stage[] =>
  each(plan, pairsOf(content), scorePair);

function length(plan: LengthPlan, content: string): readonly OnModel[] {
  const { documents } = readTexts(KEPT, content);
  return plan.models.map((wish, model) => ({
    ...{ model, wish, count: undefined },
    async pieces({ engine, adapter }, signal) {
      const pieces = piecesOf(plan, engine.card.contextWindow);
      return {
        count: pieces.length,
        do: async (place) => {
          const piece = pieces[place];
          return piece && measurePiece(engine, piece, { plan, documents, adapter, signal });
        },
      };
    },
  }));
}

const robust = (plan: RobustPlan, content: string): readonly Stage[] =>
  each(plan, itemsOf(content), (engine, item, beside) =>
    tryQuestion(engine, item, { plan, ...beside }),
  );

const judging = (plan: JudgePlan, content: string): readonly Stage[] =>
  each(plan, pairsIn(content), (engine, pair, beside) => judge(engine, pair, { plan, ...beside }));

function questions(
  store: RunStore,
  run: Run,
  plan: AskPlan,
  items: readonly Item[],
): readonly Stage[] {
  const asked = each(plan, items, (engine, item, beside) => ask(engine, item, { plan, ...beside }));
  const compared = items.filter(
    ({ kind, references }) => kind !== "choice" && references.length > 0,
  );
  const [first] = plan.models;
  if (!first || compared.length === 0) return asked;
  // One model's embeddings for all answers, or they would be measured by different yardsticks.
  const similarity: OnModel = {
    ...{ model: plan.models.length, wish: first, count: plan.models.length },
    pieces: async ({ engine }, signal) => ({
      count: engine.embed ? plan.models.length : 0,
      async do(place) {
        const told = (await store.items(run))
          .filter(({ model, place: at }) => model === place && at !== MODEL)
          .map(({ body }) => answered.parse(body));
        const answers = new Map(told.map((one) => [one.id, one]));
        const found = await similar(engine, compared, answers, { seed: plan.seed, signal });
        return { by: labelOf(first), items: found };
      },
    }),
  };
  return [...asked, similarity];
}

async function measuring(
  { measure, seed }: MeasurePlan,
  measures: readonly Measure[],
): Promise<readonly Stage[]> {
  const { parts } = await measuringIn(measures, measure);
  const count = parts.length;
  const alone = (signal: AbortSignal): Pieces => ({
    count,
    do: async (place) => parts[place]?.(seed, signal),
  });
  return [{ model: 0, count, alone }];
}

interface Beside {
  readonly store: RunStore;
  readonly run: Run;
  readonly measures: readonly Measure[];
}

const STAGES: ByKind<
  [content: string, beside: Beside],
  readonly Stage[] | Promise<readonly Stage[]>
> = {
  perplexity,
  speed,
  bias,
  length,
  ask: (plan, content, { store, run }) => questions(store, run, plan, itemsOf(content)),
  robust,
  judge: judging,
  measure: (plan, _content, { measures }) => measuring(plan, measures),
};
