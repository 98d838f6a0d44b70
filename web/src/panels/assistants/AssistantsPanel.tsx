/** Assistants: one's own and those that are lent; to begin a chat with, make, change, lend and take along. */
import { useEffect, useState } from "react";
import type { Assistant, ImportReply } from "../../../../src/features/assistants/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Editor } from "./Editor.tsx";
import { Row } from "./Row.tsx";
import { load, PATH, store } from "./store.ts";
import { t } from "./words.ts";
import "./assistants.css";

/** What is being edited; `wanted` are the tools that an imported one would like to use. */
interface Edited {
  readonly one: Assistant | null;
  readonly wanted: readonly string[];
}

export default function AssistantsPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const list = store.use((state) => state.list);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [edited, setEdited] = useState<Edited | null>(null);
  /** Does something, then reads the list again. */
  const change = async (work: () => Promise<unknown>) => {
    setProblem(null);
    await work().catch((thrown) => setProblem(toProblem(thrown)));
    await load().catch((thrown) => setProblem(toProblem(thrown)));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once
  useEffect(() => void change(async () => {}), []);
  const take = () => {
    const type = { type: "file", accept: ".json,application/json" };
    const input = Object.assign(document.createElement("input"), type);
    input.onchange = () =>
      void change(async () => {
        const [file] = input.files ?? [];
        if (!file) return;
        const { assistant, tools } = await sendJson<ImportReply>(
          "POST",
          `${PATH}/import`,
          await jsonOf(file),
        );
        setEdited({ one: assistant, wanted: tools });
      });
    input.click();
  };
  if (edited)
    return (
      <Dialog title={t(edited.one ? "editor.edit" : "editor.new")} onClose={onClose}>
        <Editor
          one={edited.one}
          wanted={edited.wanted}
          onEnd={async () => {
            setEdited(null);
            await change(async () => {});
          }}
        />
      </Dialog>
    );
  const own = list?.items.filter(({ by }) => by === null) ?? [];
  const lent = list?.items.filter(({ by }) => by !== null) ?? [];
  const row = (one: Assistant) => (
    <Row
      key={one.id}
      one={one}
      lending={list?.lending ?? false}
      change={change}
      onEdit={() => setEdited({ one, wanted: [] })}
    />
  );
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="lead">{t("assistants.lead")}</p>
      <div className="assistants-head">
        <button
          type="button"
          className="primary"
          onClick={() => setEdited({ one: null, wanted: [] })}
        >
          <Icon name="plus" />
          {t("assistants.new")}
        </button>
        <button type="button" className="quiet" onClick={take}>
          <Icon name="import" />
          {t("assistants.import")}
        </button>
      </div>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {list && own.length === 0 && <p className="hint">{t("assistants.none")}</p>}
      <ul className="assistants">{own.map(row)}</ul>
      {lent.length > 0 && (
        <section aria-label={t("assistants.lent")}>
          <h3>{t("assistants.lent")}</h3>
          <ul className="assistants">{lent.map(row)}</ul>
        </section>
      )}
    </Dialog>
  );
}

async function jsonOf(file: File): Promise<unknown> {
  const text = await file.text();
  try {
    return JSON.parse(text);
  } catch {
    // The server says what such a file has to be.
    return {};
  }
}
