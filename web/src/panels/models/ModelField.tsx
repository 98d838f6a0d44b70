/** The model and the adapter of a chat, among its settings. */
import { useEffect, useId, useState } from "react";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { Setting } from "../../room.ts";
import { choices, nameOf, refreshModels, store, useAdapters } from "./store.ts";
import { readThinking, ThinkingField } from "./ThinkingField.tsx";
import { t } from "./words.ts";

function ModelField({ settings }: { settings: Settings }) {
  useLanguage();
  const id = useId();
  useEffect(() => void refreshModels(), []);
  store.use((state) => state);
  const [model, setModel] = useState(settings.model);
  const adapters = useAdapters(model);
  const { adapter: chosen } = settings;
  const gone = chosen !== undefined && !adapters.some((one) => one.id === chosen);
  const known = choices().map(({ id }) => id);
  const missing = settings.model && !known.includes(settings.model) ? [settings.model] : [];
  return (
    <>
      <label htmlFor={`${id}-model`}>{t("settings.model")}</label>
      <select
        id={`${id}-model`}
        name="model"
        key={known.join()}
        defaultValue={model}
        onChange={({ target }) => setModel(target.value || undefined)}
      >
        <option value="">{t("settings.model.default")}</option>
        {[...missing, ...known].map((model) => (
          <option key={model} value={model}>
            {nameOf(model)}
          </option>
        ))}
      </select>
      {(adapters.length > 0 || gone) && (
        <>
          <label htmlFor={`${id}-adapter`}>{t("settings.adapter")}</label>
          <select
            id={`${id}-adapter`}
            name="adapter"
            key={adapters.map((one) => one.id).join()}
            defaultValue={chosen}
          >
            <option value="">{t("settings.adapter.none")}</option>
            {gone && <option value={chosen}>{chosen}</option>}
            {adapters.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </>
      )}
      <ThinkingField settings={settings} model={model} />
    </>
  );
}

function readModel(form: FormData): Pick<Settings, "model" | "adapter" | "thinking"> {
  const [model, adapter] = ["model", "adapter"].map((name) => String(form.get(name) ?? ""));
  return { ...(model && { model }), ...(adapter && { adapter }), ...readThinking(form) };
}

export const setting: Setting = { Field: ModelField, read: readModel };
