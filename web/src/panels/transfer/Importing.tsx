/** The dialog of an import: how far it is, then what came and what could not be taken. */
import type {
  ChatMessage,
  ImportReport,
  ImportSeen,
} from "../../../../src/features/conversations/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { explain, type Problem } from "../../chat/problem.ts";
import { useDesk } from "../../desk.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatBytes, formatNumber } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { cancel, close, isActive, store } from "./importing.ts";
import { type Key, t } from "./words.ts";
import "./transfer.css";

export function Importing() {
  useLanguage();
  const { name, seen, problem } = store.use((state) => state);
  if (name === null) return null;
  return (
    <Dialog title={t("import.title")} kind="small" onClose={close}>
      {(problem || (seen && !isActive(seen))) && <p className="import-file">{name}</p>}
      {problem ? (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      ) : !seen || isActive(seen) ? (
        <Under name={name} seen={seen} />
      ) : (
        <Ended seen={seen} />
      )}
    </Dialog>
  );
}

function Under({ name, seen }: { readonly name: string; readonly seen: ImportSeen | null }) {
  const jobs = useDesk((desk) => desk.has("jobs"));
  const share = seen?.total ? Math.min(1, seen.done / seen.total) : undefined;
  const chats = seen ? seen.report.added + seen.report.renewed : 0;
  return (
    <>
      <p className="lead">
        {seen ? t("import.reading", { name }) : t("import.sending", { name })}
        {chats > 0 && ` ${counted("import.soFar", chats)}`}
      </p>
      <Progress value={share} label={t("import.reading", { name })} />
      {seen && seen.total !== null && (
        <p className="lead">
          {t("import.of", {
            done: formatBytes(seen.done, language()),
            total: formatBytes(seen.total, language()),
          })}
        </p>
      )}
      <div className="dialog-foot">
        {seen && jobs && (
          <button type="button" className="secondary" onClick={() => void cancel(seen)}>
            {t("import.cancel")}
          </button>
        )}
        <button type="button" className="primary" onClick={close}>
          {t(seen ? "import.background" : "import.stop")}
        </button>
      </div>
    </>
  );
}

function Ended({ seen: { state, report, error } }: { readonly seen: ImportSeen }) {
  const { from, added, renewed, known, left, lost, lostCount } = report;
  const whose = from.filter((one) => one !== "Charla").join(", ");
  const facts = [
    added > 0 && counted("import.added", added),
    renewed > 0 && counted("import.renewed", renewed),
    known > 0 && counted("import.known", known),
    left > 0 && counted("import.left", left),
  ].filter((fact) => fact !== false);
  return (
    <>
      {error && (
        <p role="alert" className="problem">
          {explain(error as unknown as Problem).join(" ")}
        </p>
      )}
      {state === "cancelled" && <p className="lead">{t("import.cancelled")}</p>}
      <div className="import-facts" role="status">
        {facts.map((fact) => (
          <p key={fact}>{fact}</p>
        ))}
        {facts.length === 0 && !error && <p>{t("import.nothing")}</p>}
      </div>
      {whose && <p className="lead">{t("import.whose", { whose })}</p>}
      {lost.length > 0 && <Lost lost={lost} count={lostCount} />}
      <div className="dialog-foot">
        <button type="button" className="primary" data-begin onClick={close}>
          {t("import.close")}
        </button>
      </div>
    </>
  );
}

function Lost({ lost, count }: { readonly lost: ImportReport["lost"]; readonly count: number }) {
  return (
    <details className="import-lost">
      <summary>{counted("import.lost", count)}</summary>
      <ul>
        {lost.map(({ kind, name, chat }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change any more
          <li key={index}>
            {/* Not everything has a name. */}
            {t(`import.lost.${kind}`, { name }).replace(/:\s*$/, "")}
            {chat && (
              <>
                {" · "}
                <a href={`/c/${encodeURIComponent(chat.id)}`}>{chat.title}</a>
              </>
            )}
          </li>
        ))}
        {count > lost.length && <li>{counted("import.more", count - lost.length)}</li>}
      </ul>
    </details>
  );
}

/** A number of things, in the singular where it is one. */
const counted = (
  key:
    | "import.soFar"
    | "import.added"
    | "import.renewed"
    | "import.known"
    | "import.left"
    | "import.lost"
    | "import.more",
  n: number,
): string => t((n === 1 ? `${key}.one` : key) as Key, { n: formatNumber(n, language()) });

/** Who reads an answer should know that it was not written here. */
export function Whose({ message: { details } }: { readonly message: ChatMessage }) {
  useLanguage();
  const from = details?.imported?.from;
  return from ? <span className="imported">{t("import.by", { product: from })}</span> : null;
}
