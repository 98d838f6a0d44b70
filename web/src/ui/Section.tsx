/** A part of a panel: heading, what it is for, and what went wrong in it. */
import { type ReactNode, useId } from "react";
import { language, t } from "../chat/language.ts";
import type { Problem } from "../chat/problem.ts";
import { CopyButton } from "./CopyButton.tsx";
import { ProblemText } from "./ProblemText.tsx";

interface Props {
  readonly title: string;
  readonly lead?: string;
  readonly problem?: Problem | null;
  readonly children?: ReactNode;
}

export function Section({ title, lead, problem, children }: Props) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {lead && <p className="hint">{lead}</p>}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {children}
    </section>
  );
}

/** A line of a list: what it is, what is known of it, what can be done. */
interface ItemProps {
  readonly title: ReactNode;
  readonly facts: ReactNode;
  readonly children?: ReactNode;
  /** A row of its own under the others. */
  readonly below?: ReactNode;
}

export function Item(props: ItemProps) {
  return (
    <li className="item">
      <div>
        <strong>{props.title}</strong>
        <p className="hint">{props.facts}</p>
      </div>
      <div className="buttons">{props.children}</div>
      {props.below}
    </li>
  );
}

/** What is shown this once: a key, a link, codes. */
export function Once({ text, note }: { readonly text: string; readonly note: string }) {
  return (
    <div className="once" role="status">
      <p>{note}</p>
      <div className="once-text">
        <code>{text}</code>
        <CopyButton text={text} label={t("copy")} />
      </div>
    </div>
  );
}

export const formatDay = (date: string) =>
  new Intl.DateTimeFormat(language(), { dateStyle: "medium" }).format(new Date(date));
