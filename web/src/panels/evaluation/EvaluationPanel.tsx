/** Studies: what people here rate, blind, and what came of it. */
import { useEffect, useState } from "react";
import type { StudiesReply, StudySummary } from "../../../../src/features/evaluation/people/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { PanelProps } from "../../room.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { formatDay, Item } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { invitation, invited, linkTo } from "./Invited.tsx";
import { NewStudy } from "./NewStudy.tsx";
import { Rate } from "./Rate.tsx";
import { Results } from "./Results.tsx";
import { t } from "./words.ts";
import "./evaluation.css";

/** How often the list is read while a model answers. */
const PAUSE_MS = 2000;

type View =
  | { readonly of: "list" | "new" }
  | { readonly of: "rate" | "results"; study: StudySummary };

export default function EvaluationPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const [view, setView] = useState<View>({ of: "list" });
  const { reply, problem, load, change } = useList<StudiesReply>("/api/studies");
  const items = reply?.items;
  useEffect(() => {
    const study = items?.find(({ id }) => id === invitation());
    if (!study) return;
    invited();
    setView({ of: "rate", study });
  }, [items]);
  const answering = reply?.items.some((study) => !isReady(study)) ?? false;
  useEffect(() => {
    if (!answering || view.of !== "list") return;
    const timer = setInterval(() => void load(), PAUSE_MS);
    return () => clearInterval(timer);
  }, [answering, load, view.of]);
  const back = () => {
    setView({ of: "list" });
    void load();
  };
  const heading = view.of === "new" ? t("study.new") : "study" in view ? view.study.name : title;
  return (
    <Dialog title={heading} onClose={onClose}>
      {view.of !== "list" && (
        <button type="button" className="secondary study-back" onClick={back}>
          {t("study.back")}
        </button>
      )}
      {view.of === "new" && <NewStudy done={back} />}
      {view.of === "rate" && <Rate study={view.study.id} />}
      {view.of === "results" && <Results study={view.study.id} />}
      {view.of === "list" && (
        <>
          <p className="lead">{t("study.lead")}</p>
          {problem && (
            <div role="alert" className="problem">
              <ProblemText problem={problem} />
            </div>
          )}
          {!reply && !problem && <Progress value={undefined} label={t("study.reading")} />}
          <div className="buttons study-new">
            <button type="button" className="primary" onClick={() => setView({ of: "new" })}>
              {t("study.new")}
            </button>
          </div>
          {reply?.items.length === 0 && <p className="hint">{t("study.none")}</p>}
          <ul className="studies">
            {reply?.items.map((study) => (
              <Study
                key={study.id}
                study={study}
                show={(of) => setView({ of, study })}
                remove={() => change(() => sendJson("DELETE", `/api/studies/${study.id}`))}
              />
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

const isReady = ({ answered, questions, systems }: StudySummary) => answered >= questions * systems;

interface StudyProps {
  readonly study: StudySummary;
  show(of: "rate" | "results"): void;
  remove(): Promise<void>;
}

function Study({ study, show, remove }: StudyProps) {
  const [sure, setSure] = useState(false);
  const { name, kind, own, open, questions, systems, answered, createdAt } = study;
  const facts = [
    t(`study.kind.${kind}`),
    t("study.facts", { questions, systems }),
    formatDay(createdAt),
    ...(own ? [] : [t("study.others")]),
    ...(own && open ? [t("study.open")] : []),
  ];
  const total = questions * systems;
  const label = t("study.answering", { done: answered, total });
  return (
    <Item
      title={name}
      facts={facts.join(" · ")}
      below={
        !isReady(study) && (
          <div className="study-answering">
            <p className="hint">{label}</p>
            <Progress value={answered / total} label={label} />
          </div>
        )
      }
    >
      {isReady(study) && (
        <button type="button" className="secondary" onClick={() => show("rate")}>
          {t("study.rate")}
        </button>
      )}
      {open && <CopyButton text={linkTo(study.id)} label={t("study.link", { name })} />}
      {own && (
        <button type="button" className="secondary" onClick={() => show("results")}>
          {t("study.results")}
        </button>
      )}
      {own && (
        <button
          type="button"
          className="secondary"
          onBlur={() => setSure(false)}
          onClick={() => (sure ? void remove() : setSure(true))}
        >
          {t(sure ? "study.delete.sure" : "study.delete")}
        </button>
      )}
    </Item>
  );
}
