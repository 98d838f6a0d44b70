/** The log of administrative acts, for administrators: newest first, by person and kind of act. */
import { useCallback, useEffect, useState } from "react";
import { language } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { said } from "../../slots.tsx";
import { formatNumber } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { ACTS } from "./acts.ts";
import { Part } from "./Part.tsx";
import { type Entry, type Filter, readActs, readNames, type Verdict, verify } from "./store.ts";
import { t } from "./words.ts";

export function Audit() {
  const [filter, setFilter] = useState<Filter>({});
  const [entries, setEntries] = useState<readonly Entry[] | null>(null);
  const [next, setNext] = useState<number | null>(null);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const attempt = useCallback(async (work: () => Promise<void>) => {
    setProblem(null);
    await work().catch((thrown) => setProblem(toProblem(thrown)));
  }, []);
  const load = useCallback(
    (before: number | null) =>
      attempt(async () => {
        const { items, nextBefore } = await readActs(filter, before);
        setEntries((old) => (before === null ? items : [...(old ?? []), ...items]));
        setNext(nextBefore);
      }),
    [filter, attempt],
  );
  useEffect(() => void load(null), [load]);
  useEffect(() => void readNames().then(setNames), []);
  // Whom an invitation was for is told nowhere once it was taken or withdrawn.
  const invited = new Set(entries?.filter(ofInvitation).map((entry) => entry.subject));
  const who = (id: string) => names.get(id) ?? (invited.has(id) ? t("audit.invitation") : id);
  const { act, actor, subject } = filter;
  const chosen = act === undefined ? (actor ?? subject) : nameOf(act);
  return (
    <Part title={t("audit.title")}>
      <p className="lead">{t("audit.lead")}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      <div className="privacy-row">
        <p role="status" className="hint">
          {verdict && told(verdict)}
        </p>
        {chosen !== undefined && (
          <button type="button" className="secondary" onClick={() => setFilter({})}>
            {t("audit.all", { filter: who(chosen) })}
          </button>
        )}
        <button
          type="button"
          className="secondary"
          onClick={() => void attempt(async () => setVerdict(await verify()))}
        >
          {t("audit.verify")}
        </button>
      </div>
      {entries?.length === 0 && <p className="hint">{t("audit.none")}</p>}
      <ol className="acts" aria-label={t("audit.title")}>
        {entries?.map((entry) => (
          <Act key={entry.seq} entry={entry} who={who} onFilter={setFilter} />
        ))}
      </ol>
      {next !== null && (
        <div className="privacy-row">
          <button type="button" className="secondary" onClick={() => void load(next)}>
            {t("audit.more")}
          </button>
        </div>
      )}
    </Part>
  );
}

const ofInvitation = ({ act }: Entry) =>
  act === "person.invited" || act === "person.invitation_withdrawn";

const nameOf = (act: string) => {
  const words = ACTS[act];
  return words ? said(words) : act;
};

interface ActProps {
  readonly entry: Entry;
  /** What is known of a person or an invitation; else the id. */
  who(id: string): string;
  onFilter(filter: Filter): void;
}

function Act({ entry, who, onFilter }: ActProps) {
  const { at, actor, act, subject, details } = entry;
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  const date = new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "medium" });
  return (
    <li>
      <button type="button" className="act-name" onClick={() => onFilter({ act })}>
        {nameOf(act)}
      </button>
      <time dateTime={at}>{date.format(new Date(at))}</time>
      <p className="hint">
        {t("audit.by")}{" "}
        <button
          type="button"
          className="act-person"
          data-tip={actor}
          onClick={() => onFilter({ actor })}
        >
          {who(actor)}
        </button>
        {subject !== null && subject !== actor && (
          <>
            {" "}
            {t("audit.on")}{" "}
            <button type="button" className="act-person" onClick={() => onFilter({ subject })}>
              {who(subject)}
            </button>
          </>
        )}
        {facts.length > 0 && ` · ${facts.join(" · ")}`}
      </p>
    </li>
  );
}

function told({ rows, broken }: Verdict): string {
  if (broken?.seq === 0) return t("audit.rewritten");
  if (broken) return t("audit.broken", { seq: broken.seq });
  return t("audit.holds", { n: formatNumber(rows, language()) });
}
