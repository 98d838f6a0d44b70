/** The reader's memory: switched on and off, added to, edited and erased. */
import { useEffect, useId, useState } from "react";
import type { Fact, Memory } from "../../../../src/features/memory/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Form } from "../../ui/Form.tsx";
import { formatNumber } from "../../ui/format.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { formatDay, Item } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { at, FACTS, PATH, store } from "./store.ts";
import { t } from "./words.ts";
import "./memory.css";

export default function MemoryPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const { reply, problem, load, change } = useList<Memory>(PATH);
  const draft = store.use((state) => state.draft);
  /** What was just chosen, until the server has said so. */
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [edited, setEdited] = useState<Fact | null>(null);
  useEffect(() => () => store.set({ draft: "" }), []);
  useEffect(() => {
    if (reply) store.set({ active: reply.active });
  }, [reply]);
  const n = (count: number) => formatNumber(count, language());
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="lead">{t("memory.lead")}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {reply && (
        <>
          <label className="memory-active">
            <input
              type="checkbox"
              checked={chosen ?? reply.active}
              onChange={({ target: { checked } }) => {
                setChosen(checked);
                void change(() => sendJson("PUT", PATH, { active: checked })).then(() =>
                  setChosen(null),
                );
              }}
            />
            {t("memory.active")}
          </label>
          <ul className="memory">
            {reply.items.map((one) => (
              <Item key={one.id} title={<span dir="auto">{one.text}</span>} facts={factsOf(one)}>
                <IconButton
                  icon="edit"
                  label={t("memory.edit", { text: one.text })}
                  onClick={() => setEdited(one)}
                />
                <IconButton
                  icon="trash"
                  label={t("memory.delete", { text: one.text })}
                  onClick={() => void change(() => sendJson("DELETE", at(one.id)))}
                />
              </Item>
            ))}
          </ul>
          {reply.items.length === 0 && <p className="hint">{t("memory.none")}</p>}
          {reply.items.length > 0 && (
            <p className="hint">
              {reply.active
                ? t("memory.room", { n: n(reply.items.length), most: n(reply.most) })
                : t("memory.off")}
            </p>
          )}
          {(reply.active || edited) && (
            <FactForm
              key={edited?.id ?? draft}
              given={edited?.text ?? draft}
              longest={reply.longest}
              cancel={edited && (() => setEdited(null))}
              keep={async (text) => {
                await (edited
                  ? sendJson("PUT", at(edited.id), { text })
                  : sendJson("POST", FACTS, { text }));
                setEdited(null);
                store.set({ draft: "" });
                await load();
              }}
            />
          )}
        </>
      )}
    </Dialog>
  );
}

/** Where a fact comes from. */
function factsOf({ by, addedAt, changedAt }: Fact): string {
  if (by === "model") return t("memory.proposed", { day: formatDay(addedAt) });
  return changedAt === addedAt
    ? t("memory.added", { day: formatDay(addedAt) })
    : t("memory.changed", { day: formatDay(changedAt) });
}

interface FormProps {
  readonly given: string;
  readonly longest: number;
  /** Absent for a new fact. */
  readonly cancel: (() => void) | null;
  keep(text: string): Promise<void>;
}

function FactForm({ given, longest, cancel, keep }: FormProps) {
  const id = useId();
  return (
    <Form
      submit={t(cancel ? "save" : "memory.add")}
      beside={
        cancel && (
          <button type="button" className="quiet" onClick={cancel}>
            {t("cancel")}
          </button>
        )
      }
      action={(field) => keep(field("text"))}
    >
      <div className="field">
        <label htmlFor={id}>{t("memory.fact")}</label>
        <textarea
          id={id}
          name="text"
          rows={2}
          dir="auto"
          required
          maxLength={longest}
          aria-describedby={`${id}-hint`}
          placeholder={t("memory.example")}
          defaultValue={given.slice(0, longest)}
          // What was asked for is what the reader came for.
          ref={(element) => {
            if (given !== "") element?.focus();
          }}
        />
        <p className="hint" id={`${id}-hint`}>
          {t("memory.fact.hint", { n: formatNumber(longest, language()) })}
        </p>
      </div>
    </Form>
  );
}
