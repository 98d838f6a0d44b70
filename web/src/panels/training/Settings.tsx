/** Settings of a run: how often it learns all, and folded away what few people need. */
import { useId } from "react";
import type { LookReply, NewRun } from "../../../../src/features/training/api.ts";
import { DEFAULTS, RATES } from "../../../../src/features/training/defaults.ts";
import { t } from "./words.ts";

const NUMBERS = [
  ...(["rank", "alpha", "rate", "batch", "length"] as const),
  ...(["every", "patience", "folds", "dropout", "seed", "threads"] as const),
] as const;
type Name = (typeof NUMBERS)[number] | "epochs" | "beta";

type Method = LookReply["look"]["method"];

export function Settings({ method }: { readonly method: Method }) {
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
        </div>
      </details>
    </>
  );
}

function Amount({ name, initial }: { readonly name: Name; readonly initial?: number }) {
  const id = useId();
  // The settings of a chat have a seed, too, which means something else.
  const key = name === "seed" ? "chance" : name;
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
  const names = [...NUMBERS, "epochs", "beta"].filter((name) => form.get(name));
  const given = names.map((name) => [name, Number(form.get(name))]);
  return Object.fromEntries(given);
}
