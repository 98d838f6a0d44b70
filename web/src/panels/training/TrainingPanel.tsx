/** Training: the worker, the runs that there are, a new one, and how they go. */
import { useEffect, useState } from "react";
import type { RunsReply, TrainingRun } from "../../../../src/features/training/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { useList } from "../../ui/useList.ts";
import { Entry, isActive } from "./Entry.tsx";
import { NewTraining } from "./NewTraining.tsx";
import { NewWriting } from "./NewWriting.tsx";
import { Shown } from "./Shown.tsx";
import { Together } from "./Together.tsx";
import { use } from "./use.ts";
import { Worker } from "./Worker.tsx";
import { Writings } from "./Writings.tsx";
import { t } from "./words.ts";
import "./training.css";

/** How often the list is read while something is trained. */
const PAUSE_MS = 2000;

type View =
  | { readonly of: "list" | "write" }
  | { readonly of: "new"; readonly written?: string }
  | { readonly of: "shown"; readonly run: string }
  | { readonly of: "together"; readonly runs: readonly string[] };

export default function TrainingPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const [view, setView] = useState<View>({ of: "list" });
  const [ready, setReady] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { reply, problem, load, change } = useList<RunsReply>("/api/training");
  const active = reply?.items.some(isActive) ?? false;
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => void load(), PAUSE_MS);
    return () => clearInterval(timer);
  }, [active, load]);
  const back = () => {
    setView({ of: "list" });
    void load();
  };
  const show = (run: string) => {
    setView({ of: "shown", run });
    void load();
  };
  const act = (method: string, path: string) =>
    change(() => sendJson(method, `/api/training/${path}`));
  const actions = (run: TrainingRun) => ({
    stop: () => act("POST", `${run.id}/cancel`),
    resume: () => act("POST", `${run.id}/resume`),
    remove: () => act("DELETE", run.id),
    use: () => use(run, onClose),
  });
  const runs = reply?.items ?? [];
  const compared = runs.filter(({ id }) => chosen.includes(id));
  const open = view.of === "shown" && runs.find(({ id }) => id === view.run);
  const seen = view.of === "together" ? runs.filter(({ id }) => view.runs.includes(id)) : [];
  return (
    <Dialog title={headingOf(view, open ? open.plan.name : title)} onClose={onClose}>
      {view.of !== "list" && (
        <button type="button" className="secondary training-back" onClick={back}>
          {t("list.back")}
        </button>
      )}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {view.of === "new" && <NewTraining written={view.written} begun={show} />}
      {view.of === "write" && <NewWriting begun={back} />}
      {open && (
        <Shown
          key={open.id}
          run={open}
          {...actions(open)}
          remove={async () => {
            setView({ of: "list" });
            await actions(open).remove();
          }}
          again={show}
        />
      )}
      {view.of === "together" && <Together runs={seen} />}
      {view.of === "list" && (
        <>
          <p className="lead">{t("lead")}</p>
          <Worker told={setReady} />
          {ready && (
            <div className="buttons training-new">
              {compared.length > 1 && (
                <button
                  type="button"
                  className="secondary"
                  onClick={() => setView({ of: "together", runs: chosen })}
                >
                  {t("together", { n: compared.length })}
                </button>
              )}
              <button type="button" className="primary" onClick={() => setView({ of: "new" })}>
                {t("new")}
              </button>
            </div>
          )}
          {!reply && !problem && <Progress value={undefined} label={t("reading")} />}
          {ready && reply && runs.length === 0 && <p className="hint">{t("none")}</p>}
          <ul className="training-runs">
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
                show={() => show(run.id)}
                {...actions(run)}
              />
            ))}
          </ul>
          <Writings
            ready={ready}
            learn={(written) => setView({ of: "new", written })}
            write={() => setView({ of: "write" })}
          />
        </>
      )}
    </Dialog>
  );
}

function headingOf({ of }: View, title: string): string {
  if (of === "new") return t("new");
  if (of === "write") return t("teacher.new");
  return of === "together" ? t("together.title") : title;
}
