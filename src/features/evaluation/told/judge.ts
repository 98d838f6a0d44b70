/** What judges have said of two systems' answers, and how far they can be believed. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import type { JudgePlan } from "../plan.ts";
import type { Report } from "../report.ts";
import { formatIn, shareIn, type Told } from "./format.ts";

/** Who says otherwise more often when the order is another one judges the order. */
const CONSISTENT = 2 / 3;

export function judgeTold(
  { systems: [first, second], rubric, prompt, identical, seed, version }: JudgePlan,
  { models }: Report,
  language: Language,
): Told {
  const text = messages[language];
  const { number, percent, percentRange, range } = formatIn(language);
  const share = shareIn(language);
  const rows = models.map(({ label, judge }) => {
    if (!judge) return [label, "0", "", "", "", "", ""];
    const [low, high] = judge.share.interval;
    const { consistent, unread, matched, people } = judge;
    return [
      ...[label, String(judge.judged), percent(judge.share.value) + percentRange({ low, high })],
      ...[share(consistent), share(unread)],
      matched.of > 0 ? `${percent(matched.value)} (${matched.of})` : "",
      people ? `${number(people.alpha.value, 2)}${range(people.alpha, 2)} (${people.of})` : "",
    ];
  });
  const weak = models.flatMap(({ label, judge }) => {
    const { hits, of } = judge?.consistent ?? { hits: 0, of: 0 };
    return of > 0 && hits / of < CONSISTENT ? [fill(text.judgeWeak, { label })] : [];
  });
  return {
    tables: [{ head: text.judgeColumns, rows }],
    notes: [
      ...weak,
      fill(text.judgeLine, {
        ...{ first, second, rubric: rubric.name, text: rubric.text, prompt, seed, version },
      }),
      ...(identical > 0 ? [fill(text.judgeIdentical, { n: identical })] : []),
      text.judgeLegend,
    ],
  };
}
