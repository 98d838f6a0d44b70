/** Rating, blind: what is shown says nothing of whose it is, and is written down before it is shown. */
import { ratedAlready, wrongRating } from "./errors.ts";
import { orderFor, type Shown } from "./order.ts";
import type { Kept, Study, StudyStore } from "./store.ts";
import type { Answer, Vote } from "./study.ts";

/** Of answers that are all there; one that failed is an empty text, which raters see as such. */
export const textsOf = (answers: readonly (readonly (Answer | undefined)[])[]): string[][] =>
  answers.map((row) => row.map((one) => one?.text ?? ""));

/**
 * The same as before, as long as it is not rated.
 *
 * @param account whose ratings are stored. @param rater the name they are given under
 */
export async function next(store: StudyStore, study: Study, account: string, rater: string) {
  const answers = await store.answers(study);
  const ready = answers.every((row) => row.filter(Boolean).length === study.systems.length);
  const texts = textsOf(answers);
  const own = await store.shownTo(study.id, account, rater);
  const order = orderFor(study, `${account}\0${rater}`, texts);
  const done = own.filter(({ ratedAt }) => ratedAt !== null);
  const { kind, dimensions } = study;
  const common = { ready, done: done.length, total: order.length, kind, dimensions };
  if (!ready) return { ...common, task: null };
  const waiting = own.find(({ ratedAt }) => ratedAt === null);
  const rest = order.find((one) => !own.some((other) => same(one, other)));
  const shown = waiting ?? (rest && (await store.show(study.id, account, { ...rest, rater })));
  if (!shown) return { ...common, task: null };
  const { messages = [] } = study.questions[shown.place] ?? {};
  const shownTexts = shown.systems.map((system) => texts[shown.place]?.[system] ?? "");
  return { ...common, task: { id: shown.id, messages, answers: shownTexts } };
}

/** Whichever of the two stands first. */
const same = (one: Shown, other: Kept) =>
  one.place === other.place &&
  one.again === other.again &&
  one.systems.toSorted().join() === other.systems.toSorted().join();

/** @throws CharlaError `evaluation_rating_wrong`, `evaluation_rated_already` */
export async function rate(
  store: StudyStore,
  account: string,
  id: string,
  said: { readonly levels?: number[] | undefined; readonly vote?: Vote | undefined },
) {
  const { systems, rater, place, again, study: of } = await store.shown(account, id);
  const study = await store.one(account, of);
  const { levels, vote } = said;
  if (study.kind === "pairs" ? !vote || levels : vote || !fits(study, levels)) throw wrongRating();
  const body = { systems, rater, place, again, ...(vote ? { vote } : { levels }) };
  if (!(await store.rate(account, id, body))) throw ratedAlready();
  return { labels: systems.map((system) => study.systems[system]?.label ?? "") };
}

/** A level of the scale for each dimension. */
const fits = ({ dimensions }: Study, levels: readonly number[] = []) =>
  levels.length === dimensions.length &&
  dimensions.every(({ anchors }, at) => (levels[at] as number) <= anchors.length);
