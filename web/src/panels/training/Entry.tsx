/** A run in the list: how far it is, what came of it, what can be done. */
import { useState } from "react";
import type { TrainingRun } from "../../../../src/features/training/api.ts";
import { explain, type Problem } from "../../chat/problem.ts";
import { Progress } from "../../ui/Progress.tsx";
import { formatDay, Item } from "../../ui/Section.tsx";
import { t } from "./words.ts";

export const isActive = ({ state }: TrainingRun) => state === "waiting" || state === "running";

export interface Actions {
  stop(): Promise<void>;
  resume(): Promise<void>;
  remove(): Promise<void>;
  use(): Promise<void>;
}

interface Props extends Actions {
  readonly run: TrainingRun;
  readonly chosen: boolean;
  choose(yes: boolean): void;
  show(): void;
}

export function Entry({ run, chosen, choose, show, ...actions }: Props) {
  const { plan, done, total, createdAt, gone } = run;
  const facts = [stateOf(run), stepsOf(run), plan.model, formatDay(createdAt)];
  return (
    <Item
      title={plan.name}
      facts={facts.filter(Boolean).join(" · ")}
      below={
        <div className="training-below">
          {isActive(run) && (
            <Progress value={total ? Math.min(1, done / total) : undefined} label={plan.name} />
          )}
          <Failure run={run} />
          {gone > 0 && <p className="note warn">{t("gone", { n: gone })}</p>}
        </div>
      }
    >
      {done > 0 && (
        <label className="training-choose">
          <input
            type="checkbox"
            checked={chosen}
            onChange={({ target }) => choose(target.checked)}
            aria-label={t("compare.name", { name: plan.name })}
          />{" "}
          {t("compare")}
        </label>
      )}
      <button type="button" className="secondary" onClick={show}>
        {t("show")}
      </button>
      <Buttons run={run} {...actions} />
    </Item>
  );
}

/** What can be done with a run in its state. */
export function Buttons({ run, stop, resume, remove, use }: Actions & { run: TrainingRun }) {
  const [sure, setSure] = useState(false);
  const { state, result } = run;
  return (
    <>
      {result?.adapter && (
        <button type="button" className="secondary" onClick={() => void use()}>
          {t("use")}
        </button>
      )}
      {isActive(run) && (
        <button type="button" className="secondary" onClick={() => void stop()}>
          {t("stop")}
        </button>
      )}
      {(state === "cut" || state === "failed") && (
        <button type="button" className="secondary" onClick={() => void resume()}>
          {t("go-on")}
        </button>
      )}
      {!isActive(run) && (
        <button
          type="button"
          className="secondary"
          onBlur={() => setSure(false)}
          onClick={() => (sure ? void remove() : setSure(true))}
        >
          {t(sure ? (result?.adapter ? "delete.sure.adapter" : "delete.sure") : "delete")}
        </button>
      )}
    </>
  );
}

/** The verdict once there is one, in a word. */
export const stateOf = ({ state, result }: TrainingRun): string =>
  result ? t(`verdict.${result.verdict}`) : t(`state.${state}`);

const stepsOf = ({ done, total }: TrainingRun) =>
  total === null ? "" : t("steps", { done, total });

export function Failure({ run: { error } }: { readonly run: TrainingRun }) {
  return error ? <p className="problem">{explain(error as unknown as Problem).join(" ")}</p> : null;
}
