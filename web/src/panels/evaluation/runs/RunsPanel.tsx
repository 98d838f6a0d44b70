/** Evaluations: what was measured of models, what is being measured, and how to measure more. */
import { useEffect, useState } from "react";
import type { RunsReply } from "../../../../../src/features/evaluation/api.ts";
import { language, useLanguage } from "../../../chat/language.ts";
import { explain, type Problem } from "../../../chat/problem.ts";
import type { PanelProps } from "../../../room.ts";
import { Dialog } from "../../../ui/Dialog.tsx";
import { sendJson } from "../../../ui/json.ts";
import { ProblemText } from "../../../ui/ProblemText.tsx";
import { Progress } from "../../../ui/Progress.tsx";
import { formatDay, Item } from "../../../ui/Section.tsx";
import { useList } from "../../../ui/useList.ts";
import { NewRun } from "./NewRun.tsx";
import { Shown } from "./Shown.tsx";
import { t } from "./words.ts";
import "../evaluation.css";

type Run = RunsReply["items"][number];

/** How often the list is read while something is measured. */
const PAUSE_MS = 2000;

type View =
  | { readonly of: "list" | "new" }
  | { readonly of: "shown"; readonly runs: readonly Run[] };

export default function RunsPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const [view, setView] = useState<View>({ of: "list" });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { reply, problem, load, change } = useList<RunsReply>("/api/evaluations");
  const active = reply?.items.some(isActive) ?? false;
  useEffect(() => {
    if (!active || view.of !== "list") return;
    const timer = setInterval(() => void load(), PAUSE_MS);
    return () => clearInterval(timer);
  }, [active, load, view.of]);
  const back = () => {
    setView({ of: "list" });
    void load();
  };
  const runs = reply?.items ?? [];
  const compared = runs.filter(({ id }) => chosen.includes(id));
  const act = (method: string, path: string) =>
    change(() => sendJson(method, `/api/evaluations/${path}`));
  return (
    <Dialog title={headingOf(view, title)} onClose={onClose}>
      {view.of !== "list" && (
        <button type="button" className="secondary study-back" onClick={back}>
          {t("run.back")}
        </button>
      )}
      {view.of === "new" && <NewRun done={back} />}
      {view.of === "shown" && <Shown runs={view.runs} />}
      {view.of === "list" && (
        <>
          <p className="lead">{t("run.lead")}</p>
          {problem && (
            <div role="alert" className="problem">
              <ProblemText problem={problem} />
            </div>
          )}
          {!reply && !problem && <Progress value={undefined} label={t("run.reading")} />}
          <div className="buttons study-new">
            <button type="button" className="primary" onClick={() => setView({ of: "new" })}>
              {t("run.new")}
            </button>
            {compared.length > 1 && (
              <button
                type="button"
                className="secondary"
                onClick={() => setView({ of: "shown", runs: compared })}
              >
                {t("run.table", { n: compared.length })}
              </button>
            )}
          </div>
          {reply && runs.length === 0 && <p className="hint">{t("run.none")}</p>}
          <ul className="studies">
            {runs.map((run) => (
              <Entry
                key={run.id}
                run={run}
                chosen={chosen.includes(run.id)}
                choose={(yes) =>
                  setChosen((before) =>
                    yes ? [...before, run.id] : before.filter((one) => one !== run.id),
                  )
                }
                show={() => setView({ of: "shown", runs: [run] })}
                stop={() => act("POST", `${run.id}/cancel`)}
                resume={() => act("POST", `${run.id}/resume`)}
                remove={() => act("DELETE", run.id)}
              />
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

const isActive = ({ state }: Run) => state === "waiting" || state === "running";
const nameOf = ({ plan }: Run) =>
  `${t(`run.kind.${plan.kind}`)}: ${plan.kind === "measure" ? plan.title[language()] : plan.source.name}`;

function headingOf(view: View, title: string): string {
  if (view.of !== "shown") return view.of === "new" ? t("run.new") : title;
  const [first, second] = view.runs;
  return first && !second ? nameOf(first) : t("run.table.title");
}

interface EntryProps {
  readonly run: Run;
  readonly chosen: boolean;
  choose(yes: boolean): void;
  show(): void;
  stop(): Promise<void>;
  resume(): Promise<void>;
  remove(): Promise<void>;
}

function Entry({ run, chosen, choose, show, stop, resume, remove }: EntryProps) {
  const [sure, setSure] = useState(false);
  const { plan, state, done, total, createdAt, error } = run;
  const name = nameOf(run);
  const models = plan.models.map(({ model, adapter }) => (adapter ? `${model}+${adapter}` : model));
  const pieces = total === null ? "" : t("run.done", { done, total });
  const facts = [t(`run.state.${state}`), pieces, models.join(", "), formatDay(createdAt)];
  const told = error ? explain(error as unknown as Problem) : [];
  return (
    <Item
      title={name}
      facts={facts.filter(Boolean).join(" · ")}
      below={
        <div className="study-answering">
          {isActive(run) && (
            <Progress value={total ? Math.min(1, done / total) : undefined} label={name} />
          )}
          {told.length > 0 && <p className="problem">{told.join(" ")}</p>}
        </div>
      }
    >
      {done > 0 && (
        <label className="run-choose">
          <input
            type="checkbox"
            checked={chosen}
            onChange={({ target }) => choose(target.checked)}
            aria-label={t("run.compare", { name })}
          />{" "}
          {t("run.choose")}
        </label>
      )}
      {done > 0 && <Button text={t("run.show")} act={show} />}
      {isActive(run) && <Button text={t("run.stop")} act={() => void stop()} />}
      {(state === "cut" || state === "failed") && (
        <Button text={t("run.again")} act={() => void resume()} />
      )}
      {!isActive(run) && (
        <button
          type="button"
          className="secondary"
          onBlur={() => setSure(false)}
          onClick={() => (sure ? void remove() : setSure(true))}
        >
          {t(sure ? "run.delete.sure" : "run.delete")}
        </button>
      )}
    </Item>
  );
}

const Button = ({ text, act }: { readonly text: string; act(): void }) => (
  <button type="button" className="secondary" onClick={act}>
    {text}
  </button>
);
