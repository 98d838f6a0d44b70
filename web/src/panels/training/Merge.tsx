/** One file of the model and the adapter: its type, how far it is, and those that there are. */
import { useEffect, useId, useState } from "react";
import { QUANTISED_TYPES } from "../../../../src/core/quantising.ts";
import type { JobReply } from "../../../../src/features/jobs/api.ts";
import type { RunReply } from "../../../../src/features/training/api.ts";
import { language } from "../../chat/language.ts";
import { explain, type Problem } from "../../chat/problem.ts";
import { useDesk } from "../../desk.ts";
import { formatBytes } from "../../ui/format.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { Progress } from "../../ui/Progress.tsx";
import { Section } from "../../ui/Section.tsx";
import { useAttempt } from "./attempt.ts";
import { t } from "./words.ts";

const LOOK_MS = 1000;
/** What keeps nearly all of what was learned. */
const TYPE = "Q8_0";

interface Props {
  readonly run: RunReply;
  /** Reads the run again, which has the files. */
  load(): Promise<void>;
}

export function Merge({ run, load }: Props) {
  const able = useDesk((desk) => desk.administers && desk.has("jobs"));
  const [type, setType] = useState<string>(TYPE);
  const [begun, setBegun] = useState<string | null>(null);
  const { problem, attempt } = useAttempt();
  const id = useId();
  const job = useJob(begun ?? run.merging, load);
  if (!able || !run.result?.adapter) return null;
  const active = job && job.endedAt === null;
  const start = async () => {
    const path = `/api/training/${run.id}/merge`;
    setBegun((await sendJson<{ job: string }>("POST", path, { type })).job);
  };
  const stop = async () => {
    if (job) await sendJson("POST", `/api/jobs/${job.id}/cancel`);
  };
  return (
    <Section title={t("merge.title")} lead={t("merge.lead")} problem={problem}>
      {run.merged.map(({ file, type: of, bytes }) => (
        <p key={file}>
          {t("merge.made", { file, type: of, size: formatBytes(bytes, language()) })}
        </p>
      ))}
      {job?.error && (
        <p role="alert" className="problem">
          {explain(job.error as unknown as Problem).join(" ")}
        </p>
      )}
      {active && (
        <Progress value={job.total ? job.done / job.total : undefined} label={t("merge.title")} />
      )}
      <div className="buttons">
        {active ? (
          <button type="button" className="secondary" onClick={() => void attempt(stop)}>
            {t("stop")}
          </button>
        ) : (
          <>
            <label htmlFor={id}>{t("merge.type")}</label>
            <select id={id} value={type} onChange={({ target }) => setType(target.value)}>
              {QUANTISED_TYPES.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
            <button type="button" className="secondary" onClick={() => void attempt(start)}>
              {t("merge")}
            </button>
          </>
        )}
      </div>
    </Section>
  );
}

/** A job until it has ended, which is told once. */
function useJob(id: string | null, ended: () => Promise<void>): JobReply | null {
  const [job, setJob] = useState<JobReply | null>(null);
  useEffect(() => {
    if (id === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = false;
    const look = async () => {
      // Where the server is gone, its own banner says so, and it goes on when it is back.
      const now = await getJson<JobReply>(`/api/jobs/${id}`).catch(() => undefined);
      if (left) return;
      if (now) setJob(now);
      if (now?.endedAt) await ended();
      else timer = setTimeout(look, LOOK_MS);
    };
    void look();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [id, ended]);
  return job?.id === id ? job : null;
}
