/** Saved prompts: made, changed, used and deleted. */
import { useEffect, useId, useState } from "react";
import type { Prompt } from "../../../../src/features/assistants/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Item } from "../../ui/Section.tsx";
import { Fill } from "./Fill.tsx";
import { at, load, PATH, store } from "./prompt-store.ts";
import { t } from "./prompt-words.ts";
import { variablesOf } from "./variables.ts";
import "./assistants.css";

export default function PromptsPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const id = useId();
  const prompts = store.use((state) => state.prompts);
  const [problem, setProblem] = useState<Problem | null>(null);
  /** Does something, then reads the list again. */
  const change = async (work: () => Promise<unknown>) => {
    setProblem(null);
    try {
      await work();
      await load();
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once
  useEffect(() => void change(async () => {}), []);
  const [edited, setEdited] = useState<Prompt | null>(null);
  const [filling, setFilling] = useState<Prompt | null>(null);
  if (filling) return <Fill prompt={filling} onClose={() => setFilling(null)} />;
  const use = (one: Prompt) => {
    if (variablesOf(one.text).length > 0) return setFilling(one);
    onClose();
    desk.write(one.text);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="lead">{t("prompts.lead")}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      <ul className="assistants">
        {prompts?.map((one) => (
          <Item
            key={one.id}
            title={<span dir="auto">/{one.name}</span>}
            facts={
              <span className="prompt-text" dir="auto">
                {one.text}
              </span>
            }
          >
            <button type="button" className="secondary" onClick={() => use(one)}>
              {t("prompts.use")}
              <span className="sr-only">: {one.name}</span>
            </button>
            <IconButton
              icon="edit"
              label={t("prompts.edit", { name: one.name })}
              onClick={() => setEdited(one)}
            />
            <IconButton
              icon="trash"
              label={t("prompts.delete", { name: one.name })}
              onClick={() => void change(() => sendJson("DELETE", at(one.id)))}
            />
          </Item>
        ))}
      </ul>
      <Form
        key={edited?.id}
        submit={t(edited ? "save" : "prompts.keep")}
        beside={
          edited && (
            <button type="button" className="quiet" onClick={() => setEdited(null)}>
              {t("cancel")}
            </button>
          )
        }
        action={async (field) => {
          const body = { name: field("name"), text: field("text") };
          await (edited ? sendJson("PUT", at(edited.id), body) : sendJson("POST", PATH, body));
          setEdited(null);
          await load();
        }}
      >
        <Field
          {...{ name: "name", label: t("prompts.name"), hint: t("prompts.name.hint") }}
          maxLength={60}
          autoComplete="off"
          {...(edited && { defaultValue: edited.name, autoFocus: true })}
        />
        <div className="field">
          <label htmlFor={`${id}-text`}>{t("prompts.text")}</label>
          <textarea
            id={`${id}-text`}
            name="text"
            rows={4}
            dir="auto"
            required
            maxLength={20_000}
            aria-describedby={`${id}-hint`}
            defaultValue={edited?.text}
          />
          <p className="hint" id={`${id}-hint`}>
            {t("prompts.text.hint")}
          </p>
        </div>
      </Form>
    </Dialog>
  );
}
