/** Long work: what is under way, and what has ended. */
import { useEffect, useState } from "react";
import type { JobReply } from "../../../../src/features/jobs/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { explain, type Problem, toProblem } from "../../chat/problem.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatBytes, formatNumber } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { formatDay, Item, Section } from "../../ui/Section.tsx";
import {
  cancel,
  isActive,
  type JobItem,
  logOf,
  remove,
  resume,
  store,
  watchJobs,
} from "./store.ts";
import { t } from "./words.ts";
import "./jobs.css";

export default function JobsPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const { items, problem } = store.use((state) => state);
  useEffect(() => {
    const watching = new AbortController();
    void watchJobs(watching.signal);
    return () => watching.abort();
  }, []);
  const [now, ended] = [
    items?.filter(isActive) ?? [],
    items?.filter((job) => !isActive(job)) ?? [],
  ];
  return (
    <Dialog title={title} onClose={onClose}>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {!items && !problem && <Progress value={undefined} label={t("jobs.reading")} />}
      {items && now.length === 0 && <p className="lead">{t("jobs.none")}</p>}
      {now.length > 0 && <List title={t("jobs.now")} jobs={now} />}
      {ended.length > 0 && <List title={t("jobs.ended")} jobs={ended} />}
    </Dialog>
  );
}

const List = ({ title, jobs }: { readonly title: string; readonly jobs: readonly JobItem[] }) => (
  <Section title={title}>
    <ul>
      {jobs.map((job) => (
        <Job key={job.id} job={job} />
      ))}
    </ul>
  </Section>
);

function Job({ job }: { readonly job: JobItem }) {
  const { id, own, label, title, state, done, total, createdAt, error } = job;
  const name = [label[language()], title].filter(Boolean).join(": ");
  const facts = [t(`jobs.state.${state}`), amount(job), formatDay(createdAt)];
  const [message, hint] = error ? explain(error as unknown as Problem) : [];
  return (
    <Item
      title={name}
      facts={[...facts, ...(own ? [] : [t("jobs.others")])].filter(Boolean).join(" · ")}
      below={
        <div className="job-below">
          {isActive(job) && (
            <Progress
              value={total && state !== "queued" ? Math.min(1, done / total) : undefined}
              label={t("jobs.progress", { name })}
            />
          )}
          {message && (
            <p className="problem">
              {message} {hint}
            </p>
          )}
          {own && <Log id={id} state={state} />}
        </div>
      }
    >
      {own && isActive(job) && <Button text={t("jobs.cancel")} act={() => cancel(id)} />}
      {own && (state === "failed" || state === "cancelled") && (
        <Button text={t("jobs.resume")} act={() => resume(id)} />
      )}
      {own && !isActive(job) && <Button text={t("jobs.remove")} act={() => remove(id)} />}
    </Item>
  );
}

const Button = ({ text, act }: { readonly text: string; act(): Promise<void> }) => (
  <button type="button" className="secondary" onClick={() => void act()}>
    {text}
  </button>
);

/** Read when it is opened, and again when the job is in another state. */
function Log({ id, state }: Pick<JobItem, "id" | "state">) {
  const [open, setOpen] = useState(false);
  const [log, setLog] = useState<JobReply["log"]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (!open || !state) return;
    logOf(id).then(
      (job) => setLog(job.log),
      (thrown) => setProblem(toProblem(thrown)),
    );
  }, [open, id, state]);
  const time = new Intl.DateTimeFormat(language(), { dateStyle: "short", timeStyle: "medium" });
  return (
    <details className="job-log" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t("jobs.log")}</summary>
      {problem && <p className="problem">{explain(problem).join(" ")}</p>}
      <ol>
        {log.map((line) => (
          <li key={line.at + line.en}>
            <time dateTime={line.at}>{time.format(new Date(line.at))}</time> {line[language()]}
          </li>
        ))}
      </ol>
    </details>
  );
}

function amount({ done, total, unit }: JobItem): string {
  const said = (value: number) =>
    unit === "bytes" ? formatBytes(value, language()) : formatNumber(value, language());
  if (total !== null) return t("jobs.of", { done: said(done), total: said(total) });
  return done > 0 ? said(done) : "";
}
