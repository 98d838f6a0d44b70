/** Above the composer of a chat that is archived: where it is, and how it comes back. */
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { t } from "./words.ts";
import "./archive.css";

export function Archived() {
  useLanguage();
  const id = useDesk(({ chat }) => (chat?.archived ? chat.id : null));
  if (id === null) return null;
  return (
    <p className="archived-note" role="status">
      {t("archive.note")}
      <button type="button" className="quiet" onClick={() => void desk.archive([id], false)}>
        {t("archive.back")}
      </button>
    </p>
  );
}
