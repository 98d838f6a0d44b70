/** Whether files are found by their meaning, and the way to the model that it takes. */
import { useEffect } from "react";
import type { Meaning as State } from "../../../../src/features/knowledge/api.ts";
import { language } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import { formatBytes } from "../../ui/format.ts";
import { sendJson } from "../../ui/json.ts";
import { Progress } from "../../ui/Progress.tsx";
import { Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";

const PATH = "/api/files/meaning";
const LOOK_MS = 800;

export function Meaning() {
  const administers = useDesk((desk) => desk.administers);
  const { reply, problem, load, change } = useList<State>(PATH);
  const fetching = reply?.state === "fetching";
  // biome-ignore lint/correctness/useExhaustiveDependencies: each state that comes is looked at
  useEffect(() => {
    const timer = fetching ? setTimeout(load, LOOK_MS) : undefined;
    return () => clearTimeout(timer);
  }, [fetching, reply, load]);
  if (!reply) return null;
  const { name, licence, bytes, state, done, total } = reply;
  const size = (count: number) => formatBytes(count, language());
  const known = { name, licence, size: size(bytes) };
  const send = (method: string) => void change(() => sendJson(method, PATH));
  return (
    <Section
      title={t("meaning.title")}
      lead={
        fetching
          ? t("meaning.fetching", { done: size(done), total: size(total ?? bytes) })
          : t(`meaning.${state}`, known)
      }
      problem={problem}
    >
      {fetching && <Progress value={total ? done / total : undefined} label={t("meaning.title")} />}
      {administers && (
        <div className="buttons">
          {(state === "absent" || state === "broken") && (
            <button type="button" className="secondary" onClick={() => send("POST")}>
              {t("meaning.fetch")}
            </button>
          )}
          {state !== "absent" && (
            <button type="button" className="quiet" onClick={() => send("DELETE")}>
              {t(fetching ? "meaning.cancel" : "meaning.remove")}
            </button>
          )}
        </div>
      )}
    </Section>
  );
}
