/** Settings of a run: how often it learns all, and folded away what few people need. */
import { useId, useState } from "react";
import type { LookReply, NewRun } from "../../../../src/features/training/api.ts";
import { DEFAULTS, FAMILIES, RATES, RECIPES } from "../../../../src/features/training/defaults.ts";
import { t } from "./words.ts";

const NUMBERS = [
  ...(["rank", "alpha", "rate", "batch", "length"] as const),
  ...(["every", "patience", "folds", "dropout", "seed", "processes", "threads"] as const),
] as const;
/** Of which each is there in some runs alone. */
const OTHERS = ["epochs", "beta", "soft", "temperature"] as const;
type Name = (typeof NUMBERS)[number] | (typeof OTHERS)[number];

type Method = LookReply["look"]["method"];

interface Props {
  readonly method: Method;
  /** One teacher has written answers of it. */
  readonly taught: boolean;
}

export function Settings({ method, taught }: Props) {
  const judged = method !== "sft";
  return (
    <>
      <Amount name="epochs" />
      <details className="training-more">
        <summary>{t("settings.more")}</summary>
        <div className="training-settings">
          {NUMBERS.map((name) => (
            <Amount key={name} name={name} {...(name === "rate" && { initial: RATES[method] })} />
          ))}
          {judged && <Amount name="beta" />}
          {taught && <Amount name="soft" />}
          {taught && <Amount name="temperature" />}
        </div>
        {!judged && <Perturbed />}
      </details>
    </>
  );
}

/** Families of changes that it learns to bear; the others are measured. */
function Perturbed() {
  const [on, setOn] = useState(false);
  const hint = useId();
  return (
    <>
      <div className="training-check">
        <label>
          <input
            type="checkbox"
            checked={on}
            onChange={({ target }) => setOn(target.checked)}
            aria-describedby={hint}
          />{" "}
          {t("perturb")}
        </label>
        <p className="hint" id={hint}>
          {t("perturb.hint")}
        </p>
      </div>
      {on && (
        <fieldset className="training-chats">
          <legend>{t("perturb.families")}</legend>
          {RECIPES.map((name) => (
            <label key={name}>
              <input
                type="checkbox"
                name="perturb"
                value={name}
                defaultChecked={FAMILIES.some((one) => one === name)}
              />{" "}
              {t(`perturb.${name}`)}
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}

function Amount({ name, initial }: { readonly name: Name; readonly initial?: number }) {
  const id = useId();
  // The settings of a chat have these, too, which mean something else.
  const key = name === "seed" ? "chance" : name === "temperature" ? "softness" : name;
  return (
    <div className="field">
      <label htmlFor={id}>{t(`settings.${key}`)}</label>
      <input
        {...{ id, name, type: "number", step: "any" }}
        defaultValue={initial ?? DEFAULTS[name]}
        aria-describedby={`${id}-hint`}
      />
      <p className="hint" id={`${id}-hint`}>
        {t(`settings.${key}.hint`)}
      </p>
    </div>
  );
}

export function settingsIn(form: FormData): NonNullable<NewRun["settings"]> {
  // What was left empty is as it is by default.
  const names = [...NUMBERS, ...OTHERS].filter((name) => form.get(name));
  const given = names.map((name) => [name, Number(form.get(name))]);
  const perturb = RECIPES.filter((one) => form.getAll("perturb").includes(one));
  return { ...Object.fromEntries(given), perturb };
}
