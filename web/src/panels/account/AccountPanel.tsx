/** One's own account: name, password, passkeys, codes, sessions, API keys. */
import type { Me, State } from "../../../../src/features/accounts/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { formatDay, Item, Section } from "../../ui/Section.tsx";
import { showToast } from "../../ui/toast.tsx";
import { useList } from "../../ui/useList.ts";
import { Codes } from "./Codes.tsx";
import { Keys } from "./Keys.tsx";
import { refresh, signOut, store } from "./store.ts";
import { addPasskey, canPasskey } from "./webauthn.ts";
import "./account.css";
import { t } from "./words.ts";

export default function AccountPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const state = store.use((all) => all.state);
  if (!state?.person) return null;
  const { person } = state;
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="account-head">
        <p>
          <strong>{person.name}</strong>
          <br />
          <span className="hint">
            {person.email} · {t(`account.role.${person.role}`)}
          </span>
        </p>
        <button type="button" className="secondary" onClick={() => void signOut()}>
          {t("account.signOut")}
        </button>
      </div>
      {person.resetAt && (
        <p className="problem">{t("account.wasReset", { date: formatDay(person.resetAt) })}</p>
      )}
      <Profile person={person} />
      {person.hasPassword && <Password min={state.passwordMinLength} email={person.email} />}
      <Passkeys state={state} />
      {person.hasPassword && <Codes on={person.totp} />}
      <Sessions />
      <Keys />
    </Dialog>
  );
}

const Profile = ({ person }: { readonly person: Me }) => (
  <Section title={t("account.profile")}>
    <Form
      submit={t("save")}
      action={async (field) => {
        await sendJson("PATCH", "/api/auth/profile", { name: field("name") });
        await refresh();
        showToast({ text: t("saved") });
      }}
    >
      <Field
        key={person.name}
        name="name"
        label={t("account.name")}
        autoComplete="name"
        defaultValue={person.name}
      />
    </Form>
  </Section>
);

const Password = ({ min, email }: { readonly min: number; readonly email: string }) => (
  <Section title={t("account.password")} lead={t("account.password.lead")}>
    <Form
      submit={t("account.password.change")}
      action={async (field) => {
        const body = { current: field("current"), next: field("next") };
        await sendJson("POST", "/api/auth/password", body);
        showToast({ text: t("account.password.changed") });
      }}
    >
      {/* So that a password manager knows whose password it is. */}
      <input hidden readOnly autoComplete="username" value={email} />
      <Field
        name="current"
        type="password"
        label={t("account.password.current")}
        autoComplete="current-password"
      />
      <Field
        name="next"
        type="password"
        label={t("account.password.new")}
        hint={t("account.password.hint", { n: min })}
        autoComplete="new-password"
        minLength={min}
      />
    </Form>
  </Section>
);

function Passkeys({ state }: { readonly state: State }) {
  const path = "/api/auth/passkeys";
  const { reply, problem, load, change } = useList<{
    items: readonly { id: string; name: string; createdAt: string }[];
  }>(path);
  const here = state.methods.passkey && canPasskey();
  return (
    <Section title={t("account.passkeys")} lead={t("account.passkeys.lead")} problem={problem}>
      <ul>
        {reply?.items.map(({ id, name, createdAt }) => (
          <Item key={id} title={name} facts={t("account.since", { date: formatDay(createdAt) })}>
            <button
              type="button"
              className="secondary"
              onClick={() => change(() => sendJson("DELETE", `${path}/${id}`))}
            >
              {t("account.remove")}
            </button>
          </Item>
        ))}
      </ul>
      {here ? (
        <Form
          submit={t("account.passkeys.add")}
          action={async (field) => {
            await addPasskey(field("name"));
            await load();
          }}
        >
          <Field name="name" label={t("account.passkeys.name")} autoComplete="off" />
        </Form>
      ) : (
        <p className="hint">{t("account.passkeys.notHere")}</p>
      )}
    </Section>
  );
}

function Sessions() {
  const path = "/api/auth/sessions";
  const { reply, problem, change } = useList<{
    items: readonly { id: string; current: boolean; userAgent: string; createdAt: string }[];
  }>(path);
  const others = reply?.items.filter(({ current }) => !current) ?? [];
  return (
    <Section title={t("account.sessions")} lead={t("account.sessions.lead")} problem={problem}>
      <ul>
        {reply?.items.map(({ id, current, userAgent, createdAt }) => (
          <Item
            key={id}
            title={browserOf(userAgent)}
            facts={
              current
                ? t("account.sessions.this")
                : t("account.since", { date: formatDay(createdAt) })
            }
          >
            {!current && (
              <button
                type="button"
                className="secondary"
                onClick={() => change(() => sendJson("DELETE", `${path}/${id}`))}
              >
                {t("account.sessions.end")}
              </button>
            )}
          </Item>
        ))}
      </ul>
      {others.length > 1 && (
        <button
          type="button"
          className="secondary"
          onClick={() =>
            change(async () => {
              for (const { id } of others) await sendJson("DELETE", `${path}/${id}`);
            })
          }
        >
          {t("account.sessions.endOthers")}
        </button>
      )}
    </Section>
  );
}

/** "Firefox, Linux": enough to know one's own devices by. */
function browserOf(userAgent: string): string {
  const find = (names: readonly string[]) => names.find((name) => userAgent.includes(name));
  const browser = find(["Edg", "Firefox", "Chrome", "Safari"]);
  const system = find(["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"]);
  const known = [browser === "Edg" ? "Edge" : browser, system].filter(Boolean).join(", ");
  return known || userAgent.slice(0, 60) || t("account.sessions.unknown");
}
