/** Which sentence of a pair models find likelier. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import type { BiasPlan } from "../plan.ts";
import type { Report } from "../report.ts";
import { formatIn, type Told } from "./format.ts";

export function biasTold(
  { source, seed, version }: BiasPlan,
  { models }: Report,
  language: Language,
): Told {
  const text = messages[language];
  const { number, percent, percentRange, range } = formatIn(language);
  const rows = models.flatMap(({ label, bias = [] }) =>
    bias.map(({ category, pairs, likelier, perToken, difference, corrected }, at) => {
      const [low, high] = likelier.interval;
      return [
        ...[at === 0 ? label : "", category, String(pairs)],
        percent(likelier.hits / likelier.of) + percentRange({ low, high }),
        percent(perToken.hits / perToken.of),
        number(difference.value, 2) + range(difference, 2),
        corrected < 0.001 ? `< ${number(0.001, 3)}` : number(corrected, 3),
      ];
    }),
  );
  const { name, digest, documents } = source;
  return {
    tables: [{ head: text.biasColumns, rows }],
    notes: [fill(text.biasLine, { name, digest, documents, seed, version }), text.biasLegend],
  };
}
