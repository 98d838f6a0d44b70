/** Settings of one chat. An empty field follows the server's default. */
import { useId } from "react";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { desk, furnished, useDesk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatNumber } from "../../ui/format.ts";
import { t } from "./words.ts";
import "./settings.css";

/** Limits as `src/core/chat.ts` checks them; defaults as `src/core/types.ts` has them. */
const NUMBERS = [
  { name: "temperature", min: 0, max: 2, step: 0.05, usual: 0.7 },
  { name: "topP", min: 0.01, max: 1, step: 0.01, usual: 0.9 },
  { name: "maxTokens", min: 1, max: 1_000_000, step: 1, usual: 1024 },
  { name: "seed", min: 0, max: 0xffffffff, step: 1, usual: null },
] as const;

export default function ChatSettings({ title, onClose }: PanelProps) {
  const lang = useLanguage();
  const id = useId();
  const settings = useDesk((desk) => desk.settings);
  const more = furnished().flatMap(({ setting }) => setting ?? []);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const rest = more.map(({ read }) => read(form));
          // Those have a panel of their own.
          const { tools } = settings;
          void desk.saveSettings(Object.assign(readOwn(form), tools && { tools }, ...rest));
          onClose();
        }}
      >
        <label htmlFor={`${id}-system`}>{t("settings.systemPrompt")}</label>
        <p className="hint" id={`${id}-hint`}>
          {t("settings.systemPrompt.hint")}
        </p>
        <textarea
          id={`${id}-system`}
          name="systemPrompt"
          rows={4}
          dir="auto"
          maxLength={100_000}
          aria-describedby={`${id}-hint`}
          defaultValue={settings.systemPrompt}
          placeholder={t("settings.systemPrompt.example")}
        />
        {more.map(({ Field }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rooms stay where they are
          <Field key={at} settings={settings} />
        ))}
        <fieldset>
          <legend>{t("settings.sampling")}</legend>
          {NUMBERS.map(({ name, min, max, step, usual }) => (
            <div key={name} className="number">
              <label htmlFor={`${id}-${name}`}>{t(`settings.${name}`)}</label>
              <input
                id={`${id}-${name}`}
                name={name}
                type="number"
                inputMode="decimal"
                min={min}
                max={max}
                step={step}
                defaultValue={settings[name]}
                placeholder={usual === null ? t("random") : formatNumber(usual, lang, 1)}
                aria-describedby={`${id}-${name}-hint`}
              />
              <p className="hint" id={`${id}-${name}-hint`}>
                {t(`settings.${name}.hint`)}
              </p>
            </div>
          ))}
        </fieldset>
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

function readOwn(form: FormData): Settings {
  const textOf = (name: string) => String(form.get(name) ?? "");
  const filled = NUMBERS.filter(({ name }) => textOf(name) !== "");
  const numbers = filled.map(({ name }) => [name, Number(textOf(name))]);
  return {
    ...(textOf("systemPrompt").trim() && { systemPrompt: textOf("systemPrompt") }),
    ...Object.fromEntries(numbers),
  };
}
