/** Texts that a teacher writes: how far it is, what came of them, and to learn from them. */
import { useEffect, useState } from "react";
import type { WrittenReply, WrittenTexts } from "../../../../src/features/training/teacher/api.ts";
import { explain, type Problem } from "../../chat/problem.ts";
import { sendJson } from "../../ui/json.ts";
import { Progress } from "../../ui/Progress.tsx";
import { formatDay, Item, Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";

export const WRITTEN = "/api/training/written";
/** How often the list is read while something is written. */
const PAUSE_MS = 2000;

interface Props {
  /** Whether there can be a training. */
  readonly ready: boolean;
  learn(set: string): void;
  write(): void;
}

const isActive = ({ state }: WrittenTexts) => state === "waiting" || state === "running";

export function Writings({ ready, learn, write }: Props) {
  const { reply, problem, load, change } = useList<WrittenReply>(WRITTEN);
  const active = reply?.items.some(isActive) ?? false;
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => void load(), PAUSE_MS);
    return () => clearInterval(timer);
  }, [active, load]);
  const act = (method: string, path: string) =>
    void change(() => sendJson(method, `${WRITTEN}/${path}`));
  return (
    <Section title={t("teacher.title")} lead={t("teacher.lead")} problem={problem}>
      <ul className="training-runs">
        {(reply?.items ?? []).map((set) => (
          <Written key={set.id} {...{ set, ready, act }} learn={() => learn(set.id)} />
        ))}
      </ul>
      <div className="buttons">
        <button type="button" className="secondary" onClick={write}>
          {t("teacher.new")}
        </button>
      </div>
    </Section>
  );
}

interface OneProps {
  readonly set: WrittenTexts;
  readonly ready: boolean;
  act(method: string, path: string): void;
  learn(): void;
}

function Written({ set, ready, act, learn }: OneProps) {
  const [sure, setSure] = useState(false);
  const { id, name, teacher, synthetic, state, questions, answers, faults, error } = set;
  const by = teacher.adapter ? `${teacher.model} + ${teacher.adapter}` : teacher.model;
  const all = synthetic ? 2 * Math.max(questions, synthetic.number) : questions;
  const done = (synthetic ? questions : 0) + answers + faults;
  const facts = [
    t(`state.${state}`),
    by,
    synthetic && t("teacher.synthetic"),
    t("teacher.answers", { answers, questions }),
    formatDay(set.createdAt),
  ];
  return (
    <Item
      title={name}
      facts={facts.filter(Boolean).join(" · ")}
      below={
        <div className="training-below">
          {isActive(set) && <Progress value={all > 0 ? Math.min(1, done / all) : 0} label={name} />}
          {error && <p className="problem">{explain(error as unknown as Problem).join(" ")}</p>}
        </div>
      }
    >
      {ready && !isActive(set) && answers > 0 && (
        <button type="button" className="secondary" onClick={learn}>
          {t("teacher.learn")}
        </button>
      )}
      {isActive(set) && (
        <button type="button" className="secondary" onClick={() => act("POST", `${id}/cancel`)}>
          {t("stop")}
        </button>
      )}
      {(state === "cut" || state === "failed") && (
        <button type="button" className="secondary" onClick={() => act("POST", `${id}/resume`)}>
          {t("go-on")}
        </button>
      )}
      {!isActive(set) && (
        <button
          type="button"
          className="secondary"
          onBlur={() => setSure(false)}
          onClick={() => (sure ? act("DELETE", id) : setSure(true))}
        >
          {t(sure ? "teacher.delete.sure" : "delete")}
        </button>
      )}
    </Item>
  );
}
