/** The reader's prompts: used in the open chat, added and deleted. */
import type { Prompt, PromptsReply } from "../../../../src/features/prompts/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { desk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Item } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";

export default function PromptsPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const { reply, problem, load, change } = useList<PromptsReply>("/api/prompts");
  const use = ({ text }: Prompt) => {
    desk.write(text);
    onClose();
  };
  const remove = ({ id }: Prompt) => change(() => sendJson("DELETE", `/api/prompts/${id}`));
  return (
    <Dialog title={title} kind="small" onClose={onClose}>
      <p className="lead">{t("prompts.lead")}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      <ul>
        {reply?.items.map((prompt) => (
          <Item key={prompt.id} title={prompt.text} facts="">
            <button type="button" className="secondary" onClick={() => use(prompt)}>
              {t("prompts.use")}
            </button>
            <button type="button" className="secondary danger" onClick={() => remove(prompt)}>
              {t("prompts.delete")}
            </button>
          </Item>
        ))}
      </ul>
      <Form
        submit={t("prompts.keep")}
        action={async (field) => {
          await sendJson("POST", "/api/prompts", { text: field("text") });
          await load();
        }}
      >
        <Field name="text" label={t("prompts.text")} autoComplete="off" />
      </Form>
    </Dialog>
  );
}
