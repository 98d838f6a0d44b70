/** API keys: what a program may do in one's name, and until when. */
import { useState } from "react";
import type { Scope } from "../../../../src/core/access.ts";
import type { Key } from "../../../../src/features/accounts/api.ts";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { formatDay, Item, Once, Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./words.ts";

const PATH = "/api/auth/keys";
const USUAL_DAYS = 90;
/** In the order in which they are offered; the type sees to it that none is missing. */
const SCOPES = Object.keys({
  chat: true,
  "conversations:read": true,
  "conversations:write": true,
  "files:read": true,
  "files:write": true,
  "models:read": true,
} satisfies Record<Scope, true>) as Scope[];

export function Keys() {
  const { reply, problem, load, change } = useList<{ items: readonly Key[]; maxDays: number }>(
    PATH,
  );
  const [secret, setSecret] = useState<string | null>(null);
  const max = reply?.maxDays ?? USUAL_DAYS;
  return (
    <Section title={t("account.keys")} lead={t("account.keys.lead")} problem={problem}>
      {secret && <Once text={secret} note={t("account.keys.once")} />}
      <ul>
        {reply?.items.map(({ id, name, start, scopes, expiresAt, usedAt }) => (
          <Item
            key={id}
            title={
              <>
                {name} <code>{start}…</code>
              </>
            }
            facts={[
              scopes.map((scope) => t(`account.scope.${scope}`)).join(", "),
              t("account.until", { date: formatDay(expiresAt) }),
              usedAt
                ? t("account.keys.used", { date: formatDay(usedAt) })
                : t("account.keys.unused"),
            ].join(" · ")}
          >
            <button
              type="button"
              className="secondary"
              onClick={() => change(() => sendJson("DELETE", `${PATH}/${id}`))}
            >
              {t("account.keys.revoke")}
            </button>
          </Item>
        ))}
      </ul>
      <Form
        submit={t("account.keys.create")}
        action={async (field, form) => {
          const body = {
            name: field("name"),
            scopes: form.getAll("scope"),
            days: Number(field("days")),
          };
          setSecret((await sendJson<{ secret: string }>("POST", PATH, body)).secret);
          await load();
        }}
      >
        <Field name="name" label={t("account.keys.name")} autoComplete="off" />
        <fieldset>
          <legend>{t("account.keys.scopes")}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="check">
              <input type="checkbox" name="scope" value={scope} defaultChecked={scope === "chat"} />
              <span>{t(`account.scope.${scope}`)}</span>
            </label>
          ))}
        </fieldset>
        <Field
          key={max}
          name="days"
          type="number"
          label={t("account.keys.days")}
          min={1}
          max={max}
          defaultValue={Math.min(USUAL_DAYS, max)}
        />
      </Form>
    </Section>
  );
}
