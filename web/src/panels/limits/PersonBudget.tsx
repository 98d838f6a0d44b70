/** What an administrator sees and decides of one person's month; asked for when it is opened. */
import { useId, useState } from "react";
import type { PersonBudget as Found } from "../../../../src/features/limits/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { formatNumber } from "../../ui/format.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import "./limits.css";
import { t } from "./words.ts";

export function PersonBudget({ person }: { readonly person: string }) {
  const language = useLanguage();
  const id = useId();
  const path = `/api/limits/people/${person}`;
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = async (work: () => Promise<Found>) => {
    setProblem(null);
    await work().then(setFound, (thrown) => setProblem(toProblem(thrown)));
  };
  const used = found && formatNumber(found.used, language);
  const limit = found?.limit ? formatNumber(found.limit, language) : t("limits.none");
  return (
    <details
      className="person-budget"
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) void attempt(() => getJson<Found>(path));
      }}
    >
      <summary>{t("limits.person")}</summary>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {found && (
        <form
          key={found.tokens}
          onSubmit={(event) => {
            event.preventDefault();
            const given = String(new FormData(event.currentTarget).get("tokens") ?? "");
            const tokens = given === "" ? null : Number(given);
            void attempt(() => sendJson<Found>("PUT", path, { tokens }));
          }}
        >
          <p role="status">{t("limits.person.used", { used: used ?? "", limit })}</p>
          <label htmlFor={id}>{t("limits.person.tokens")}</label>
          <div className="person-budget-row">
            <input
              id={id}
              name="tokens"
              type="number"
              inputMode="numeric"
              min={0}
              max={1e12}
              step={1}
              defaultValue={found.tokens ?? ""}
              placeholder={t("limits.person.policy")}
              aria-describedby={`${id}-hint`}
            />
            <button type="submit" className="secondary">
              {t("save")}
            </button>
          </div>
          <p className="hint" id={`${id}-hint`}>
            {t("limits.person.hint")}
          </p>
        </form>
      )}
    </details>
  );
}
