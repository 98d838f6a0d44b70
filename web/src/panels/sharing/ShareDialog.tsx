/** Who else may see a chat: a link that ends, or the administrators for some hours; and what is out. */
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { language, useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { useDesk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { letSupportIn, makeLink, revoke, store } from "./store.ts";
import "./sharing.css";
import { t } from "./words.ts";

const DAYS = [1, 7, 30, 90, 365];
const HOURS = [1, 4, 24, 72];

/** The usual choices up to the policy's limit, and the limit. */
const choices = (usual: readonly number[], most: number) => [
  ...usual.filter((one) => one < most),
  most,
];

export default function ShareDialog({ title, onClose }: PanelProps) {
  useLanguage();
  const chat = useDesk(({ chatId }) => chatId) ?? "";
  const sharing = store.use((state) => state.sharing);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const attempt = async (work: () => Promise<unknown>) => {
    setProblem(null);
    await work().catch((thrown) => setProblem(toProblem(thrown)));
  };
  const shares = sharing?.shares.filter((one) => one.conversationId === chat) ?? [];
  const grants = sharing?.grants.filter((one) => one.conversationId === chat) ?? [];
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="sharing">
        {problem && (
          <div role="alert" className="problem">
            <ProblemText problem={problem} />
          </div>
        )}
        {sharing?.links && (
          <Part title={t("share.link")} lead={t("share.link.lead")}>
            <Ask
              submit={t("share.make")}
              label={t("share.days")}
              choices={choices(DAYS, sharing.links.maxDays)}
              unit="day"
              action={(days) => attempt(async () => setLink(await makeLink(chat, days)))}
            />
            {link !== null && (
              <div className="sharing-link" role="status">
                <p>{t("share.once")}</p>
                <input readOnly value={link} aria-label={t("share.link")} />
                <CopyButton text={link} label={t("share.copy")} />
              </div>
            )}
          </Part>
        )}
        {shares.length > 0 && (
          <ul className="sharing-list" aria-label={t("share.list")}>
            {shares.map(({ id, createdAt, expiresAt }) => (
              <Out
                key={id}
                what={t("share.made", { date: when(createdAt) })}
                facts={t("share.until", { date: when(expiresAt) })}
                onRevoke={() =>
                  attempt(async () => {
                    await revoke("shares", id);
                    setLink(null);
                  })
                }
              />
            ))}
          </ul>
        )}
        {sharing?.support && (
          <Part title={t("support.title")} lead={t("support.lead")}>
            <Ask
              submit={t("support.grant")}
              label={t("support.hours")}
              choices={choices(HOURS, sharing.support.maxHours)}
              unit="hour"
              reason={t("support.reason")}
              action={(hours, reason) => attempt(() => letSupportIn(chat, hours, reason))}
            />
          </Part>
        )}
        {grants.length > 0 && (
          <ul className="sharing-list" aria-label={t("support.list")}>
            {grants.map(({ id, reason, expiresAt, reads }) => (
              <Out
                key={id}
                what={reason}
                facts={`${t("share.until", { date: when(expiresAt) })} ${t("support.reads", { n: reads })}`}
                onRevoke={() => attempt(() => revoke("support", id))}
              />
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

export const when = (date: string) =>
  new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(date),
  );

function Part(props: { title: string; lead: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{props.title}</h3>
      <p className="hint">{props.lead}</p>
      {props.children}
    </section>
  );
}

interface AskProps {
  readonly submit: string;
  readonly label: string;
  readonly choices: readonly number[];
  readonly unit: "day" | "hour";
  /** Label of the field for it, where one is wanted. */
  readonly reason?: string;
  action(time: number, reason: string): Promise<void>;
}

function Ask({ submit, label, choices, unit, reason, action }: AskProps) {
  const id = useId();
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    setBusy(true);
    await action(Number(data.get("time")), String(data.get("reason") ?? ""));
    setBusy(false);
    form.reset();
  };
  const words = (n: number) =>
    new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "long" }).format(n);
  return (
    <form className="settings sharing-form" onSubmit={send}>
      {reason && (
        <>
          <label htmlFor={`${id}-reason`}>{reason}</label>
          <input id={`${id}-reason`} name="reason" required maxLength={500} dir="auto" />
        </>
      )}
      <label htmlFor={`${id}-time`}>{label}</label>
      <select id={`${id}-time`} name="time">
        {choices.map((n) => (
          <option key={n} value={n}>
            {words(n)}
          </option>
        ))}
      </select>
      <button type="submit" className="secondary" disabled={busy}>
        {submit}
      </button>
    </form>
  );
}

/** Something that others can see, and the button that ends that. */
function Out(props: { what: string; facts: string; onRevoke(): Promise<void> }) {
  return (
    <li>
      <div>
        <strong dir="auto">{props.what}</strong>
        <p className="hint">{props.facts}</p>
      </div>
      <button type="button" className="secondary" onClick={() => void props.onRevoke()}>
        {t("share.revoke")}
      </button>
    </li>
  );
}
