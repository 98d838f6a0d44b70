/** A report in words and tables, for a terminal and the page alike. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import { type ByKind, by } from "../plan.ts";
import type { Report } from "../report.ts";
import { biasTold } from "./bias.ts";
import { inTerminal, type Told } from "./format.ts";
import { judgeTold } from "./judge.ts";
import { lengthTold } from "./length.ts";
import { measureTold } from "./measure.ts";
import { perplexityTold } from "./perplexity.ts";
import { questionsTold } from "./questions.ts";
import { robustTold } from "./robust.ts";
import { speedTold } from "./speed.ts";

const TELLERS: ByKind<[report: Report, language: Language], Told> = {
  perplexity: perplexityTold,
  ask: questionsTold,
  speed: speedTold,
  bias: biasTold,
  length: lengthTold,
  robust: robustTold,
  judge: judgeTold,
  measure: measureTold,
};

export function toldIn(report: Report, language: Language): Told {
  const { plan, state, done, total } = report;
  const { tables, notes } = by(TELLERS, plan, report, language);
  const cut = state !== "done";
  const incomplete = fill(messages[language].incomplete, { done, total: total ?? "?" });
  return { tables, notes: [...(cut ? [incomplete] : []), ...notes] };
}

export const told = (report: Report, language: Language): string =>
  inTerminal(toldIn(report, language));
