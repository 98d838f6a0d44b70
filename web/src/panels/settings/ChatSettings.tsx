/** Settings of one chat: the fields that the rooms have for them. */
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { useSettings } from "../../slots.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { t } from "./words.ts";

export default function ChatSettings({ title, onClose }: PanelProps) {
  useLanguage();
  const settings = useDesk((desk) => desk.settings);
  const all = useSettings();
  if (!all) return null;
  const own = all.filter(({ apart }) => !apart);
  const kept: readonly (keyof Settings)[] = [
    "assistant",
    ...all.flatMap(({ apart }) => apart ?? []),
  ];
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const rest = kept.filter((name) => settings[name] !== undefined);
          const before = Object.fromEntries(rest.map((name) => [name, settings[name]]));
          void desk.saveSettings(Object.assign(before, ...own.map(({ read }) => read(form))));
          onClose();
        }}
      >
        {own.map(({ Field }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rooms stay where they are
          <Field key={at} settings={settings} />
        ))}
        {own.map(({ More }, at) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: the rooms stay where they are
          More ? <More key={at} settings={settings} /> : null,
        )}
        <div className="dialog-foot">
          <button type="button" className="quiet" onClick={onClose}>
            {t("cancel")}
          </button>
          <button type="submit" className="primary">
            {t("save")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
