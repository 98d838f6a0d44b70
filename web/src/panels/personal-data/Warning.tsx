/** What was found in a message that is about to go, and the three things to do about it. */
import { useLanguage } from "../../chat/language.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import type { Question } from "./check.ts";
import "./personal-data.css";
import { type Key, t } from "./words.ts";

/** Characters shown around what was found. */
const AROUND = 24;
const MOST = 50;

export default function Warning({ question }: { readonly question: Question }) {
  useLanguage();
  const { found, decide } = question;
  const rest = found.length - MOST;
  return (
    <Dialog title={t("personal.warning.title")} onClose={() => decide("edit")}>
      <p>{t("personal.warning.lead")}</p>
      <ul className="found">
        {found.slice(0, MOST).map((one) => (
          <li key={one.start}>
            <strong>{t(`personal.kind.${one.kind}` as Key)}</strong>
            <Excerpt text={question.text} start={one.start} end={one.end} />
          </li>
        ))}
        {rest > 0 && <li>{t("personal.warning.more", { count: rest })}</li>}
      </ul>
      <p className="hint">{t("personal.warning.hint")}</p>
      <div className="dialog-foot">
        <button type="button" className="quiet" onClick={() => decide("send")}>
          {t("personal.warning.send")}
        </button>
        <button type="button" className="quiet" data-begin onClick={() => decide("edit")}>
          {t("personal.warning.edit")}
        </button>
        <button type="button" className="primary" onClick={() => decide("mask")}>
          {t("personal.warning.mask")}
        </button>
      </div>
    </Dialog>
  );
}

function Excerpt({ text, start, end }: { text: string; start: number; end: number }) {
  const before = text.slice(Math.max(0, start - AROUND), start);
  return (
    <span className="excerpt" dir="auto">
      {start > AROUND && "…"}
      {before}
      <mark>{text.slice(start, end)}</mark>
      {text.slice(end, end + AROUND)}
      {end + AROUND < text.length && "…"}
    </span>
  );
}
