/** A report for people in a terminal. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import type { Report } from "../report.ts";
import { biasLines } from "./bias.ts";
import { perplexityLines } from "./perplexity.ts";
import { questionLines } from "./questions.ts";
import { speedLines } from "./speed.ts";

export function told(report: Report, language: Language): string {
  const text = messages[language];
  const { plan, done, total } = report;
  const lines =
    plan.kind === "perplexity"
      ? perplexityLines(report, plan, language)
      : plan.kind === "ask"
        ? questionLines(report, plan, language)
        : plan.kind === "bias"
          ? biasLines(report, plan, language)
          : speedLines(report, plan, language);
  const cut = report.state !== "done";
  return [...lines, ...(cut ? [fill(text.incomplete, { done, total: total ?? "?" })] : [])].join(
    "\n",
  );
}
