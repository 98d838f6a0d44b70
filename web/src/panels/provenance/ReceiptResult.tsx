/** What holds of a receipt or an export, in words; the numbers behind a disclosure. */
import type { Report } from "../../../../src/features/provenance/verify/report.ts";
import { tell } from "../../../../src/features/provenance/verify/tell.ts";
import { language } from "../../chat/language.ts";
import { t } from "./words.ts";

export function ReceiptResult({ report }: { readonly report: Report }) {
  const { title, meaning, notes, receipts } = tell(report, language());
  return (
    <section className="verify-result" data-verdict={report.verdict}>
      <h2>{title}</h2>
      <p>{meaning}</p>
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {receipts.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stay in their order
        <article key={index}>
          {receipts.length > 1 && <h3>{one.title}</h3>}
          <p className="verify-soft">{one.written}</p>
          <ul className="verify-lines">
            {one.lines.map(({ state, text }) => (
              <li key={text} data-state={state}>
                {text}
              </li>
            ))}
          </ul>
          <details>
            <summary>{t("page.numbers")}</summary>
            <dl className="verify-numbers">
              {one.facts.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        </article>
      ))}
    </section>
  );
}
