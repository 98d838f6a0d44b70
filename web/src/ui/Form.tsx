/** A form that is sent once at a time, and says what went wrong where the reader is looking. */
import { type ReactNode, useId, useState } from "react";
import { type Problem, toProblem } from "../chat/problem.ts";
import { ProblemText } from "./ProblemText.tsx";

interface FormProps {
  readonly submit: string;
  readonly children?: ReactNode;
  /** `main`: what the reader came for; one in view at most. */
  readonly kind?: "main" | "danger";
  /** What throws is shown; what was typed stays. */
  action(field: (name: string) => string, form: FormData): Promise<unknown>;
  readonly beside?: ReactNode;
}

const BUTTONS = { main: "primary", danger: "primary danger" };

export function Form({ submit, children, kind, action, beside }: FormProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  return (
    <form
      className="form"
      onSubmit={async (event) => {
        event.preventDefault();
        if (busy) return;
        const form = event.currentTarget;
        const data = new FormData(form);
        setBusy(true);
        setProblem(null);
        try {
          await action((name) => String(data.get(name) ?? ""), data);
          form.reset();
        } catch (thrown) {
          setProblem(toProblem(thrown));
        }
        setBusy(false);
      }}
    >
      {children}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      <div className="buttons">
        {beside}
        <button type="submit" className={kind ? BUTTONS[kind] : "secondary"} disabled={busy}>
          {submit}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: "text" | "email" | "password" | "number";
  readonly autoComplete?: string;
  readonly inputMode?: "numeric";
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly defaultValue?: string | number;
  readonly readOnly?: boolean;
  readonly autoFocus?: boolean;
  readonly optional?: boolean;
  /** Id of a datalist. */
  readonly list?: string;
}

export function Field({ label, hint, autoFocus, optional = false, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        required={!optional}
        maxLength={input.type === "number" ? undefined : 256}
        aria-describedby={hint ? `${id}-hint` : undefined}
        // What was asked for is what the reader came for.
        ref={(element) => {
          if (autoFocus) element?.focus();
        }}
        {...input}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
