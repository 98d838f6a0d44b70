/** The pictures of a table: perplexity as bars, speed against quality, and what it was at each run. */
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
    if (bars.length > 0) pictures[`perplexity-${part}.svg`] = barsOf(bars, words, 2);
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

const keyOf = (plan: Report["plan"]): string =>
  plan.kind === "perplexity"
    ? [plan.source.digest, plan.protocol, plan.context, plan.stride, plan.windows].join()
    : "";
