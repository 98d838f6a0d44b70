/** The keyboard shortcuts on one sheet. */
import { t, useLanguage } from "../../chat/language.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { keyName, SHORTCUTS } from "./shortcuts.ts";

export function HelpSheet({ onClose }: { onClose(): void }) {
  useLanguage();
  return (
    <Dialog title={t("help.title")} kind="small" onClose={onClose}>
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
