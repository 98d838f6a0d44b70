/** What the owner of a study is told of it: results, and every rating with raters by number. */
import { studyNotFound } from "./errors.ts";
import { textsOf } from "./rate.ts";
import { LEAST, resultsOf } from "./results.ts";
import type { Kept, Study, StudyStore } from "./store.ts";

/** Several may rate under one name in accounts of their own. */
const named = (rating: Kept): Kept => ({ ...rating, rater: `${rating.account}\0${rating.rater}` });

async function ownOf(store: StudyStore, owner: string, id: string) {
  const study = await store.one(owner, id);
  if (study.owner !== owner) throw studyNotFound();
  const ratings = (await store.ratings(id)).filter(({ ratedAt }) => ratedAt !== null).map(named);
  return { study, ratings, answers: await store.answers(study) };
}

/** @throws CharlaError `evaluation_study_not_found`, also for a study of somebody else */
export async function told(store: StudyStore, owner: string, id: string) {
  const { study, ratings, answers } = await ownOf(store, owner, id);
  const { pairs, raters, ...rest } = resultsOf(study, ratings, textsOf(answers));
  return {
    ...rest,
    ...{ name: study.name, kind: study.kind, dimensions: study.dimensions, least: LEAST },
    systems: study.systems.map(({ label }) => label),
    failed: study.systems.map((_, at) => answers.filter((row) => row[at]?.failed).length),
    raters: raters.length,
    pairs: pairs && { ...pairs, ranking: rankingOf(pairs.ranking) },
  };
}

type Ranking = NonNullable<NonNullable<ReturnType<typeof resultsOf>["pairs"]>["ranking"]>;

function rankingOf(ranking: Ranking | null) {
  if (!ranking) return null;
  if (ranking.refused) {
    const groups = ranking.groups.map((group) => group.map(Number));
    return { groups, ranked: [], first: null, pseudo: false };
  }
  const { ranked, first, pseudo } = ranking;
  return {
    ...{ groups: null, first, pseudo },
    ranked: ranked.map(({ name, ...one }) => ({ system: Number(name), ...one })),
  };
}

export async function exported(store: StudyStore, owner: string, id: string) {
  const { study, ratings, answers } = await ownOf(store, owner, id);
  const raters = [...new Set(ratings.map(({ rater }) => rater))];
  return { name: study.name, rows: ratings.map((one) => rowOf(study, answers, raters, one)) };
}

function rowOf(
  study: Study,
  answers: Awaited<ReturnType<StudyStore["answers"]>>,
  raters: readonly string[],
  { place, systems, rater, shownAt, ratedAt, again, vote, levels = [] }: Kept,
) {
  return {
    question: study.questions[place]?.messages.at(-1)?.content ?? "",
    rater: raters.indexOf(rater) + 1,
    ...{ shownAt, ratedAt: ratedAt ?? "", again, vote: vote ?? null },
    systems: systems.map((system) => study.systems[system]?.label ?? ""),
    answers: systems.map((system) => answers[place]?.[system]?.text ?? ""),
    levels: Object.fromEntries(study.dimensions.map(({ name }, at) => [name, levels[at] ?? 0])),
  };
}
