/** Makes an assistant, or changes one, which is a new version of it; what it was can be had back. */
import { type FormEvent, useId, useState } from "react";
import type { Assistant, Content, VersionList } from "../../../../src/features/assistants/api.ts";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { language } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { useSettings } from "../../slots.tsx";
import { Field } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { useList } from "../../ui/useList.ts";
import { at, PATH } from "./store.ts";
import { t } from "./words.ts";

interface Props {
  /** Null for a new one. */
  readonly one: Assistant | null;
  /** Tools that a file would like to use. */
  readonly wanted: readonly string[];
  onEnd(): Promise<void>;
}

const NEW: Content = { name: "", icon: "", about: "", openings: [], settings: {} };

export function Editor({ one, wanted, onEnd }: Props) {
  const id = useId();
  const [content, setContent] = useState<Content & { readonly version?: number }>(one ?? NEW);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const all = useSettings();
  if (!all) return null;
  const settings = content.settings as Settings;
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const textOf = (name: string) => String(form.get(name) ?? "").trim();
    const body: Content = {
      ...{ name: textOf("name"), icon: textOf("icon"), about: textOf("about") },
      openings: textOf("openings")
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean),
      settings: Object.assign({}, ...all.map(({ read }) => read(form))),
    };
    setBusy(true);
    setProblem(null);
    try {
      await (one ? sendJson("PUT", at(one.id), body) : sendJson("POST", PATH, body));
      await onEnd();
    } catch (thrown) {
      setProblem(toProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <form className="settings" key={content.version} onSubmit={(event) => void save(event)}>
      {wanted.length > 0 && (
        <p className="hint" role="status">
          {t("editor.wanted", { names: wanted.join(", ") })}
        </p>
      )}
      <div className="editor-name">
        <Field
          {...{ name: "icon", label: t("editor.icon"), maxLength: 16, autoComplete: "off" }}
          defaultValue={content.icon}
          optional
        />
        <Field
          {...{ name: "name", label: t("editor.name"), maxLength: 100, autoComplete: "off" }}
          defaultValue={content.name}
          autoFocus
        />
      </div>
      <Field
        {...{ name: "about", label: t("editor.about"), maxLength: 300, autoComplete: "off" }}
        defaultValue={content.about}
        optional
      />
      {all.map(({ Field: Own }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rooms stay where they are
        <Own key={index} settings={settings} />
      ))}
      <label htmlFor={`${id}-openings`}>{t("editor.openings")}</label>
      <p className="hint" id={`${id}-openings-hint`}>
        {t("editor.openings.hint")}
      </p>
      <textarea
        id={`${id}-openings`}
        name="openings"
        rows={3}
        dir="auto"
        maxLength={4000}
        aria-describedby={`${id}-openings-hint`}
        defaultValue={content.openings.join("\n")}
      />
      <details className="more-of">
        <summary>{t("editor.more")}</summary>
        {all.map(({ More }, index) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: the rooms stay where they are
          More ? <More key={index} settings={settings} /> : null,
        )}
      </details>
      {one && one.version > 1 && <Versions one={one} now={content.version} choose={setContent} />}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      <div className="dialog-foot">
        <button type="button" className="quiet" onClick={() => void onEnd()}>
          {t("cancel")}
        </button>
        <button type="submit" className="primary" disabled={busy}>
          {t("save")}
        </button>
      </div>
    </form>
  );
}

interface VersionProps {
  readonly one: Assistant;
  /** The version that the form shows. */
  readonly now: number | undefined;
  choose(content: VersionList["items"][number]): void;
}

function Versions({ one, now, choose }: VersionProps) {
  const { reply } = useList<VersionList>(`${at(one.id)}/versions`);
  const day = (date: string) =>
    date === ""
      ? ""
      : new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(
          new Date(date),
        );
  return (
    <details className="more-of">
      <summary>{t("editor.versions")}</summary>
      <p className="hint">{t("editor.versions.hint")}</p>
      <ul className="versions">
        {reply?.items.map((item) => (
          <li key={item.version}>
            <button
              type="button"
              className="quiet"
              aria-pressed={item.version === now}
              onClick={() => choose(item)}
            >
              {t("with.version", { n: item.version })}
            </button>
            <span className="hint">{day(item.changedAt)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
