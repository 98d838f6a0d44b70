/** Under an answer: which passages of the chat's files it refers to, and what else is to be known. */
import { citedIn } from "../../../../src/core/citations.ts";
import type { Cited, Retrieval } from "../../../../src/features/knowledge/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { Slots } from "../../room.ts";
import { Icon } from "../../ui/icons.tsx";
import { read } from "./reading.ts";
import { sourceInWords } from "./sources.ts";
import { t } from "./words.ts";
import "./knowledge.css";

export default function Sources({ message }: Slots["Notice"]) {
  useLanguage();
  const { parts = [], content, status } = message;
  const found = parts.find((part) => part.type === "retrieval") as Retrieval | undefined;
  if (!found || status === "running") return null;
  const all = parts.filter((part) => part.type === "citation") as unknown as readonly Cited[];
  const cited = citedIn(content, parts) as unknown as readonly Cited[];
  const { state, left, missing } = found;
  return (
    <section className="sources" aria-label={t("sources.title")}>
      {state === "nothing" && <Note text={t("sources.nothing")} />}
      {missing > 0 && (
        <Note
          text={t(missing === 1 ? "sources.missing.one" : "sources.missing.many", { n: missing })}
        />
      )}
      {all.length > 0 && cited.length === 0 && <Note text={t("sources.none")} />}
      {cited.length > 0 && <List title={t("sources.title")} all={all} shown={cited} />}
      {all.length > cited.length && (
        <details>
          <summary>{t("sources.others", { n: all.length })}</summary>
          <p className="hint">
            {state === "whole" && t("sources.whole")}
            {state === "beginning" && t("sources.beginning")}
            {left > 0 && t("sources.left", { n: left })}
          </p>
          <List title={t("sources.others", { n: all.length })} all={all} shown={all} />
        </details>
      )}
    </section>
  );
}

const Note = ({ text }: { readonly text: string }) => (
  <p className="note">
    <Icon name="info" />
    <span>{text}</span>
  </p>
);

interface ListProps {
  readonly title: string;
  readonly all: readonly Cited[];
  readonly shown: readonly Cited[];
}

const List = ({ title, all, shown }: ListProps) => (
  <ul aria-label={title}>
    {shown.map((one) => (
      <li key={one.n}>
        <button type="button" onClick={() => void read(one, all)} title={one.quote?.slice(0, 300)}>
          <span className="mark" aria-hidden="true">
            {one.n}
          </span>
          <span dir="auto">{sourceInWords(one)}</span>
        </button>
      </li>
    ))}
  </ul>
);
