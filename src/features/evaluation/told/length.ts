/** Up to which length models find again what stands in their window. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { ENOUGH } from "../length/summary.ts";
import { messages } from "../messages.ts";
import type { LengthPlan } from "../plan.ts";
import type { Report } from "../report.ts";
import { formatIn, shareIn, type Told } from "./format.ts";

export function lengthTold(
  { source, needles, depths, seed, version }: LengthPlan,
  { models }: Report,
  language: Language,
): Told {
  const text = messages[language];
  const { number } = formatIn(language);
  const share = shareIn(language);
  const rows = models.flatMap(({ label, length }) =>
    (length?.rows ?? []).map((row, at) => [
      ...[at === 0 ? label : "", row.language, number(row.length, 0), share(row.found)],
      row.depths.map(({ found: { hits, of } }) => `${hits}/${of}`).join("  "),
    ]),
  );
  const stretches = models.flatMap(({ label, length }) =>
    (length?.stretches ?? []).map(({ language, from, to, perplexity }, at) => [
      ...[at === 0 ? label : "", language, `${number(from, 0)}–${number(to, 0)}`],
      number(perplexity, 2),
    ]),
  );
  const { name, digest } = source;
  const places = depths.map((depth) => `${number(100 * depth, 0)} %`).join(", ");
  return {
    tables: [
      { head: text.lengthColumns, rows },
      { head: text.stretchColumns, rows: stretches },
    ],
    notes: [
      ...models.flatMap(({ label, length }) =>
        length
          ? [
              fill(length.measured > 0 ? text.lengthMeasured : text.lengthNone, {
                ...{ label, measured: number(length.measured, 0), tried: number(length.tried, 0) },
              }),
            ]
          : [],
      ),
      fill(text.lengthLine, { name, digest, needles, places, seed, version }),
      fill(text.lengthLegend, { enough: number(100 * ENOUGH, 0) }),
    ],
  };
}
