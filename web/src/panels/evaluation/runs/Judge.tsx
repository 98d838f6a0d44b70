/** Lets a model judge the answers of two others: of an evaluation of questions, or of a study. */
import { type ReactNode, useId, useState } from "react";
import type { NewRunBody } from "../../../../../src/features/evaluation/api.ts";
import { RUBRIC_NAMES } from "../../../../../src/features/evaluation/judge/names.ts";
import { Form } from "../../../ui/Form.tsx";
import { sendJson } from "../../../ui/json.ts";
import { Section } from "../../../ui/Section.tsx";
import { useModels } from "../models.ts";
import { t } from "./words.ts";

interface Props {
  readonly what: "run" | "study";
  readonly id: string;
  /** Whose answers there are, by place. */
  readonly systems: readonly string[];
}

export function Judge({ what, id, systems }: Props) {
  const [begun, setBegun] = useState(false);
  const models = useModels();
  const names = systems.map((name, at) => ({ name, at }));
  return (
    <Section title={t("judge.title")} lead={t("judge.lead")}>
      <Form
        submit={t("judge.begin")}
        action={async (field) => {
          const body: NewRunBody = {
            ...{ kind: "judge", what, id, models: [field("judge")] },
            places: [Number(field("first")), Number(field("second"))],
            rubric: RUBRIC_NAMES.find((one) => one === field("rubric")) ?? RUBRIC_NAMES[0],
          };
          await sendJson("POST", "/api/evaluations", body);
          setBegun(true);
        }}
      >
        <div className="study-row">
          <Choice name="judge" label={t("judge.model")}>
            {models.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </Choice>
          <Choice name="rubric" label={t("judge.rubric")}>
            {RUBRIC_NAMES.map((one) => (
              <option key={one} value={one}>
                {t(`judge.rubric.${one}`)}
              </option>
            ))}
          </Choice>
          {(["first", "second"] as const).map((one, place) => (
            <Choice key={one} name={one} label={t(`judge.${one}`)} initial={String(place)}>
              {names.map(({ name, at }) => (
                <option key={name} value={at}>
                  {name}
                </option>
              ))}
            </Choice>
          ))}
        </div>
        {begun && (
          <p className="note" role="status">
            <span>{t("judge.begun")}</span>
          </p>
        )}
      </Form>
    </Section>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly initial?: string;
  readonly children: ReactNode;
}

function Choice({ name, label, initial, children }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} defaultValue={initial}>
        {children}
      </select>
    </div>
  );
}
