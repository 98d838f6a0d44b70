/** Whether a text carries the mark of this server, and where. */
import type { Credentials } from "../../../../src/features/provenance/c2pa/api.ts";
import { language } from "../../chat/language.ts";
import type { Problem } from "../../chat/problem.ts";
import { formatNumber } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { credentialsTold } from "./credentials.ts";
import type { Detected } from "./looked.ts";
import { day } from "./proof.tsx";
import { t } from "./words.ts";

interface Props {
  readonly text: string;
  readonly detected: Detected | Problem;
  readonly credentials?: Credentials;
}

export function MarkResult({ text, detected, credentials }: Props) {
  const label = credentials && <p>{credentialsTold(credentials)}</p>;
  if (!("verdict" in detected)) {
    return (
      <section className="verify-result">
        {label}
        <ProblemText problem={detected} />
      </section>
    );
  }
  const { verdict, chance, tokens, scored, key, heat = [] } = detected;
  const said = verdict === "none" ? "absent" : verdict;
  const n = (value: number) => formatNumber(value, language());
  return (
    <section className="verify-result" data-verdict={verdict}>
      <h2>{t(`mark.${said}`)}</h2>
      <p>{t(`mark.${said}.means`)}</p>
      {label}
      {heat.length > 0 && (
        <>
          <p className="verify-soft">{t("mark.heat")}</p>
          <p className="verify-heat" dir="auto">
            {heat.map(({ from, to, level }) => (
              <span key={from} data-level={level}>
                {text.slice(from, to)}
              </span>
            ))}
          </p>
        </>
      )}
      <details>
        <summary>{t("page.numbers")}</summary>
        <dl className="verify-numbers">
          <div>
            <dt>{t("mark.chance")}</dt>
            <dd>{t("mark.chance.value", { n: n(Math.round(1 / chance)) })}</dd>
          </div>
          <div>
            <dt>{t("mark.scored")}</dt>
            <dd>{t("mark.scored.value", { scored: n(scored), tokens: n(tokens) })}</dd>
          </div>
          {key && (
            <div>
              <dt>{t("mark.key")}</dt>
              <dd>{t("mark.key.value", { id: key.id, date: day(key.since) })}</dd>
            </div>
          )}
        </dl>
      </details>
    </section>
  );
}
