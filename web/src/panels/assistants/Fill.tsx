/** Asks for what a saved prompt leaves open, and puts the whole into the composer. */
import { useId } from "react";
import type { Prompt } from "../../../../src/features/assistants/api.ts";
import { desk } from "../../desk.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Form } from "../../ui/Form.tsx";
import { t } from "./prompt-words.ts";
import { filled, variablesOf } from "./variables.ts";

interface Props {
  readonly prompt: Prompt;
  onClose(): void;
}

export function Fill({ prompt: { name, text }, onClose }: Props) {
  const id = useId();
  const names = variablesOf(text);
  return (
    <Dialog title={name} kind="small" onClose={onClose}>
      <Form
        kind="main"
        submit={t("fill.write")}
        beside={
          <button type="button" className="quiet" onClick={onClose}>
            {t("cancel")}
          </button>
        }
        action={async (field) => {
          const values = Object.fromEntries(names.map((one, at) => [one, field(`value-${at}`)]));
          onClose();
          desk.close();
          desk.write(filled(text, values));
        }}
      >
        {names.map((one, at) => (
          <div className="field" key={one}>
            <label htmlFor={`${id}-${at}`} dir="auto">
              {one}
            </label>
            <textarea
              id={`${id}-${at}`}
              name={`value-${at}`}
              rows={1}
              dir="auto"
              maxLength={20_000}
              required
              data-begin={at === 0 || undefined}
            />
          </div>
        ))}
      </Form>
    </Dialog>
  );
}
