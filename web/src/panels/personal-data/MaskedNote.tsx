/** Says that the open chat has placeholders, and turns them into what they stand for and back. */
import { t, useLanguage } from "../../chat/language.ts";
import { show, store } from "./store.ts";
import "./personal-data.css";

export function MaskedNote() {
  useLanguage();
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
