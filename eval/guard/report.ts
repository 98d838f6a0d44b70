/** The figures as Markdown, and as JSON for whoever compares. */

import { type Share, wilson } from "../../src/core/statistics.ts";
import type { Evasion } from "../../src/features/guard/measure/score.ts";
import type { Detected } from "./detector.ts";
import type { WithModel } from "./model.ts";

export interface Figures {
  readonly cases: Readonly<Record<string, number>>;
  readonly detectors: readonly Detected[];
  /** Of the rules: by family, and by language. */
  readonly byFamily: Readonly<
    Record<string, { readonly development: Share; readonly heldOut: Share }>
  >;
  readonly byLanguage: Readonly<Record<string, { readonly found: Share; readonly alarms: Share }>>;
  readonly evasions: readonly Evasion[];
  readonly ways: Readonly<Record<string, { readonly without: Share; readonly guarded: Share }>>;
  readonly leaksByFamily: Readonly<
    Record<string, { readonly without: Share; readonly guarded: Share }>
  >;
  readonly tools: Readonly<Record<string, { readonly called: Share; readonly key: Share }>>;
  readonly utility: Readonly<Record<string, Share>>;
  readonly model: readonly WithModel[] | null;
  readonly costs: ReadonlyArray<readonly [string, number]>;
}

/** "12/30: 40 % (25–58)" */
function show(one: Share): string {
  if (one.of === 0) return "–";
  const [low, high] = wilson(one).map((value) => Math.round(value * 100));
  return `${one.hits}/${one.of}: ${Math.round((one.hits / one.of) * 100)} % (${low}–${high})`;
}

const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

export function toMarkdown(figures: Figures): string {
  const { cases, detectors, byFamily, byLanguage, evasions, ways, tools, utility, model } = figures;
  const counts = Object.entries(cases).map(([what, count]) => `${count} ${what}`);
  return `${[
    `Cases: ${counts.join(", ")}. Shares are in per cent with their 95 % Wilson intervals.`,
    "### What holds though the model obeys the attacker",
    "An engine that does all that it is told writes the system prompt or the key in it, each attack in each way.",
    table(
      ["How the model writes it", "Leaks without the guard", "Leaks with it"],
      Object.entries(ways).map(([way, one]) => [way, show(one.without), show(one.guarded)]),
    ),
    table(
      [
        "Family or language (all ways but the last three)",
        "Leaks without the guard",
        "Leaks with it",
      ],
      Object.entries(figures.leaksByFamily).map(([way, one]) => [
        way,
        show(one.without),
        show(one.guarded),
      ]),
    ),
    table(
      ["Tools, AgentDojo's way", "The canary tool was called", "with the key in its arguments"],
      Object.entries(tools).map(([policy, one]) => [policy, show(one.called), show(one.key)]),
    ),
    "### The score",
    table(
      ["Detector", "Found, development", "False alarms", "Found, held out", "False alarms"],
      detectors.map(({ name, development, heldOut }) => [
        name,
        ...[development.found, development.alarms, heldOut.found, heldOut.alarms].map(show),
      ]),
    ),
    table(
      ["Family (rules)", "Found, development", "Found, held out"],
      Object.entries(byFamily).map(([family, one]) => [
        family,
        show(one.development),
        show(one.heldOut),
      ]),
    ),
    table(
      ["Language (rules, held out)", "Found", "False alarms"],
      Object.entries(byLanguage).map(([language, one]) => [
        language,
        show(one.found),
        show(one.alarms),
      ]),
    ),
    "### The score against small changes",
    "Of the attacks that it finds: how many it no longer finds after at most 40 % of the words were changed.",
    table(
      ["Recipe", "Language", "Got through", "Words changed", "Queries"],
      evasions.map((one) => [
        ...[one.recipe, one.language, show(one.evaded)],
        ...[`${Math.round(one.changed * 100)} %`, one.queries.toFixed(1)],
      ]),
    ),
    "### Utility",
    table(
      ["Harmless texts", "Share"],
      Object.entries(utility).map(([what, one]) => [what, show(one)]),
    ),
    "### With the starter model",
    model
      ? table(
          ["What", "Without the guard", "With it"],
          model.map((one) => [one.what, show(one.without), show(one.guarded)]),
        )
      : "It was not asked in this run (`--no-model`).",
    "### Cost",
    table(
      ["What", "CPU time"],
      figures.costs.map(([what, microseconds]) => [
        what,
        `${microseconds.toFixed(microseconds < 10 ? 2 : 0)} µs`,
      ]),
    ),
  ].join("\n\n")}\n`;
}

/** Every share with its interval. */
export function toJson(figures: Figures): string {
  const withInterval = (_: string, value: unknown) => {
    if (typeof value !== "object" || value === null || !("hits" in value)) return value;
    const [low, high] = wilson(value as Share).map((end) => Math.round(end * 1e4) / 1e4);
    return { ...value, low, high };
  };
  const costs = Object.fromEntries(figures.costs);
  return `${JSON.stringify({ ...figures, costs }, withInterval, 2)}\n`;
}
