/** Several runs side by side: their curves in the same pictures, their figures in one table. */
import type { TrainingRun } from "../../../../src/features/training/api.ts";
import { language } from "../../chat/language.ts";
import { Figures } from "../../ui/Figures.tsx";
import { formatNumber } from "../../ui/format.ts";
import { Curves, namesOf } from "./Curves.tsx";
import { useCurves } from "./curves.ts";
import { stateOf } from "./Entry.tsx";
import { type Point, validationsIn } from "./pace.ts";
import { t } from "./words.ts";

export function Together({ runs }: { readonly runs: readonly TrainingRun[] }) {
  const curves = useCurves(runs);
  const names = namesOf(runs);
  const head = ["run", "state", "settings", "best", "test", "general"] as const;
  const rows = runs.map((run, at) => [
    ...[names[at] ?? "", stateOf(run), settingsTold(run)],
    best(curves.get(run.id) ?? []),
    ...[change(run.result?.test), change(run.result?.general)],
  ]);
  return (
    <>
      <Figures
        className="training-table"
        head={head.map((one) => t(`column.${one}`))}
        rows={rows}
      />
      <Curves runs={runs} curves={curves} />
    </>
  );
}

function settingsTold({ plan: { model, settings } }: TrainingRun): string {
  const { rank, rate, epochs } = settings;
  const told = { rank, epochs, rate: formatNumber(rate, language(), 6) };
  return `${model}, ${t("settings.short", told)}`;
}

/** The lowest perplexity of all validations. */
function best(points: readonly Point[]): string {
  const losses = validationsIn(points).map(({ loss }) => loss);
  return losses.length === 0 ? "" : formatNumber(Math.exp(Math.min(...losses)), language(), 2);
}

function change(compared: { readonly ratio: { readonly value: number } } | null | undefined) {
  if (!compared) return "";
  const how = { style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" } as const;
  return new Intl.NumberFormat(language(), how).format(compared.ratio.value - 1);
}
