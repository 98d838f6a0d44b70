/** What is kept of the reader and for how long, and the ways to have it all, or to have it gone. */
import { useEffect, useState } from "react";
import { language, useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { useDesk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatNumber } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Audit } from "./Audit.tsx";
import { Download } from "./Download.tsx";
import { Erase } from "./Erase.tsx";
import { Part } from "./Part.tsx";
import { type Rules, readRules } from "./store.ts";
import "./privacy.css";
import { t } from "./words.ts";

export default function PrivacyPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const audit = useDesk(({ administers, has }) => administers && has("audit"));
  const [rules, setRules] = useState<Rules | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    readRules().then(setRules, (thrown) => setProblem(toProblem(thrown)));
  }, []);
  return (
    <Dialog title={title} onClose={onClose}>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {rules && (
        <>
          <Kept rules={rules} />
          <Download />
          <Erase name={rules.name} />
        </>
      )}
      {audit && <Audit />}
    </Dialog>
  );
}

function Kept({ rules }: { readonly rules: Rules }) {
  const { sentTo, unusedChatDays, deletedChatMinutes, auditMonths, backupDays } = rules;
  const n = (value: number) => formatNumber(value, language());
  return (
    <Part title={t("privacy.kept")}>
      <p className={sentTo ? "note warn" : "lead"}>
        {sentTo ? t("privacy.sent", { place: sentTo }) : t("privacy.notSent")}
      </p>
      {unusedChatDays !== null && (
        <p className="note warn">{t("privacy.unused", { n: n(unusedChatDays) })}</p>
      )}
      <dl className="privacy-facts">
        <dt>{t("privacy.chats")}</dt>
        <dd>{unusedChatDays === null ? t("privacy.untilDeleted") : days(unusedChatDays)}</dd>
        <dt>{t("privacy.deleted")}</dt>
        <dd>{t("privacy.minutes", { n: n(deletedChatMinutes) })}</dd>
        <dt>{t("privacy.audit")}</dt>
        <dd>{t("privacy.months", { n: n(auditMonths) })}</dd>
        <dt>{t("privacy.backups")}</dt>
        <dd>{days(backupDays)}</dd>
      </dl>
    </Part>
  );
}

const days = (value: number) => t("privacy.days", { n: formatNumber(value, language()) });
