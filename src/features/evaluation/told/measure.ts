/** What a feature has measured of itself. */
import { fill } from "../../../core/errors.ts";
import type { Measured } from "../../../core/measure.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import type { MeasurePlan } from "../plan.ts";
import type { Report } from "../report.ts";
import { shareIn, type Told } from "./format.ts";

export function measureTold(
  { source, seed, version, notes }: MeasurePlan,
  { measured = [] }: Report,
  language: Language,
): Told {
  const text = messages[language];
  const { name, digest, documents } = source;
  return {
    tables: measured.map((one) => measuredIn(one, language)),
    notes: [
      fill(text.measureLine, { name, digest, documents, seed, version }),
      ...notes.map((note) => note[language]),
      text.measureLegend,
    ],
  };
}

export function measuredIn({ title, columns, rows }: Measured, language: Language) {
  const share = shareIn(language);
  return {
    head: [title[language], ...columns.map((one) => one[language])],
    rows: rows.map(({ label, shares }) => [
      label[language],
      ...columns.map((_, at) => {
        const { hits, of } = shares[at] ?? { hits: 0, of: 0 };
        return of === 0 ? "" : `${hits}/${of}: ${share({ hits, of })}`;
      }),
    ]),
  };
}
