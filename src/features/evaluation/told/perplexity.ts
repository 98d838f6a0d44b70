/** What texts have told. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import type { Figure } from "../perplexity/summary.ts";
import type { PerplexityPlan } from "../plan.ts";
import type { Report } from "../report.ts";
import { formatIn, type Told } from "./format.ts";

export function perplexityTold(plan: PerplexityPlan, { models }: Report, language: Language): Told {
  const text = messages[language];
  const { number, range } = formatIn(language);
  const figure = ({ value, interval }: Figure, digits: number) =>
    number(value, digits) + range(interval, digits);
  const rows = models.flatMap(({ label, facts, perplexity = [], ratio }) =>
    perplexity.map((one, at) => [
      at === 0 ? label : "",
      at === 0 ? (facts?.quantisation ?? "") : "",
      at === 0 && facts?.fileBytes ? number(facts.fileBytes / 1e6, 1) : "",
      one.of === "all" ? text.all : one.of,
      figure(one.token, 4),
      figure(one.bitsPerByte, 4),
      number(one.word.value, 2),
      at === 0 && ratio ? `× ${figure(ratio, 4)}` : "",
    ]),
  );
  const wordOf = (resampled: "windows" | "documents") =>
    resampled === "windows" ? text.windowsWord : text.documentsWord;
  const wholes = models.flatMap(({ label, perplexity = [] }) => {
    const [all] = perplexity;
    return all ? [{ label, ...all }] : [];
  });
  const units = wordOf(wholes.find(() => true)?.resampled ?? "windows");
  const { name, digest, bytes } = plan.source;
  const { protocol, context, version } = plan;
  return {
    tables: [{ head: text.perplexityColumns, rows }],
    notes: [
      fill(text.protocolLine, { protocol, context, name, digest, bytes, version }),
      ...wholes.map(({ label, tokens, units, resampled }) =>
        fill(text.scoredLine, { label, tokens, units, resampled: wordOf(resampled) }),
      ),
      fill(text.legend, { units }),
      text.contamination,
    ],
  };
}
