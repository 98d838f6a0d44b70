/** Who may come in: people, their roles, and invitations. For administrators. */
import { useState } from "react";
import type { Invitation, Person } from "../../../../src/features/accounts/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { PanelProps } from "../../room.ts";
import { Slot } from "../../slots.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { formatDay, Item, Once, Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { store } from "./store.ts";
import { t } from "./words.ts";

const PEOPLE = "/api/auth/people";
const INVITATIONS = "/api/auth/invitations";
const ROLES = ["member", "administrator"] as const;

export default function PeoplePanel({ title, onClose }: PanelProps) {
  useLanguage();
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="lead">{t("people.lead")}</p>
      <People />
      <Invitations />
    </Dialog>
  );
}

function People() {
  const me = store.use(({ state }) => state?.person?.id);
  const { reply, problem, change } = useList<{ items: readonly Person[] }>(PEOPLE);
  const [link, setLink] = useState<{ readonly name: string; readonly link: string } | null>(null);
  return (
    <Section title={t("people.list")} problem={problem}>
      {link && <Once text={link.link} note={t("people.reset.once", { name: link.name })} />}
      <ul>
        {reply?.items.map(({ id, name, email, role, active, totp }) => {
          const patch = (body: object) => change(() => sendJson("PATCH", `${PEOPLE}/${id}`, body));
          return (
            <Item
              key={id}
              title={active ? name : t("people.off", { name })}
              facts={[email, totp ? t("people.totp") : ""].filter(Boolean).join(" · ")}
              below={<Slot name="OfPerson" person={id} />}
            >
              <select
                aria-label={t("people.role", { name })}
                value={role}
                disabled={!active}
                onChange={({ target }) => patch({ role: target.value })}
              >
                {ROLES.map((one) => (
                  <option key={one} value={one}>
                    {t(`account.role.${one}`)}
                  </option>
                ))}
              </select>
              {active && id !== me && (
                <button
                  type="button"
                  className="secondary"
                  onClick={() =>
                    change(async () => {
                      const path = `${PEOPLE}/${id}/reset`;
                      setLink({ name, ...(await sendJson<{ link: string }>("POST", path, {})) });
                    })
                  }
                >
                  {t("people.reset")}
                </button>
              )}
              {id !== me && (
                <button
                  type="button"
                  className="secondary"
                  onClick={() => patch({ active: !active })}
                >
                  {t(active ? "people.switchOff" : "people.switchOn")}
                </button>
              )}
            </Item>
          );
        })}
      </ul>
    </Section>
  );
}

function Invitations() {
  const { reply, problem, load, change } = useList<{ items: readonly Invitation[] }>(INVITATIONS);
  const [made, setMade] = useState<{ readonly email: string; readonly link: string } | null>(null);
  return (
    <Section title={t("people.invite")} lead={t("people.invite.lead")} problem={problem}>
      {made && <Once text={made.link} note={t("people.invite.once", { email: made.email })} />}
      <ul>
        {reply?.items.map(({ id, email, role, expiresAt }) => (
          <Item
            key={id}
            title={email}
            facts={`${t(`account.role.${role}`)} · ${t("account.until", { date: formatDay(expiresAt) })}`}
          >
            <button
              type="button"
              className="secondary"
              onClick={() => change(() => sendJson("DELETE", `${INVITATIONS}/${id}`))}
            >
              {t("people.invite.revoke")}
            </button>
          </Item>
        ))}
      </ul>
      <Form
        submit={t("people.invite.send")}
        action={async (field) => {
          const email = field("email");
          const body = { email, role: field("role") };
          const { link } = await sendJson<{ link: string }>("POST", INVITATIONS, body);
          setMade({ email, link });
          await load();
        }}
      >
        <Field name="email" type="email" label={t("account.email")} autoComplete="off" />
        <label className="field">
          <span>{t("people.invite.role")}</span>
          <select name="role">
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {t(`account.role.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </Form>
    </Section>
  );
}
