/** Instructions, and how answers are chosen. An empty field follows the server's default. */
import { useId } from "react";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { Setting } from "../../room.ts";
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

interface Props {
  readonly settings: Settings;
}

function Instructions({ settings }: Props) {
  useLanguage();
  const id = useId();
  return (
    <>
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
    </>
  );
}

function Sampling({ settings }: Props) {
  const lang = useLanguage();
  const id = useId();
  return (
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
  );
}

function read(form: FormData): Settings {
  const textOf = (name: string) => String(form.get(name) ?? "");
  const filled = NUMBERS.filter(({ name }) => textOf(name) !== "");
  const numbers = filled.map(({ name }) => [name, Number(textOf(name))]);
  return {
    ...(textOf("systemPrompt").trim() && { systemPrompt: textOf("systemPrompt") }),
    ...Object.fromEntries(numbers),
  };
}

export const setting: Setting = { Field: Instructions, first: true, More: Sampling, read };
