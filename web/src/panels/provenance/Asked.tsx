/** What whoever checks a proof of membership has asked for, to compare it. */
import type { Expected } from "../../../../src/features/provenance/membership/check.ts";
import { Field, Form } from "../../ui/Form.tsx";
import { t } from "./words.ts";

export function Asked({ onCheck }: { onCheck(expected: Expected): Promise<void> }) {
  return (
    <Form
      submit={t("asked.compare")}
      action={(field) => {
        const seen = field("seen")
          .split(/\D+/)
          .filter((one) => one !== "");
        const expected = { scope: field("scope").trim(), challenge: field("challenge").trim() };
        return onCheck({ ...expected, ...(seen.length > 0 && { seen }) });
      }}
    >
      <Field name="scope" label={t("asked.scope")} />
      <Field name="challenge" label={t("asked.challenge")} />
      <Field name="seen" label={t("asked.seen")} optional />
    </Form>
  );
}
