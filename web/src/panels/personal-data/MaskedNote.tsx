/** Says that the open chat has placeholders, and turns them into what they stand for and back. */
import { useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import { show, store, useBook } from "./store.ts";
import "./personal-data.css";
import { t } from "./words.ts";

export function MaskedNote() {
  useLanguage();
  const branch = useDesk((desk) => desk.branch);
  useBook(
    useDesk(({ chatId }) => chatId),
    branch,
  );
  const count = store.use(({ values }) => values.size);
  const shown = store.use((state) => state.shown);
  if (count === 0) return null;
  return (
    <p className="masked-note">
      <span>{t(shown ? "personal.note.shown" : "personal.note.hidden", { count })}</span>
      <button type="button" className="secondary" aria-pressed={shown} onClick={() => show(!shown)}>
        {t(shown ? "personal.hide" : "personal.show")}
      </button>
    </p>
  );
}
