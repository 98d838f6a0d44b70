/** A chat that is stored nowhere: how it is begun, and what it says of itself. */
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { t } from "./words.ts";
import "./temporary.css";

/** A bubble of which not all is there. */
export const TEMPORARY =
  "M6.5 4h2M11.5 4h2M16.5 6.2A2.5 2.5 0 0 0 15.6 4.7M3.5 6.2A2.5 2.5 0 0 1 4.4 4.7M3.5 9v1.5M16.5 9v1.5M16.5 12.8A2.5 2.5 0 0 1 14.7 14.4M3.5 12.8A2.5 2.5 0 0 0 5.3 14.4M7 14.6v2.4l2.6-2.4h2.2";

/** Where a new chat begins, and nowhere else. */
export function Switch() {
  useLanguage();
  const temporary = useDesk((desk) => desk.temporary);
  const fresh = useDesk(({ chatId, branch, asking }) => !chatId && !branch.length && !asking);
  if (!fresh) return null;
  return (
    <IconButton
      icon={TEMPORARY}
      label={t("temporary.title")}
      aria-pressed={temporary}
      onClick={() => desk.beTemporary(temporary ? null : t("temporary.title"))}
    />
  );
}

export function Note() {
  useLanguage();
  const temporary = useDesk((desk) => desk.temporary);
  return temporary ? (
    <p className="temporary-note" role="status">
      {t("temporary.note")}
    </p>
  ) : null;
}
