/** Which tools a chat may use: what each does, and what it asks for. */
import type { ToolList, ToolShown } from "../../../../src/features/tools/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { desk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Form } from "../../ui/Form.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { showToast } from "../../ui/toast.tsx";
import { useList } from "../../ui/useList.ts";
import { ToolChoice } from "./ToolChoice.tsx";
import { t } from "./words.ts";
import "./tools.css";

export default function ToolsPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const { reply, problem } = useList<ToolList>("/api/tools");
  return (
    <Dialog title={title} onClose={onClose}>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {reply && reply.items.length === 0 && <p>{t("panel.none")}</p>}
      {reply && reply.items.length > 0 && <Choice tools={reply.items} onClose={onClose} />}
    </Dialog>
  );
}

function Choice({ tools, onClose }: { readonly tools: readonly ToolShown[]; onClose(): void }) {
  return (
    <Form
      kind="main"
      submit={t("save")}
      beside={
        <button type="button" className="quiet" onClick={onClose}>
          {t("cancel")}
        </button>
      }
      action={async (_, form) => {
        const names = form.getAll("tool").map(String);
        const { tools: __, ...rest } = desk.settings;
        const settings = names.length > 0 ? { ...rest, tools: names } : rest;
        if (!(await desk.saveSettings(settings))) return;
        onClose();
        showToast({ text: t("panel.saved") });
      }}
    >
      <p className="hint">{t("panel.lead")}</p>
      <ToolChoice tools={tools} chosen={new Set(desk.settings.tools)} />
      <p className="hint">{t("panel.model")}</p>
    </Form>
  );
}
