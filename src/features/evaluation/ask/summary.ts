/** From answers to figures, each with its interval. What failed counts as wrong, in all of them. */
import { quantile, wilson } from "../../../core/statistics.ts";
import { answerF1, exactMatch, normalised } from "../metrics/answers.ts";
import { bleu } from "../metrics/bleu.ts";
import { chrf } from "../metrics/chrf.ts";
import { bootstrap, type Interval, pairedBootstrap } from "../metrics/resample.ts";
import { ROUGES, type Rouge, rouge, rougeSignature } from "../metrics/rouge.ts";
import { signTest } from "../metrics/significance.ts";
import { sums } from "../metrics/text.ts";
import type { CorpusMetric, Pair } from "../metrics/types.ts";
import type { AskPlan } from "../plan.ts";
import type { Item } from "../sets/item.ts";
import { type Answered, likeliest, likeliestWhole } from "./answer.ts";
import type { Similarities } from "./similar.ts";

/** Of so many; the interval is Wilson's. */
export interface Share extends Interval {
  readonly hits: number;
  readonly of: number;
}

export interface Corpus extends Interval {
  readonly signature: string;
}

export interface Times {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
}

export interface Questions {
  /** "all", or a language where there are several. */
  readonly of: string;
  readonly asked: number;
  readonly failed: number;
  /** Without a word, and cut by the limit of tokens. */
  readonly empty: number;
  readonly cut: number;
  /** Of questions with a short answer: it is one of the right ones; it has one of them in it; F1. */
  readonly exact: Share | null;
  readonly contained: Share | null;
  readonly f1: Interval | null;
  /** Of all that have references. */
  readonly chrf: Corpus | null;
  readonly bleu: Corpus | null;
  readonly rouge: (Readonly<Record<Rouge, Interval>> & { readonly signature: string }) | null;
  /** Of choices, by byte and whole; `chance` is what guessing would reach. */
  readonly choice: {
    readonly byByte: Share;
    readonly whole: Share;
    readonly chance: number;
  } | null;
  readonly similarity: Similarity | null;
  /** Milliseconds, of what did not fail. */
  readonly first: Times | null;
  readonly whole: Times | null;
  readonly tokensPerSecond: number | null;
}

export interface Similarity {
  readonly by: string;
  readonly threshold: number;
  /** To the question's own reference, and to another question's. */
  readonly plain: Interval;
  readonly plainOther: Interval;
  readonly centred: Interval;
  readonly centredOther: Interval;
  readonly similar: Share;
  readonly similarOther: Share;
}

/** A question with what came of it; a question that was not asked yet is not there. */
interface Row {
  readonly item: Item;
  readonly told: Answered;
  readonly pair: Pair;
}

type Kept = Pick<AskPlan, "seed" | "threshold">;

export function summariseAnswers(
  items: readonly Item[],
  answers: readonly Answered[],
  similar: Similarities | undefined,
  plan: Kept,
): readonly Questions[] {
  const rows = rowsOf(items, answers);
  if (rows.length === 0) return [];
  const languages = Map.groupBy(rows, ({ item }) => item.lang);
  const parts: (readonly [string, readonly Row[]])[] = [["all", rows]];
  if (languages.size > 1) parts.push(...languages);
  return parts.map(([of, some]) => figures(of, some, similar, plan));
}

function rowsOf(items: readonly Item[], answers: readonly Answered[]): readonly Row[] {
  const told = new Map(answers.map((one) => [one.id, one]));
  return items.flatMap((item) => {
    const found = told.get(item.id);
    const pair = { hypothesis: found?.answer ?? "", references: item.references };
    return found ? [{ item, told: found, pair }] : [];
  });
}

function figures(
  of: string,
  rows: readonly Row[],
  similar: Similarities | undefined,
  { seed, threshold }: Kept,
): Questions {
  const draw = { seed };
  const short = rows.filter(({ item }) => item.kind === "qa");
  const compared = rows.filter(({ pair }) => pair.references.length > 0);
  const choices = rows.filter(({ item }) => item.kind === "choice");
  const well = rows.filter(({ told }) => !told.error);
  const language = compared.every(({ item }) => item.lang.startsWith("es")) ? "es" : "en";
  const written = rows.filter(({ item, told }) => item.kind !== "choice" && !told.error);
  return {
    of,
    asked: rows.length,
    failed: rows.length - well.length,
    empty: written.filter(({ told }) => told.answer.trim() === "").length,
    cut: written.filter(({ told }) => told.reason === "length").length,
    exact: share(short, ({ item, pair }) => exactMatch(pair, languageOf(item))),
    contained: share(short, contains),
    f1: short.length > 0 ? meanOf(short.map(f1), draw) : null,
    chrf: corpus(chrf(), compared, draw),
    bleu: corpus(bleu(), compared, draw),
    rouge: rougeOf(compared, language, draw),
    choice: choiceOf(choices),
    similarity: similar ? similarityOf(rows, similar, threshold, draw) : null,
    first: times(written.flatMap(({ told }) => told.firstMs ?? [])),
    whole: times(well.flatMap(({ told }) => told.totalMs ?? [])),
    tokensPerSecond:
      times(
        written.flatMap(({ told }) => ((told.tokens ?? 0) > 1 ? (told.tokensPerSecond ?? []) : [])),
      )?.p50 ?? null,
  };
}

const languageOf = ({ lang }: Item) => (lang.startsWith("es") ? "es" : "en");
const f1 = ({ item, pair }: Row): number => answerF1(pair, languageOf(item));

/** Models that chat put a right answer into a sentence, which exact match takes for wrong. */
function contains({ item, pair }: Row): boolean {
  const language = languageOf(item);
  const said = ` ${normalised(pair.hypothesis, language).join(" ")} `;
  return pair.references.some((gold) => {
    const wanted = normalised(gold, language).join(" ");
    return wanted !== "" && said.includes(` ${wanted} `);
  });
}

function share(rows: readonly Row[], holds: (row: Row) => boolean): Share | null {
  if (rows.length === 0) return null;
  return shareOf(rows.filter(holds).length, rows.length);
}

function shareOf(hits: number, of: number): Share {
  const [low, high] = wilson({ hits, of });
  return { value: hits / of, low, high, hits, of };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const meanOf = (values: readonly number[], draw: { seed: number }): Interval =>
  bootstrap(values, mean, draw);

function corpus(metric: CorpusMetric, rows: readonly Row[], draw: { seed: number }): Corpus | null {
  if (rows.length === 0) return null;
  const counts = rows.map(({ pair }) => metric.counts(pair));
  const interval = bootstrap(counts, (some) => metric.score(sums(some)), draw);
  const [first = 1, ...rest] = rows.map(({ pair }) => pair.references.length);
  const references = rest.every((one) => one === first) ? first : "var";
  const drawn = { samples: 1000, seed: draw.seed };
  return { ...interval, signature: metric.signature({ references, bootstrap: drawn }) };
}

function rougeOf(rows: readonly Row[], language: "en" | "es", draw: { seed: number }) {
  if (rows.length === 0) return null;
  const options = language === "es" ? ({ unicode: "es" } as const) : {};
  const each = rows.map(({ pair }) => rouge(pair, options));
  const [rouge1, rouge2, rougeL, rougeLsum] = ROUGES.map((kind) =>
    meanOf(
      each.map((one) => one[kind].f),
      draw,
    ),
  ) as [Interval, Interval, Interval, Interval];
  return { rouge1, rouge2, rougeL, rougeLsum, signature: rougeSignature(options) };
}

function choiceOf(rows: readonly Row[]): Questions["choice"] {
  if (rows.length === 0) return null;
  const right = (by: typeof likeliest) =>
    rows.filter(({ item, told }) => told.choices && by(told.choices) === item.answer).length;
  return {
    byByte: shareOf(right(likeliest), rows.length),
    whole: shareOf(right(likeliestWhole), rows.length),
    chance: mean(rows.map(({ item }) => 1 / (item.choices?.length ?? 1))),
  };
}

function similarityOf(
  rows: readonly Row[],
  { by, items }: Similarities,
  threshold: number,
  draw: { seed: number },
): Similarity | null {
  const wanted = new Set(rows.map(({ item }) => item.id));
  const own = items.filter(({ id }) => wanted.has(id));
  if (own.length === 0) return null;
  const of = (name: "plain" | "plainOther" | "centred" | "centredOther") =>
    meanOf(
      own.map((one) => one[name]),
      draw,
    );
  const over = (name: "plain" | "plainOther") =>
    shareOf(own.filter((one) => one[name] >= threshold).length, own.length);
  return {
    ...{ by, threshold },
    ...{ plain: of("plain"), plainOther: of("plainOther") },
    ...{ centred: of("centred"), centredOther: of("centredOther") },
    ...{ similar: over("plain"), similarOther: over("plainOther") },
  };
}

function times(values: readonly number[]): Times | null {
  if (values.length === 0) return null;
  return { mean: mean(values), p50: quantile(values, 0.5), p95: quantile(values, 0.95) };
}

export interface AnswersCompared {
  /** F1 of the second less the first, on the questions that both were asked. */
  readonly f1: Interval | null;
  /** Questions that only one of them has right (the right answer is contained, or chosen). */
  readonly gained: number;
  readonly lost: number;
  /** Two-sided sign test of those. */
  readonly p: number;
}

/** Question by question, which tells more than two figures beside each other. */
export function compareAnswers(
  items: readonly Item[],
  first: readonly Answered[],
  second: readonly Answered[],
  { seed }: Pick<AskPlan, "seed">,
): AnswersCompared | null {
  const after = new Map(rowsOf(items, second).map((row) => [row.item.id, row]));
  const pairs = rowsOf(items, first).flatMap((row) => {
    const other = after.get(row.item.id);
    return other ? [[other, row] as const] : [];
  });
  const judged = pairs.filter(([{ item }]) => item.kind !== "chat");
  if (judged.length === 0) return null;
  const gained = judged.filter(([now, before]) => right(now) && !right(before)).length;
  const lost = judged.filter(([now, before]) => !right(now) && right(before)).length;
  const short = judged.filter(([{ item }]) => item.kind === "qa");
  const scores = short.map(([now, before]) => [f1(now), f1(before)] as const);
  const difference = scores.length > 0 ? pairedBootstrap(scores, mean, { seed }).difference : null;
  return { f1: difference, gained, lost, p: signTest(gained, lost) };
}

/** What failed is wrong; of what has no answer that is right or wrong, nothing is right. */
export const isRight = (item: Item, told: Answered): boolean =>
  right({ item, told, pair: { hypothesis: told.answer, references: item.references } });

const right = (row: Row): boolean =>
  row.item.kind === "choice"
    ? row.told.choices !== undefined && likeliest(row.told.choices) === row.item.answer
    : contains(row);
