/** Summaries of the open chat, to be read, edited and deleted; and which models may make them. */
import { useEffect, useState } from "react";
import type { CheckedModels, Summaries, Summary } from "../../../../src/features/recall/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Form } from "../../ui/Form.tsx";
import { formatNumber } from "../../ui/format.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Item, Section } from "../../ui/Section.tsx";
import { showToast } from "../../ui/toast.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";
import "./recall.css";

export default function SummariesPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const chat = useDesk(({ chatId }) => chatId) ?? "";
  const path = `/api/recall/${encodeURIComponent(chat)}`;
  const { reply, problem, load, change } = useList<Summaries>(path);
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="lead">{t("summaries.lead")}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {reply?.items.length === 0 && <p>{t("summaries.none")}</p>}
      <ul className="summaries">
        {reply?.items.map((one) => (
          <li key={one.id}>
            <OneSummary
              summary={one}
              save={async (text) => {
                await sendJson("PATCH", `${path}/${one.id}`, { text });
                await load();
                showToast({ text: t("summaries.saved") });
              }}
              remove={() => change(() => sendJson("DELETE", `${path}/${one.id}`))}
            />
          </li>
        ))}
      </ul>
      <Models />
    </Dialog>
  );
}

interface OneProps {
  readonly summary: Summary;
  save(text: string): Promise<void>;
  remove(): void;
}

function OneSummary({ summary: { text, of, modelName, edited }, save, remove }: OneProps) {
  const told = { n: formatNumber(of, language()), model: modelName };
  return (
    <Form
      submit={t("save")}
      action={(field) => save(field("text"))}
      beside={
        <button type="button" className="secondary danger" onClick={remove}>
          {t("summaries.delete")}
        </button>
      }
    >
      <label className="hint">
        {t(edited ? "summaries.edited" : "summaries.by", told)}
        <textarea
          key={text}
          name="text"
          rows={4}
          dir="auto"
          maxLength={20_000}
          required
          defaultValue={text}
        />
      </label>
    </Form>
  );
}

function Models() {
  const administers = useDesk((desk) => desk.administers);
  const { reply, problem } = useList<CheckedModels>("/api/recall/models");
  const [models, setModels] = useState<readonly string[]>([]);
  useEffect(() => {
    getJson<{ data: { id: string }[] }>("/v1/models").then(
      ({ data }) => setModels(data.map(({ id }) => id)),
      () => {},
    );
  }, []);
  return (
    <Section title={t("summaries.models")} lead={t("summaries.models.lead")} problem={problem}>
      <ul>
        {reply?.items.map(({ name, kept, of, passed }) => (
          <Item
            key={name}
            title={name}
            facts={t(passed ? "summaries.passed" : "summaries.failed", { kept, of })}
          />
        ))}
      </ul>
      {administers && models.length > 0 && (
        <Form
          submit={t("summaries.try")}
          action={async (field) => {
            await sendJson("POST", "/api/recall/models", { model: field("model") });
            showToast({
              text: t("summaries.tried"),
              ...(desk.offers("jobs") && {
                action: { label: t("summaries.jobs"), run: () => desk.open("jobs") },
              }),
            });
          }}
        >
          <label className="hint">
            {t("summaries.model")}
            <select name="model">
              {models.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        </Form>
      )}
    </Section>
  );
}
