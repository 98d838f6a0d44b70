/** To whom something is lent: to everybody here, or to people by name. What is taken back is so at once. */
import { useEffect, useId, useState } from "react";
import type { LoanChange } from "../../../src/core/loans.ts";
import { type Problem, toProblem } from "../chat/problem.ts";
import { Field, Form } from "./Form.tsx";
import { getJson } from "./json.ts";
import { ProblemText } from "./ProblemText.tsx";
import { words } from "./words.ts";

interface Props {
  /** What is lent, as people call it. */
  readonly name: string;
  readonly lent: boolean;
  readonly lentTo: readonly { readonly id: string; readonly name: string }[];
  /** Whether more may be lent; what is lent can be taken back all the same. */
  readonly lending: boolean;
  /** Whether the reader may know who is here, and is helped with addresses. */
  readonly knows: boolean;
  /** What throws is shown where the reader is looking. */
  change(change: LoanChange): Promise<unknown>;
}

export function Lent({ name, lent, lentTo, lending, knows, change }: Props) {
  const list = useId();
  const [problem, setProblem] = useState<Problem | null>(null);
  const go = async (what: LoanChange) => {
    setProblem(null);
    await change(what).catch((thrown) => setProblem(toProblem(thrown)));
  };
  const [people, setPeople] = useState<readonly { name: string; email: string }[]>([]);
  useEffect(() => {
    if (!knows || !lending) return;
    getJson<{ items: typeof people }>("/api/auth/people").then(
      ({ items }) => setPeople(items),
      () => {}, // The address can be written as well.
    );
  }, [knows, lending]);
  return (
    <fieldset className="lent">
      <legend className="sr-only">{t("lent.to", { name })}</legend>
      {(lending || lent) && (
        <label className="choice">
          <input type="checkbox" checked={lent} onChange={() => void go({ lent: !lent })} />
          <span>{t("lent.all")}</span>
        </label>
      )}
      {lentTo.length > 0 && (
        <ul className="lent-to">
          {lentTo.map((one) => (
            <li key={one.id}>
              <span dir="auto">{one.name || t("lent.gone")}</span>
              <button type="button" className="quiet" onClick={() => void go({ takeBack: one.id })}>
                {t("lent.back")}
                <span className="sr-only">: {one.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {lending && (
        <Form submit={t("lent.lend")} action={(field) => change({ lendTo: field("lendTo") })}>
          <Field
            name="lendTo"
            type="email"
            label={t("lent.person")}
            hint={t("lent.person.hint")}
            maxLength={320}
            autoComplete="off"
            list={list}
          />
          <datalist id={list}>
            {people.map(({ name, email }) => (
              <option key={email} value={email}>
                {name}
              </option>
            ))}
          </datalist>
        </Form>
      )}
    </fieldset>
  );
}

const t = words(
  {
    "lent.all": "To everybody who has an account here",
    "lent.back": "Take back",
    "lent.gone": "Somebody who is no longer here",
    "lent.lend": "Lend to this person",
    "lent.person": "To a person, by e-mail address",
    "lent.person.hint": "The one that the person signs in with here.",
    "lent.to": "To whom “{name}” is lent",
  },
  {
    "lent.all": "A todos los que tienen cuenta aquí",
    "lent.back": "Dejar de prestar",
    "lent.gone": "Alguien que ya no está aquí",
    "lent.lend": "Prestar a esta persona",
    "lent.person": "A una persona, por su correo",
    "lent.person.hint": "El correo con el que inicia sesión aquí.",
    "lent.to": "A quién está prestado «{name}»",
  },
);
