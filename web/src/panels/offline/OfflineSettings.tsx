/** The settings of a chat that the model in the browser follows: the same as on the server. */

import { DEFAULT_SAMPLING } from "../../../../src/core/types.ts";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { t as shared, useLanguage } from "../../chat/language.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { formatNumber } from "../../ui/format.ts";
import * as asking from "./asking.ts";
import { t } from "./words.ts";

/** Limits as `src/core/chat.ts` checks them. */
const NUMBERS = [
  { name: "temperature", min: 0, max: 2, step: 0.05 },
  { name: "topP", min: 0.01, max: 1, step: 0.01 },
  { name: "maxTokens", min: 1, max: 1_000_000, step: 1 },
  { name: "seed", min: 0, max: 0xffffffff, step: 1 },
] as const;

export function OfflineSettings({ onClose }: { onClose(): void }) {
  const lang = useLanguage();
  const settings = asking.settingsOf(asking.store.get());
  return (
    <Dialog title={t("offline.settings")} kind="small" onClose={onClose}>
      <p className="lead">{t("sampling.hint")}</p>
      <Form
        kind="main"
        submit={shared("save")}
        action={async (field) => {
          const numbers = NUMBERS.filter(({ name }) => field(name) !== "");
          const own = Object.fromEntries(numbers.map(({ name }) => [name, Number(field(name))]));
          const systemPrompt = field("systemPrompt").trim();
          asking.saveSettings({ ...own, ...(systemPrompt && { systemPrompt }) } as Settings);
          onClose();
        }}
      >
        <div className="field">
          <label htmlFor="offline-system">{t("sampling.systemPrompt")}</label>
          <textarea
            id="offline-system"
            name="systemPrompt"
            rows={4}
            dir="auto"
            maxLength={100_000}
            defaultValue={settings.systemPrompt}
          />
        </div>
        {NUMBERS.map(({ name, min, max, step }) => (
          <Field
            key={name}
            optional
            {...{ name, min, max, step, type: "number" as const }}
            label={t(`sampling.${name}`)}
            hint={
              name === "seed" ? shared("random") : formatNumber(DEFAULT_SAMPLING[name], lang, 1)
            }
            {...(settings[name] !== undefined && { defaultValue: settings[name] })}
          />
        ))}
      </Form>
    </Dialog>
  );
}
