/** What the answers of a month have cost, by model and by person. For administrators. */
import { useState } from "react";
import type { CostReply } from "../../../../src/features/cost/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatNumber } from "../../ui/format.ts";
import { Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";
import "./cost.css";

type Sums = CostReply["total"];
/** Of the list of people, where there are accounts. */
type People = { readonly items: readonly { readonly id: string; readonly name: string }[] };

export default function CostPanel({ title, onClose }: PanelProps) {
  const language = useLanguage();
  const [month, setMonth] = useState<string>();
  const query = month === undefined ? "" : `?month=${month}`;
  const { reply, problem } = useList<CostReply>(`/api/cost${query}`);
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="cost">
        <p className="lead">{t("cost.lead")}</p>
        <Section title={t("cost.models")} problem={problem}>
          {reply && (
            <>
              <label>
                {t("cost.month")}{" "}
                <select
                  value={reply.month}
                  onChange={({ currentTarget }) => setMonth(currentTarget.value)}
                >
                  {[...new Set([...reply.months, reply.month])].map((one) => (
                    <option key={one} value={one}>
                      {monthName(one, language)}
                    </option>
                  ))}
                </select>
              </label>
              <Month reply={reply} language={language} />
            </>
          )}
        </Section>
      </div>
    </Dialog>
  );
}

function Month({ reply, language }: { readonly reply: CostReply; readonly language: string }) {
  const { total, models, items, month, perHour } = reply;
  const money = (value: number) => moneyOf(value, reply.currency, language);
  const named = useDesk(({ person }) => person !== null);
  const byPerson = [...Map.groupBy(items, ({ person }) => person)].map(([person, own]) => ({
    ...own.reduce(add),
    person,
  }));
  if (total.answers === 0) return <p className="hint">{t("cost.nothing")}</p>;
  const cost = money(total.cost);
  const answers = formatNumber(total.answers, language);
  return (
    <>
      <p role="status">
        {total.answers === 1 ? t("cost.total.one", { cost }) : t("cost.total", { cost, answers })}
      </p>
      {perHour > 0 && (
        <p className="hint">
          {t("cost.busy", {
            hours: formatNumber(total.seconds / 3600, language, 2),
            price: money(perHour),
          })}
        </p>
      )}
      <div className="cost-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("cost.model")}</th>
              <Heads />
              <th scope="col">{t("cost.speed")}</th>
              <th scope="col">{t("cost.thousand")}</th>
            </tr>
          </thead>
          <tbody>
            {models.map(({ model, tokensPerSecond, perThousand, ...sums }) => (
              <tr key={model}>
                <th scope="row">{model}</th>
                <Cells sums={sums} money={money} language={language} />
                <td>
                  {tokensPerSecond === null ? "–" : formatNumber(tokensPerSecond, language, 1)}
                </td>
                <td>{perThousand === null ? "–" : money(perThousand)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {named && <ByPerson rows={byPerson} money={money} language={language} />}
      <p>
        <a href={`/api/cost.csv?month=${month}`} download>
          {t("cost.csv")}
        </a>
      </p>
    </>
  );
}

interface Shown {
  readonly language: string;
  money(value: number): string;
}

function ByPerson({
  rows,
  ...shown
}: Shown & { readonly rows: readonly (Sums & { readonly person: string })[] }) {
  const { reply } = useList<People>("/api/auth/people");
  const names = new Map(reply?.items.map(({ id, name }) => [id, name]));
  return (
    <div className="cost-scroll">
      <table aria-label={t("cost.people")}>
        <thead>
          <tr>
            <th scope="col">{t("cost.person")}</th>
            <Heads />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ person, ...sums }) => (
            <tr key={person}>
              <th scope="row">
                {person === "" ? t("cost.erased") : (names.get(person) ?? person)}
              </th>
              <Cells sums={sums} {...shown} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Heads = () => (
  <>
    <th scope="col">{t("cost.answers")}</th>
    <th scope="col">{t("cost.tokens")}</th>
    <th scope="col">{t("cost.what")}</th>
  </>
);

function Cells({ sums, money, language }: Shown & { readonly sums: Sums }) {
  return (
    <>
      <td>{formatNumber(sums.answers, language)}</td>
      <td>{formatNumber(sums.promptTokens + sums.completionTokens, language)}</td>
      <td>{money(sums.cost)}</td>
    </>
  );
}

const add = <One extends Sums>(one: One, other: Sums): One => ({
  ...one,
  answers: one.answers + other.answers,
  promptTokens: one.promptTokens + other.promptTokens,
  cachedTokens: one.cachedTokens + other.cachedTokens,
  completionTokens: one.completionTokens + other.completionTokens,
  seconds: one.seconds + other.seconds,
  cost: one.cost + other.cost,
});

/** Small amounts keep their first digits: a token costs a thousandth of a cent. */
function moneyOf(value: number, currency: string, language: string): string {
  const small = value > 0 && value < 0.1;
  const digits = small ? { maximumSignificantDigits: 2 } : {};
  return new Intl.NumberFormat(language, { style: "currency", currency, ...digits }).format(value);
}

/** "2026-11" as "November 2026". */
const monthName = (month: string, language: string) =>
  new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
