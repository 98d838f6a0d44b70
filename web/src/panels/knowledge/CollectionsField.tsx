/** Which collections of files an assistant answers from; files that are chosen here become one. */
import { useEffect, useState } from "react";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import type { Collection } from "../../../../src/features/knowledge/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import type { Setting } from "../../room.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { countOf } from "./Shelves.tsx";
import { make, nameOf, readCollections, takeFiles } from "./shelves.ts";
import { t } from "./words.ts";
import "./knowledge.css";

function CollectionsField({ settings }: { readonly settings: Settings }) {
  useLanguage();
  const [all, setAll] = useState<readonly Collection[] | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>(settings.collections ?? []);
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = () =>
    readCollections().then(
      ({ items }) => setAll(items),
      (thrown) => setProblem(toProblem(thrown)),
    );
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once
  useEffect(() => void load(), []);
  const choose = () => {
    const input = Object.assign(document.createElement("input"), { type: "file", multiple: true });
    input.onchange = async () => {
      const files = [...(input.files ?? [])];
      if (files.length === 0) return;
      setProblem(null);
      try {
        const tell = (done: number, of: number) =>
          setBusy(t("collection.taking", { n: done + 1, of }));
        const { id } = await make(nameOf(files), await takeFiles(files, tell));
        await load();
        setChosen((before) => [...before, id]);
      } catch (thrown) {
        setProblem(toProblem(thrown));
      }
      setBusy("");
    };
    input.click();
  };
  if (!all) return null;
  const gone = chosen.filter((id) => !all.some((one) => one.id === id));
  return (
    <fieldset className="collections">
      <legend>{t("collections.field")}</legend>
      <p className="hint">{t("collections.field.hint")}</p>
      {all.map(({ id, name, by, files }) => (
        <label key={id} className="choice">
          <input
            type="checkbox"
            name="collection"
            value={id}
            checked={chosen.includes(id)}
            onChange={() =>
              setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
            }
          />
          <span>
            <span dir="auto">{name}</span>{" "}
            <span className="hint">
              {[countOf(files.length), by === null ? "" : t("collection.by", { name: by })]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </span>
        </label>
      ))}
      {gone.map((id) => (
        <input key={id} type="hidden" name="collection" value={id} />
      ))}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      <div className="buttons">
        {busy && (
          <span className="hint" role="status">
            {busy}
          </span>
        )}
        <button type="button" className="secondary" disabled={busy !== ""} onClick={choose}>
          {t("files.add")}
        </button>
      </div>
    </fieldset>
  );
}

export const setting: Setting = {
  Field: CollectionsField,
  apart: ["collections"],
  read(form) {
    const collections = form.getAll("collection").map(String);
    return collections.length > 0 ? { collections } : {};
  },
};
