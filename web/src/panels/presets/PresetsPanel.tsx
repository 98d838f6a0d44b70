/** Settings of chats under names: kept from the open chat, and used to begin new ones. */
import type { Preset, PresetsReply } from "../../../../src/features/presets/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Item } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";

const PATH = "/api/presets";

export default function PresetsPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const settings = useDesk((desk) => desk.settings);
  const { reply, problem, load, change } = useList<PresetsReply>(PATH);
  const use = async ({ settings }: Preset) => {
    onClose();
    await desk.show(null);
    await desk.saveSettings(settings);
  };
  return (
    <Dialog title={title} kind="small" onClose={onClose}>
      <p className="lead">{t("presets.lead")}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      <ul>
        {reply?.items.map((preset) => (
          <Item key={preset.id} title={preset.name} facts={factsOf(preset)}>
            <button type="button" className="secondary" onClick={() => void use(preset)}>
              {t("presets.use")}
            </button>
            <button
              type="button"
              className="secondary danger"
              onClick={() => change(() => sendJson("DELETE", `${PATH}/${preset.id}`))}
            >
              {t("presets.delete")}
            </button>
          </Item>
        ))}
      </ul>
      {Object.keys(settings).length === 0 ? (
        <p className="hint">{t("presets.nothing")}</p>
      ) : (
        <Form
          submit={t("presets.keep")}
          action={async (field) => {
            await sendJson("POST", PATH, { name: field("name"), settings });
            await load();
          }}
        >
          <Field
            name="name"
            label={t("presets.name")}
            hint={t("presets.example")}
            maxLength={100}
            autoComplete="off"
          />
        </Form>
      )}
    </Dialog>
  );
}

/** Characters of the instructions that tell one from the others. */
const SHOWN = 120;

function factsOf({ settings: { systemPrompt = "", model = "" } }: Preset): string {
  const said = systemPrompt.length > SHOWN ? `${systemPrompt.slice(0, SHOWN)}…` : systemPrompt;
  return [String(model), said].filter(Boolean).join(" · ");
}
