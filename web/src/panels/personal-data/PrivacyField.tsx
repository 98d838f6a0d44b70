/** The chat's own wish, among its settings. What the organisation asks for is the least. */
import { useId } from "react";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { MODES, type Mode, modeOf } from "../../../../src/features/personal-data/modes.ts";
import { useLanguage } from "../../chat/language.ts";
import type { Setting } from "../../room.ts";
import { useRule } from "./store.ts";
import { t } from "./words.ts";

function PrivacyField({ settings: { privacy: value } }: { settings: Settings }) {
  useLanguage();
  const id = useId();
  const rule = useRule();
  if (!rule) return null;
  const below = (mode: Mode) => MODES.indexOf(mode) < MODES.indexOf(rule.floor);
  return (
    <>
      <label htmlFor={id}>{t("personal.setting")}</label>
      <p className="hint" id={`${id}-hint`}>
        {t("personal.setting.hint")}
        {rule.floor !== "off" && ` ${t(`personal.floor.${rule.floor}`)}`}
      </p>
      <select id={id} name="privacy" defaultValue={value} aria-describedby={`${id}-hint`}>
        <option value="">
          {t("personal.default", { mode: t(`personal.mode.${modeOf(rule)}`) })}
        </option>
        {MODES.map((mode) => (
          <option key={mode} value={mode} disabled={below(mode)}>
            {t(`personal.choice.${mode}`)}
          </option>
        ))}
      </select>
    </>
  );
}

function readPrivacy(form: FormData): Pick<Settings, "privacy"> {
  const privacy = MODES.find((mode) => mode === form.get("privacy"));
  return privacy ? { privacy } : {};
}

export const setting: Setting = { Field: PrivacyField, read: readPrivacy };
