/** A report in words, for the terminal, the page and the file alike. */
import { fill } from "../../../core/errors.ts";
import { messages, type Words } from "./messages.ts";
import type { Checked, Finding, Report, State, Verdict } from "./report.ts";

type Language = keyof typeof messages;

export interface Told {
  readonly title: string;
  /** What that means for the reader. */
  readonly meaning: string;
  /** Of each receipt: who wrote it and when, and what was found. */
  readonly receipts: readonly {
    readonly title: string;
    readonly written: string;
    readonly lines: readonly { readonly state: State; readonly text: string }[];
    readonly facts: readonly (readonly [name: string, value: string])[];
  }[];
  readonly notes: readonly string[];
}

export function tell(report: Report, language: Language): Told {
  const words: Words = messages[language];
  const { kind, verdict, receipts, label, unproved, problem, reason = "" } = report;
  if (kind === "text" && !problem) {
    return { title: words["verdict.open"], meaning: words["kind.text"], receipts: [], notes: [] };
  }
  const holds = receipts.filter((one) => one.verdict === "holds").length;
  const said = kind === "membership" && verdict !== "newer" ? memberOf(verdict) : verdict;
  return {
    title: words[`verdict.${said}`],
    meaning: words[`meaning.${said}`],
    receipts: receipts.map((one) => told(one, words, language)),
    notes: [
      ...(problem ? [fill(words[`problem.${problem}`], { reason })] : []),
      ...(receipts.length > 1 ? [fill(words.count, { count: receipts.length, holds })] : []),
      ...(label ? [line(label, words, language)] : []),
      ...(unproved > 0 ? [fill(words.unproved, { count: unproved })] : []),
    ],
  };
}

/** The words for a proof of membership, of which nothing is ever erased. */
const memberOf = (verdict: Exclude<Verdict, "newer">) =>
  verdict === "erased" ? ("broken" as const) : (`member.${verdict}` as const);

function told({ verdict, findings, entry }: Checked, words: Words, language: Language) {
  const { model = "", ts = "" } = entry;
  return {
    title: words[`verdict.${verdict}`],
    written: model === "" ? "" : fill(words.written, { model, date: dateOf(ts, language) }),
    lines: findings.map((one) => ({ state: one.state, text: line(one, words, language) })),
    facts: Object.entries(entry).map(([name, value]) => [name, String(value)] as const),
  };
}

function line({ what, state, why, params = {} }: Finding, words: Words, language: Language) {
  const key = [what, state, ...(why === undefined ? [] : [why])].join(".") as keyof Words;
  const { ts } = params;
  return fill(words[key], ts === undefined ? params : { ...params, ts: dateOf(ts, language) });
}

function dateOf(ts: string | number, language: Language): string {
  const date = new Date(ts);
  if (Number.isNaN(date.getTime())) return String(ts);
  const style = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" } as const;
  return `${new Intl.DateTimeFormat(language, style).format(date)} (UTC)`;
}
