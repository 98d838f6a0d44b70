/** The keyboard shortcuts on one sheet. */
import { useLanguage } from "../../chat/language.ts";
import { keyName, SHORTCUTS } from "../../keyboard.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { t } from "./words.ts";
import "./help.css";

export default function HelpSheet({ title, onClose }: PanelProps) {
  useLanguage();
  return (
    <Dialog title={title} kind="small" onClose={onClose}>
      <dl className="shortcuts">
        {SHORTCUTS.map(({ name, keys }) => (
          <div key={name}>
            <dt>{t(`help.${name}`)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{keyName(key)}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className="hint">{t("help.ai")}</p>
    </Dialog>
  );
}
