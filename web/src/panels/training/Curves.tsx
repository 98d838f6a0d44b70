/** The curves of one run or of several, in four pictures. */
import type { TrainingRun } from "../../../../src/features/training/api.ts";
import { Chart, type Series } from "./Chart.tsx";
import { type Point, smoothed, stepsIn, validationsIn } from "./pace.ts";
import { t } from "./words.ts";

interface Props {
  readonly runs: readonly TrainingRun[];
  readonly curves: ReadonlyMap<string, readonly Point[]>;
}

export function Curves({ runs, curves }: Props) {
  const names = namesOf(runs);
  const each = (make: (points: readonly Point[]) => Omit<Series, "name">): readonly Series[] =>
    runs.map(({ id }, at) => ({ name: names[at] ?? id, ...make(curves.get(id) ?? []) }));
  const overSteps = (value: (step: ReturnType<typeof stepsIn>[number]) => number) =>
    each((points) => ({ points: stepsIn(points).map((one) => ({ x: one.step, y: value(one) })) }));
  const loss = each((points) => {
    const steps = stepsIn(points);
    const means = smoothed(steps.map((one) => one.loss));
    const raw = steps.map((one) => ({ x: one.step, y: one.loss }));
    return { points: steps.map((one, at) => ({ x: one.step, y: means[at] ?? one.loss })), raw };
  });
  // The loss over judged answers is no logarithm of a perplexity, and beside one it says nothing.
  const judged = runs.every(({ plan }) => plan.look.method !== "sft");
  const validation = runs.map((run, at) => ({
    name: names[at] ?? run.id,
    points:
      judged || run.plan.look.method === "sft"
        ? validationsIn(curves.get(run.id) ?? []).map(({ step, loss }) => ({
            ...{ x: step, y: judged ? loss : Math.exp(loss) },
          }))
        : [],
  }));
  return (
    <div className="training-charts">
      <Chart
        title={t(judged ? "chart.judged" : "chart.validation")}
        hint={t(judged ? "chart.judged.hint" : "chart.validation.hint")}
        series={validation}
        {...{ digits: 2, dots: true }}
      />
      <Chart title={t("chart.loss")} hint={t("chart.loss.hint")} series={loss} digits={2} />
      <div className="training-pair">
        <Chart
          title={t("chart.speed")}
          hint={t("chart.speed.hint")}
          series={overSteps(({ tokens, seconds }) => (seconds > 0 ? tokens / seconds : 0))}
          {...{ digits: 0, height: 130 }}
        />
        <Chart
          title={t("chart.rate")}
          hint={t("chart.rate.hint")}
          series={overSteps(({ rate }) => rate)}
          {...{ digits: 4, height: 130 }}
        />
      </div>
    </div>
  );
}

/** Runs of one name are told apart by their ids. */
export function namesOf(runs: readonly TrainingRun[]): readonly string[] {
  const all = runs.map(({ plan }) => plan.name);
  return runs.map(({ id, plan: { name } }) =>
    all.filter((one) => one === name).length > 1 ? `${name} (${id.slice(0, 4)})` : name,
  );
}
