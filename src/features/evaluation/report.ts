/** What a run has found, as the terminal, the page and files show it: drawn from what is stored alone. */
import { type Answered, answered } from "./ask/answer.ts";
import { similarities } from "./ask/similar.ts";
import {
  type AnswersCompared,
  compareAnswers,
  type Questions,
  summariseAnswers,
} from "./ask/summary.ts";
import { scored } from "./perplexity/measure.ts";
import { type Perplexity, type Ratio, ratioOf, summarise } from "./perplexity/summary.ts";
import { type AskPlan, type Facts, facts as factsSchema, labelOf, type Wish } from "./plan.ts";
import { type BiasPair, type BiasResult, biasResults } from "./safety/bias.ts";
import { pairsOf, scoredPair } from "./safety/measure.ts";
import type { Item as Question } from "./sets/item.ts";
import { round } from "./speed/measure.ts";
import { type Speed, summariseSpeed } from "./speed/summary.ts";
import { itemsOf } from "./stages.ts";
import { type Item, MODEL, type Run, type RunStore } from "./store.ts";

/** What was found of one model; what its run did not look for is absent. */
export interface ModelReport {
  readonly label: string;
  /** Null where it was not opened yet. */
  readonly facts: Facts | null;
  readonly perplexity?: readonly Perplexity[];
  /** Of perplexity, against the first model of the run; null for the first. */
  readonly ratio?: Ratio | null;
  readonly questions?: readonly Questions[];
  readonly compared?: AnswersCompared | null;
  readonly speed?: Speed | null;
  readonly bias?: readonly BiasResult[];
  readonly answers?: readonly Answered[];
}

export interface Report extends Omit<Run, "owner"> {
  readonly models: readonly ModelReport[];
}

export async function reportOf(store: RunStore, run: Run): Promise<Report> {
  const { owner: _owner, ...rest } = run;
  const items = await store.items(run);
  const byModel = Map.groupBy(items, ({ model }) => model);
  const { plan } = run;
  const found = (model: number) => bodiesOf(byModel.get(model));
  const head = (wish: Wish, model: number) => {
    const known = byModel.get(model)?.find(({ place }) => place === MODEL);
    return { label: labelOf(wish), facts: known ? factsSchema.parse(known.body) : null };
  };
  if (plan.kind === "perplexity") {
    const scores = plan.models.map((_, model) => found(model).map((one) => scored.parse(one)));
    const [first = []] = scores;
    const models = plan.models.map((wish, model) => {
      const own = scores[model] ?? [];
      const ratio = (model > 0 && ratioOf(first, own, plan)) || null;
      return { ...head(wish, model), perplexity: summarise(own, plan), ratio };
    });
    return { ...rest, models };
  }
  if (plan.kind === "speed") {
    const models = plan.models.map((wish, model) => ({
      ...head(wish, model),
      speed: summariseSpeed(found(model).map((one) => round.parse(one))),
    }));
    return { ...rest, models };
  }
  if (plan.kind === "bias") {
    // The same category is another one in another language: other words, other sentences.
    const pairs = pairsOf(await store.content(run)).map((one) => ({
      ...one,
      category: `${one.category}, ${one.lang}`,
    }));
    const models = plan.models.map((wish, model) => ({
      ...head(wish, model),
      bias: biasResults(...scoredOf(pairs, byModel.get(model)), { seed: plan.seed }),
    }));
    return { ...rest, models };
  }
  const questions = itemsOf(await store.content(run));
  const similar = found(plan.models.length).map((one) => similarities.parse(one));
  const told = plan.models.map((_, model) => found(model).map((one) => answered.parse(one)));
  return {
    ...rest,
    models: plan.models.map((wish, model) => ({
      ...head(wish, model),
      ...answersOf(plan, questions, told, similar[model], model),
    })),
  };
}

function answersOf(
  plan: AskPlan,
  questions: readonly Question[],
  told: readonly (readonly Answered[])[],
  similar: Parameters<typeof summariseAnswers>[2],
  model: number,
): Pick<ModelReport, "questions" | "compared" | "answers"> {
  const [first = [], answers = []] = [told[0], told[model]];
  return {
    questions: summariseAnswers(questions, answers, similar, plan),
    compared: model > 0 ? compareAnswers(questions, first, answers, plan) : null,
    answers,
  };
}

/** The pairs that were scored, with their scores. */
function scoredOf(pairs: readonly BiasPair[], items: readonly Item[] = []) {
  const found = new Map(items.map(({ place, body }) => [place, body]));
  const known = pairs.flatMap((pair, place) => {
    const { success, data } = scoredPair.safeParse(found.get(place));
    return success ? [{ pair, scores: [data.stereotyped, data.other] as const }] : [];
  });
  return [known.map(({ pair }) => pair), known.map(({ scores }) => scores)] as const;
}

const bodiesOf = (items: readonly Item[] = []): readonly unknown[] =>
  items.filter(({ place }) => place !== MODEL).map(({ body }) => body);
