/** Erases everything of the reader: after the name or a word was typed, and with a report. */
import { useId, useState } from "react";
import { language } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { formatNumber } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Part } from "./Part.tsx";
import { erase, type Report } from "./store.ts";
import { t } from "./words.ts";

/** @param name of the reader, to be typed; null: a word */
export function Erase({ name }: { readonly name: string | null }) {
  const [asked, setAsked] = useState(false);
  const [report, setReport] = useState<Report | null>(null);
  return (
    <Part title={t("privacy.erase")}>
      {report ? (
        <Told report={report} />
      ) : (
        <>
          <p className="lead">{t("privacy.erase.lead")}</p>
          {asked ? (
            <Confirm
              expected={name ?? t("privacy.erase.word")}
              onReport={setReport}
              onBack={() => setAsked(false)}
            />
          ) : (
            <div className="privacy-row">
              <button type="button" className="secondary danger" onClick={() => setAsked(true)}>
                {t("privacy.erase.begin")}
              </button>
            </div>
          )}
        </>
      )}
    </Part>
  );
}

interface ConfirmProps {
  readonly expected: string;
  onReport(report: Report): void;
  onBack(): void;
}

function Confirm({ expected, onReport, onBack }: ConfirmProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const report = await erase(typed);
      desk.forget(true);
      onReport(report);
    } catch (thrown) {
      setProblem(toProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <form
      className="privacy-confirm"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() === expected && !busy) void send();
      }}
    >
      <p className="problem">{t("privacy.erase.warning")}</p>
      <label htmlFor={id}>{t("privacy.erase.type", { word: expected })}</label>
      <input
        id={id}
        value={typed}
        autoComplete="off"
        // What was asked for is what the reader came for.
        ref={(element) => element?.focus()}
        onChange={({ target }) => setTyped(target.value)}
      />
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      <div className="privacy-row">
        <button type="button" className="secondary" disabled={busy} onClick={onBack}>
          {t("cancel")}
        </button>
        <button
          type="submit"
          className="primary danger"
          disabled={typed.trim() !== expected || busy}
        >
          {t(busy ? "privacy.erase.running" : "privacy.erase.now")}
        </button>
      </div>
    </form>
  );
}

/** What went, and what stays, why, and until when. */
function Told({ report }: { readonly report: Report }) {
  const day = new Intl.DateTimeFormat(language(), { dateStyle: "long" });
  return (
    <div className="privacy-report" role="status">
      <p>
        <strong>{t("privacy.erased")}</strong>
      </p>
      <ul>
        {report.erased.map(({ what, words, count }) => (
          <li key={what}>
            {words[language()]}: {formatNumber(count, language())}
          </li>
        ))}
        {report.erased.length === 0 && <li>{t("privacy.erased.nothing")}</li>}
      </ul>
      <p>
        <strong>{t("privacy.stays")}</strong>
      </p>
      <ul>
        {report.kept.map(({ what, words, count, why, until }) => (
          <li key={what}>
            {words[language()]}
            {count !== null && `: ${formatNumber(count, language())}`}. {sentence(why[language()])}{" "}
            {until && t("privacy.until", { date: day.format(new Date(until)) })}
          </li>
        ))}
      </ul>
      <div className="privacy-row">
        <button type="button" className="primary" onClick={() => location.assign("/")}>
          {t("privacy.begin")}
        </button>
      </div>
    </div>
  );
}

const sentence = (text: string) => text.charAt(0).toLocaleUpperCase(language()) + text.slice(1);
