/** What a person wants every chat of theirs to begin with. */
import { useId } from "react";
import type { Instructions } from "../../../../src/features/instructions/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { showToast } from "../../ui/toast.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";
import "./instructions.css";

const PATH = "/api/instructions";

export default function InstructionsPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const id = useId();
  const { reply, problem } = useList<Instructions>(PATH);
  return (
    <Dialog title={title} onClose={onClose}>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {reply && (
        <Form
          kind="main"
          submit={t("save")}
          beside={
            <button type="button" className="quiet" onClick={onClose}>
              {t("cancel")}
            </button>
          }
          action={async (field) => {
            const saved = { text: field("text"), active: field("active") !== "" };
            await sendJson<Instructions>("PUT", PATH, saved);
            onClose();
            showToast({ text: t("instructions.saved") });
          }}
        >
          <p className="hint" id={`${id}-lead`}>
            {t("instructions.lead")}
          </p>
          <textarea
            className="instructions"
            name="text"
            data-begin
            rows={8}
            dir="auto"
            maxLength={10_000}
            aria-label={t("instructions.text")}
            aria-describedby={`${id}-lead ${id}-limit`}
            placeholder={t("instructions.example")}
            defaultValue={reply.text}
          />
          <p className="hint" id={`${id}-limit`}>
            {t("instructions.limit")}
          </p>
          <label className="instructions-active">
            <input type="checkbox" name="active" defaultChecked={reply.active} />
            {t("instructions.active")}
          </label>
        </Form>
      )}
    </Dialog>
  );
}
