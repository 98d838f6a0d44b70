/** A run: how it goes while it goes, then what came of it and what can be done with that. */
import { useEffect } from "react";
import type { RunReply, TrainingRun } from "../../../../src/features/training/api.ts";
import { language } from "../../chat/language.ts";
import { Figures } from "../../ui/Figures.tsx";
import { formatNumber } from "../../ui/format.ts";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { useList } from "../../ui/useList.ts";
import { useAttempt } from "./attempt.ts";
import { Curves } from "./Curves.tsx";
import { useCurves } from "./curves.ts";
import { type Actions, Buttons, Failure, isActive, stateOf } from "./Entry.tsx";
import { Further } from "./Further.tsx";
import { Merge } from "./Merge.tsx";
import { secondsLeft, tokensPerSecond } from "./pace.ts";
import { t } from "./words.ts";

interface Props extends Actions {
  readonly run: TrainingRun;
  /** Told the id of the run that has begun in its place. */
  again(run: string): void;
}

export function Shown({ run, again, ...actions }: Props) {
  const { id, state, done, total, gone, result } = run;
  const { reply, load } = useList<RunReply>(`/api/training/${id}?language=${language()}`);
  const curves = useCurves([run]);
  const { problem, attempt } = useAttempt();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once it has ended there is a verdict
  useEffect(() => void load(), [load, state]);
  const points = curves.get(id) ?? [];
  const retrain = () =>
    attempt(async () => {
      again((await sendJson<{ id: string }>("POST", `/api/training/${id}/again`)).id);
    });
  return (
    <>
      <div className="training-now">
        <p>{nowTold(run, secondsLeft(points, total), tokensPerSecond(points))}</p>
        {isActive(run) && (
          <Progress value={total ? Math.min(1, done / total) : undefined} label={stateOf(run)} />
        )}
      </div>
      <Failure run={run} />
      {gone > 0 && (
        <div className="note warn">
          <span>{t("gone", { n: gone })}</span>
          <button type="button" className="secondary" onClick={() => void retrain()}>
            {t("again")}
          </button>
        </div>
      )}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {reply && reply.verdict.length > 0 && (
        <section
          className="training-verdict"
          data-verdict={result?.verdict}
          aria-label={t("verdict")}
        >
          {reply.verdict.map((line, at) => (
            <p key={line} className={at === 0 ? "training-word" : "hint"}>
              {line}
            </p>
          ))}
          {reply.table && <Figures className="training-table" {...reply.table} />}
        </section>
      )}
      <div className="buttons training-actions">
        {result && (
          <a
            className="secondary"
            href={`/api/training/${id}/test`}
            download={`${run.plan.name}-test.jsonl`}
          >
            {t("test-set")}
          </a>
        )}
        {(["md", "json"] as const).map((format) => (
          <a
            key={format}
            className="secondary"
            href={`/api/training/${id}/report?format=${format}&language=${language()}`}
            download={`${run.plan.name}-${t("report.file")}.${format}`}
          >
            {t(`report.${format}`)}
          </a>
        ))}
        <Buttons run={run} {...actions} />
      </div>
      <Curves runs={[run]} curves={curves} />
      <Further run={run} />
      {reply && <Merge run={reply} load={load} />}
      {reply && (
        <details className="training-more">
          <summary>{t("learned")}</summary>
          {run.plan.whose && <p className="hint">{t(`whose.${run.plan.whose}`)}</p>}
          {reply.learned.map((line) => (
            <p key={line} className="hint">
              {line}
            </p>
          ))}
          <p className="hint training-digest">SHA-256 {reply.plan.look.digest}</p>
        </details>
      )}
    </>
  );
}

function nowTold(run: TrainingRun, left: number | undefined, speed: number | undefined): string {
  const { state, done, total } = run;
  const parts = [stateOf(run)];
  if (total !== null) parts.push(t("steps", { done, total }));
  if (state === "running" && total === null) parts.push(t("loading"));
  if (state === "running" && total !== null && done >= total) parts.push(t("judging"));
  else if (state === "running" && left !== undefined) parts.push(leftTold(left));
  if (isActive(run) && speed) parts.push(t("speed", { n: formatNumber(speed, language()) }));
  return parts.join(" · ");
}

function leftTold(seconds: number): string {
  if (seconds < 60) return t("left.soon");
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t("left.minutes", { n: minutes });
  return t("left.hours", { n: formatNumber(minutes / 60, language(), 1) });
}
