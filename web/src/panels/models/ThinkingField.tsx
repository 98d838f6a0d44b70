/** How much the model of a chat thinks before it answers, where its template has a word for it. */
import { useId } from "react";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { store } from "./store.ts";
import { t } from "./words.ts";

type Thinking = NonNullable<Settings["thinking"]>;
const EFFORTS = ["low", "medium", "high"] as const;

/** @param model the one that is chosen; the current one when absent */
export function ThinkingField({
  settings,
  model,
}: {
  settings: Settings;
  model?: string | undefined;
}) {
  useLanguage();
  const id = useId();
  const models = store.use((state) => state.models);
  const ways = models?.models.find((one) => one.id === (model ?? models.current))?.thinking;
  const { thinking = "" } = settings;
  // What was chosen for another model stays the chat's.
  if (!ways) return <input type="hidden" name="thinking" value={thinking} />;
  const choices: readonly Thinking[] = ways.off ? ["off", ...EFFORTS] : EFFORTS;
  return (
    <>
      <label htmlFor={id}>{t("settings.thinking")}</label>
      <p className="hint" id={`${id}-hint`}>
        {t(ways.effort ? "settings.thinking.effort" : "settings.thinking.hint")}
      </p>
      <select id={id} name="thinking" defaultValue={thinking} aria-describedby={`${id}-hint`}>
        <option value="">{t("settings.thinking.usual")}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {t(`settings.thinking.${choice}`)}
          </option>
        ))}
      </select>
    </>
  );
}

export function readThinking(form: FormData): Pick<Settings, "thinking"> {
  const thinking = (["off", ...EFFORTS] as const).find((one) => one === form.get("thinking"));
  return thinking ? { thinking } : {};
}
