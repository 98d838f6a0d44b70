/**
 * The pictures of a table: perplexity, right answers and bias as bars, speed against quality, and what
 * it was at each run.
 */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import type { Report } from "../report.ts";
import type { Table } from "../table/rows.ts";
import { barsOf } from "./bars.ts";
import { historyOf, type Series } from "./history.ts";
import { scatterOf } from "./scatter.ts";

/** By the name of the file. @param all runs that were made over time, newest first */
export function picturesOf(
  { rows }: Table,
  all: readonly Report[],
  language: Language,
): Readonly<Record<string, string>> {
  const text = messages[language].pictures;
  const pictures: Record<string, string> = {};
  const parts = [...new Set(rows.flatMap(({ perplexity }) => Object.keys(perplexity)))];
  for (const part of parts.length > 1 ? parts.filter((one) => one !== "all") : parts) {
    const bars = rows.flatMap(({ label, perplexity }) => {
      const known = perplexity[part];
      return known ? [{ label, ...known }] : [];
    });
    const title = part === "all" ? text.perplexity : fill(text.perplexityOf, { language: part });
    const words = { title, hint: text.perplexityHint, language };
    if (bars.length > 0) pictures[`perplexity-${part}.svg`] = barsOf(bars, words, { digits: 2 });
  }
  const right = rows.flatMap(({ label, questions }) => {
    const share = questions?.contained ?? questions?.choice?.byByte;
    return share ? [{ label, value: share.value, interval: share }] : [];
  });
  if (right.length > 0) {
    const words = { title: text.right, hint: text.rightHint, language };
    const chance = rows.find(({ questions }) => questions?.choice)?.questions?.choice?.chance;
    const choices = rows.every(({ questions }) => !questions?.contained);
    const scale = { digits: 1, percent: true, chance: choices ? chance : undefined };
    pictures["right.svg"] = barsOf(right, words, scale);
  }
  const biased = rows.flatMap(({ label, bias }) =>
    (bias ?? []).map(({ category, likelier: { hits, of, interval } }) => ({
      label: rows.length > 1 ? `${label}: ${category}` : category,
      value: of > 0 ? hits / of : 0,
      interval: { low: interval[0], high: interval[1] },
    })),
  );
  if (biased.length > 0) {
    const words = { title: text.bias, hint: text.biasHint, language };
    pictures["bias.svg"] = barsOf(biased, words, { digits: 1, percent: true, chance: 0.5 });
  }
  const points = rows.flatMap(({ label, decode, bitsPerByte }) => {
    const known = bitsPerByte.all;
    if (decode === null || !known) return [];
    return [{ label, x: decode, y: known.value, interval: known.interval }];
  });
  if (points.length > 0) {
    const words = { title: text.speed, hint: text.speedHint, language };
    pictures["speed.svg"] = scatterOf(points, words, { x: text.speedX, y: text.speedY });
  }
  const series = seriesOf(all);
  if (series.some((one) => one.points.length > 1)) {
    const words = { title: text.history, hint: text.historyHint, language };
    pictures["history.svg"] = historyOf(series, words);
  }
  return pictures;
}

/** Bits a byte of each model, over the runs on the same text by the same protocol as the newest. */
export function seriesOf(all: readonly Report[]): readonly Series[] {
  const whole = all.filter(({ plan, state }) => plan.kind === "perplexity" && state === "done");
  const [newest] = whole;
  if (!newest) return [];
  const same = whole.filter(({ plan }) => keyOf(plan) === keyOf(newest.plan)).toReversed();
  const points = new Map<string, { at: Date; value: number }[]>();
  for (const { models, createdAt } of same) {
    for (const { label, perplexity = [] } of models) {
      const value = perplexity.find(({ of }) => of === "all")?.bitsPerByte.value;
      if (value === undefined) continue;
      points.set(label, [...(points.get(label) ?? []), { at: new Date(createdAt), value }]);
    }
  }
  return [...points].map(([label, own]) => ({ label, points: own }));
}

export const isAlike = (one: Report["plan"], other: Report["plan"]): boolean =>
  one.kind === other.kind && keyOf(one) === keyOf(other);

const keyOf = (plan: Report["plan"]): string =>
  plan.kind === "perplexity"
    ? [plan.source.digest, plan.protocol, plan.context, plan.stride, plan.windows].join()
    : "";
