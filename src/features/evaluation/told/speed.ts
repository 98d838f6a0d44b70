/** How fast models are. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import type { SpeedPlan } from "../plan.ts";
import type { Report } from "../report.ts";
import { formatIn, type Told } from "./format.ts";

export function speedTold(
  { prefill, decode, rounds }: SpeedPlan,
  { models }: Report,
  language: Language,
): Told {
  const text = messages[language];
  const { number } = formatIn(language);
  const cell = (value: number | null | undefined, digits = 1) =>
    value === null || value === undefined ? "" : number(value, digits);
  const rows = models.map(({ label, facts, speed }) => [
    ...[label, facts?.quantisation ?? "", cell(facts?.fileBytes && facts.fileBytes / 1e6)],
    ...[cell(speed?.prefill), cell(speed?.decode)],
    cell(speed?.memoryBytes && speed.memoryBytes / 1e6, 0),
  ]);
  const machine = models[0]?.facts?.machine ?? "?";
  const device = models[0]?.facts?.device ?? "?";
  return {
    tables: [{ head: text.speedColumns, rows }],
    notes: [fill(text.speedLine, { prefill, decode, rounds, machine, device })],
  };
}
