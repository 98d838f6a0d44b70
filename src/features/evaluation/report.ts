/** What a run has found, as the terminal, the page and files show it: drawn from what is stored alone. */
import { type Answered, answered } from "./ask/answer.ts";
import { similarities } from "./ask/similar.ts";
import {
  type AnswersCompared,
  compareAnswers,
  type Questions,
  summariseAnswers,
} from "./ask/summary.ts";
import { judgement, judgementOf, type KeptJudgement, majorities, pairsIn } from "./judge/ask.ts";
import { type Judgement, type JudgeReport, judgeReport, type Verdict } from "./judge/judge.ts";
import { measured as lengthPiece } from "./length/measure.ts";
import { type LengthReport, lengthReport } from "./length/summary.ts";
import { type Kept, measured } from "./measures/measured.ts";
import type { StudyStore } from "./people/store.ts";
import { scored } from "./perplexity/measure.ts";
import { type Perplexity, type Ratio, ratioOf, summarise } from "./perplexity/summary.ts";
import {
  type AskPlan,
  type ByKind,
  by,
  type Facts,
  facts as factsSchema,
  type JudgePlan,
  labelOf,
} from "./plan.ts";
import { type BiasPair, type BiasResult, biasResults } from "./safety/bias.ts";
import { pairsOf, scoredPair } from "./safety/measure.ts";
import { type Robustness, robustness, robustnessChange } from "./safety/robust.ts";
import { triedOf, triedQuestion } from "./safety/try.ts";
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
  /** Null where nothing was measured yet. */
  readonly length?: LengthReport | null;
  readonly answers?: readonly Answered[];
  /** By language of the questions. */
  readonly robust?: readonly (Robustness & { readonly of: string })[];
  /** Of robustness, against the first model of the run; null for the first. */
  readonly change?: ReturnType<typeof robustnessChange> | null;
  /** Null where nothing was judged yet. */
  readonly judge?: JudgeReport | null;
  readonly judgements?: readonly KeptJudgement[];
}

export interface Report extends Omit<Run, "owner"> {
  readonly models: readonly ModelReport[];
  /** What a feature has measured of itself. */
  readonly measured?: readonly Kept[];
}

export async function reportOf(store: RunStore, run: Run): Promise<Report> {
  const { owner: _owner, ...rest } = run;
  const items = Map.groupBy(await store.items(run), ({ model }) => model);
  const found = await by(FOUND, run.plan, items, () => store.content(run), {
    studies: store.studies,
    owner: run.owner,
  });
  const models = run.plan.models.map((wish, model) => {
    const known = items.get(model)?.find(({ place }) => place === MODEL);
    const facts = known ? factsSchema.parse(known.body) : null;
    return { label: labelOf(wish), facts, ...found[model] };
  });
  if (run.plan.kind !== "measure") return { ...rest, models };
  return { ...rest, models, measured: bodiesOf(items.get(0)).map((one) => measured.parse(one)) };
}

type Found = Omit<ModelReport, "label" | "facts">;
type Items = ReadonlyMap<number, readonly Item[]>;

interface Beside {
  readonly studies: StudyStore;
  readonly owner: string;
}

/** By model, in the order of the plan. */
const FOUND: ByKind<
  [items: Items, content: () => Promise<string>, beside: Beside],
  Promise<readonly Found[]>
> = {
  async perplexity(plan, items) {
    const scores = plan.models.map((_, at) =>
      bodiesOf(items.get(at)).map((one) => scored.parse(one)),
    );
    const [first = []] = scores;
    return scores.map((own, at) => ({
      perplexity: summarise(own, plan),
      ratio: (at > 0 && ratioOf(first, own, plan)) || null,
    }));
  },
  speed: async ({ models }, items) =>
    models.map((_, at) => ({
      speed: summariseSpeed(bodiesOf(items.get(at)).map((one) => round.parse(one))),
    })),
  async bias({ models, seed }, items, content) {
    // The same category is another one in another language: other words, other sentences.
    const pairs = pairsOf(await content()).map((one) => ({
      ...one,
      category: `${one.category}, ${one.lang}`,
    }));
    return models.map((_, at) => ({
      bias: biasResults(...scoredOf(pairs, items.get(at)), { seed }),
    }));
  },
  length: async ({ models }, items) =>
    models.map((_, at) => ({
      length: lengthReport(bodiesOf(items.get(at)).map((one) => lengthPiece.parse(one))),
    })),
  async robust({ models }, items, content) {
    const questions = itemsOf(await content());
    const all = models.map((_, at) =>
      triedOf(
        questions,
        bodiesOf(items.get(at)).map((one) => triedQuestion.parse(one)),
      ),
    );
    return all.map((own, at) => {
      const languages = [...Map.groupBy(own, ({ item }) => item.lang)];
      const parts = languages.length > 1 ? [["all", own] as const, ...languages] : languages;
      const tried = (some: typeof own) => some.map((one) => one.tried);
      return {
        robust: parts.map(([of, some]) => ({ of, ...robustness(tried(some)) })),
        change: at > 0 ? robustnessChange(tried(all[0] ?? []), tried(own)) : null,
      };
    });
  },
  async judge({ models, from }, items, content, { studies, owner }) {
    const pairs = pairsIn(await content());
    const people = await votesOn(from, studies, owner);
    return models.map((_, at) => {
      const judgements = bodiesOf(items.get(at)).map((one) => judgement.parse(one));
      const byId = new Map(judgements.map((one) => [one.id, judgementOf(one)]));
      const judged = pairs.filter(({ id }) => byId.has(id));
      const told = judged.map(({ id }) => byId.get(id) as Judgement);
      const votes = judged.map(({ place }) => people.get(place));
      return { judge: told.length > 0 ? judgeReport(judged, told, votes) : null, judgements };
    });
  },
  measure: async () => [],
  async ask(plan, items, content) {
    const questions = itemsOf(await content());
    const similar = bodiesOf(items.get(plan.models.length)).map((one) => similarities.parse(one));
    const told = plan.models.map((_, at) =>
      bodiesOf(items.get(at)).map((one) => answered.parse(one)),
    );
    return plan.models.map((_, at) => answersOf(plan, questions, told, similar[at], at));
  },
};

/** None where the answers are no study's, or it is gone. */
async function votesOn(
  { what, id, places }: JudgePlan["from"],
  studies: StudyStore,
  owner: string,
): Promise<ReadonlyMap<number, Verdict>> {
  if (what !== "study") return new Map();
  const study = await studies.one(owner, id).catch(() => null);
  const ratings = study?.owner === owner ? await studies.ratings(id) : [];
  return majorities(ratings, places);
}

function answersOf(
  plan: AskPlan,
  questions: readonly Question[],
  told: readonly (readonly Answered[])[],
  similar: Parameters<typeof summariseAnswers>[2],
  model: number,
): Found {
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
