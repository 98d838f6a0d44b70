/** Whether a chat looks up what no longer fits its window. */
import { useId } from "react";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import type { Setting } from "../../room.ts";
import { t } from "./words.ts";

function RecallField({ settings: { recall } }: { readonly settings: Settings }) {
  useLanguage();
  const id = useId();
  const usual = useDesk((desk) => desk.fact("recall", "lookup"));
  return (
    <>
      <label htmlFor={id}>{t("recall.setting")}</label>
      <p className="hint" id={`${id}-hint`}>
        {t("recall.setting.hint")}
      </p>
      <select
        id={id}
        name="recall"
        defaultValue={recall === undefined ? "" : recall ? "on" : "off"}
        aria-describedby={`${id}-hint`}
      >
        <option value="">{t(usual ? "recall.usual.on" : "recall.usual.off")}</option>
        <option value="on">{t("recall.on")}</option>
        <option value="off">{t("recall.off")}</option>
      </select>
    </>
  );
}

function readRecall(form: FormData): Pick<Settings, "recall"> {
  const chosen = form.get("recall");
  return chosen === "on" || chosen === "off" ? { recall: chosen === "on" } : {};
}

export const setting: Setting = { Field: RecallField, read: readRecall };
