/** The training worker: what it takes, its way onto the machine, and away again. */
import { useEffect, useState } from "react";
import type { Worker as State } from "../../../../src/features/training/api.ts";
import { language } from "../../chat/language.ts";
import { explain, type Problem } from "../../chat/problem.ts";
import { useDesk } from "../../desk.ts";
import { formatBytes } from "../../ui/format.ts";
import { sendJson } from "../../ui/json.ts";
import { Progress } from "../../ui/Progress.tsx";
import { Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";

const PATH = "/api/training/worker";
const LOOK_MS = 1500;

/** @param told whether it is ready */
export function Worker({ told }: { told(ready: boolean): void }) {
  const administers = useDesk((desk) => desk.administers);
  const [sure, setSure] = useState(false);
  const { reply, problem, load, change } = useList<State>(PATH);
  const state = reply?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each state that comes is looked at
  useEffect(() => {
    const timer = state === "fetching" ? setTimeout(load, LOOK_MS) : undefined;
    return () => clearTimeout(timer);
  }, [state, reply, load]);
  useEffect(() => told(state === "ready"), [state, told]);
  if (!reply || !state) return null;
  const size = (bytes: number) => formatBytes(bytes, language());
  const { fetches, takes, bytes, free, done, total, has, error } = reply;
  const send = (method: string, path = PATH) => void change(() => sendJson(method, path));
  const wants = state === "absent" || state === "partial" || state === "old";
  const facts = {
    ...{ fetches: size(fetches), takes: size(takes), bytes: size(bytes) },
    ...{ done: size(done), total: size(total ?? 0) },
    ...{ torch: has?.torch ?? "", python: has?.python ?? "" },
    device: has?.device === "cpu" ? t("worker.processor") : (has?.device ?? ""),
  };
  // An environment of the user's own lies elsewhere.
  const lead = [
    t(`worker.${state}`, facts),
    ...(state === "ready" && bytes > 0 ? [t("worker.takes", facts)] : []),
  ].join(" ");
  const narrow = wants && free !== null && free < fetches + takes - bytes;
  return (
    <Section title={t("worker.title")} lead={lead} problem={problem}>
      {narrow && <p className="note warn">{t("worker.narrow", { free: size(free) })}</p>}
      {wants && error && (
        <p role="alert" className="problem">
          {explain(error as unknown as Problem).join(" ")}
        </p>
      )}
      {state === "fetching" && (
        <Progress value={total ? done / total : undefined} label={t("worker.title")} />
      )}
      {!administers && wants && <p className="hint">{t("worker.ask")}</p>}
      {administers && (
        <div className="buttons">
          {(state === "partial" || state === "ready" || state === "old") && (
            <button
              type="button"
              className="quiet"
              onBlur={() => setSure(false)}
              onClick={() => (sure ? send("DELETE") : setSure(true))}
            >
              {t(sure ? "worker.remove.sure" : "worker.remove")}
            </button>
          )}
          {wants && (
            <button type="button" className="primary" onClick={() => send("POST")}>
              {t(state === "partial" ? "worker.go-on" : "worker.set-up")}
            </button>
          )}
          {state === "fetching" && (
            <button
              type="button"
              className="secondary"
              onClick={() => send("POST", `${PATH}/cancel`)}
            >
              {t("stop")}
            </button>
          )}
        </div>
      )}
    </Section>
  );
}
