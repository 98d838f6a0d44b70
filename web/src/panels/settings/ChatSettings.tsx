/** Settings of one chat. An empty field follows the server's default. */
import { type ReactNode, useEffect, useId, useState } from "react";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { t, useLanguage } from "../../chat/language.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { getJson } from "../../ui/json.ts";

interface Props {
  readonly settings: Settings;
  /** Those that fit a model, the current one when it has no id; the page's rooms know none other. */
  useAdapters(model: string | undefined): readonly { readonly id: string; readonly name: string }[];
  /** The field for `privacy`, of its own room. */
  readonly privacy: ReactNode;
  onSave(settings: Settings): void;
  onClose(): void;
}

/** Limits as `src/core/chat.ts` checks them; defaults as `src/core/types.ts` has them. */
const NUMBERS = [
  { name: "temperature", min: 0, max: 2, step: 0.05, usual: "0.7" },
  { name: "topP", min: 0.01, max: 1, step: 0.01, usual: "0.9" },
  { name: "maxTokens", min: 1, max: 1_000_000, step: 1, usual: "1024" },
  { name: "seed", min: 0, max: 0xffffffff, step: 1, usual: "" },
] as const;

export function ChatSettings({ settings, useAdapters, privacy, onSave, onClose }: Props) {
  useLanguage();
  const id = useId();
  const [models, setModels] = useState<readonly { id: string }[]>([]);
  useEffect(() => {
    // Without the list the field still offers the default, and the banner tells what is wrong.
    getJson<{ data: { id: string }[] }>("/v1/models").then(
      ({ data }) => setModels(data),
      () => setModels([]),
    );
  }, []);
  const [model, setModel] = useState(settings.model);
  const adapters = useAdapters(model);
  const { adapter: chosen } = settings;
  const gone = chosen !== undefined && !adapters.some((one) => one.id === chosen);
  const known = models.map((model) => model.id);
  const choices = settings.model && !known.includes(settings.model) ? [settings.model] : [];
  return (
    <Dialog title={t("settings.title")} onClose={onClose}>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(read(new FormData(event.currentTarget)));
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
        <label htmlFor={`${id}-model`}>{t("settings.model")}</label>
        <select
          id={`${id}-model`}
          name="model"
          key={known.join()}
          defaultValue={model}
          onChange={({ target }) => setModel(target.value || undefined)}
        >
          <option value="">{t("settings.model.default")}</option>
          {[...choices, ...known].map((model) => (
            <option key={model}>{model}</option>
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
        {privacy}
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
                placeholder={usual || t("settings.random")}
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

function read(form: FormData): Settings {
  const textOf = (name: string) => String(form.get(name) ?? "");
  const filled = NUMBERS.filter(({ name }) => textOf(name) !== "");
  const numbers = filled.map(({ name }) => [name, Number(textOf(name))]);
  return {
    ...(textOf("systemPrompt").trim() && { systemPrompt: textOf("systemPrompt") }),
    ...(textOf("model") && { model: textOf("model") }),
    ...(textOf("adapter") && { adapter: textOf("adapter") }),
    ...privacyOf(textOf("privacy")),
    ...Object.fromEntries(numbers),
  };
}

function privacyOf(value: string): Pick<Settings, "privacy"> {
  return value === "off" || value === "warn" || value === "mask" ? { privacy: value } : {};
}
