/** Says that the open chat has placeholders, and turns them into what they stand for and back. */
import { useLanguage } from "../../chat/language.ts";
import { show, store } from "./store.ts";
import "./personal-data.css";
import { t } from "./words.ts";

export default function MaskedNote({ count }: { readonly count: number }) {
  useLanguage();
  const shown = store.use((state) => state.shown);
  return (
    <p className="masked-note">
      <span>{t(shown ? "personal.note.shown" : "personal.note.hidden", { count })}</span>
      <button type="button" className="secondary" aria-pressed={shown} onClick={() => show(!shown)}>
        {t(shown ? "personal.hide" : "personal.show")}
      </button>
    </p>
  );
}
