/**
 * What stands in front of the chats: signing in, the first set-up, and the links that an
 * administrator hands over. The token of a link stands behind the `#` of the address, which no
 * server sees, and leaves the address as soon as it has been read.
 */
import { useEffect, useState } from "react";
import type { SignInReply, State } from "../../../../src/features/accounts/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { Slot } from "../../slots.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { enter } from "./store.ts";
import { canPasskey, signInByPasskey } from "./webauthn.ts";
import "./account.css";
import { t } from "./words.ts";

type Visit = "set-up" | "invitation" | "reset" | null;

/** Which link was followed, and its token; read once, before the address is cleaned. */
const [visit, token] = ((): readonly [Visit, string] => {
  const [, name] = /^\/account\/(set-up|invitation|reset)$/.exec(location.pathname) ?? [];
  const secret = location.hash.slice(1);
  if (name) history.replaceState(null, "", location.pathname);
  return [(name as Visit) ?? null, secret];
})();

export default function Door({ state }: { readonly state: State }) {
  useLanguage();
  return (
    <div className="door">
      <main className="door-card">
        <p className="wordmark">Charla</p>
        <p className="hint">{t("welcome.ai")}</p>
        <Inside state={state} />
      </main>
      <footer className="door-foot">
        <Slot name="Choices" />
      </footer>
    </div>
  );
}

function Inside({ state }: { readonly state: State }) {
  const min = state.passwordMinLength;
  if (visit === "invitation") return <Invitation min={min} />;
  if (visit === "reset") return <Reset min={min} />;
  if (state.setUpNeeded || visit === "set-up") return <SetUp min={min} />;
  return <SignIn state={state} />;
}

function SignIn({ state: { methods } }: { readonly state: State }) {
  const failed = new URLSearchParams(location.search).get("error");
  const [code, setCode] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = async (work: () => Promise<unknown>) => {
    setProblem(null);
    await work().catch((thrown) => setProblem(toProblem(thrown)));
  };
  const go = ({ next }: SignInReply) => (next === "code" ? setCode(true) : enter());
  if (code) return <Code onBack={() => setCode(false)} />;
  return (
    <>
      <h1>{t("account.signIn")}</h1>
      {failed && (
        <p role="alert" className="problem">
          {t("account.oidc.failed")}
        </p>
      )}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {methods.password && (
        <Form
          kind="main"
          submit={t("account.signIn")}
          action={async (field) =>
            go(
              await sendJson<SignInReply>("POST", "/api/auth/sign-in", {
                email: field("email"),
                password: field("password"),
              }),
            )
          }
        >
          <Field
            name="email"
            type="email"
            label={t("account.email")}
            autoComplete="username"
            autoFocus
          />
          <Field
            name="password"
            type="password"
            label={t("account.password")}
            autoComplete="current-password"
          />
        </Form>
      )}
      <div className="door-ways">
        {methods.passkey && canPasskey() && (
          <button
            type="button"
            className="secondary"
            onClick={() => attempt(() => signInByPasskey().then(enter))}
          >
            {t("account.signIn.passkey")}
          </button>
        )}
        {methods.oidc !== null && (
          <button
            type="button"
            className="secondary"
            onClick={() =>
              attempt(async () => {
                const { url } = await sendJson<{ url: string }>("POST", "/api/auth/oidc");
                location.assign(url);
              })
            }
          >
            {t("account.signIn.oidc", { name: methods.oidc })}
          </button>
        )}
      </div>
      <p className="hint">{t("account.signIn.help")}</p>
    </>
  );
}

function Code({ onBack }: { onBack(): void }) {
  const [backup, setBackup] = useState(false);
  return (
    <>
      <h1>{t("account.code.title")}</h1>
      <Form
        kind="main"
        key={String(backup)}
        submit={t("account.code.send")}
        action={async (field) => {
          const body = backup ? { backup: field("code") } : { totp: field("code") };
          await sendJson("POST", "/api/auth/sign-in/code", body);
          enter();
        }}
        beside={
          <button type="button" className="quiet" onClick={onBack}>
            {t("back")}
          </button>
        }
      >
        {backup ? (
          <Field name="code" label={t("account.code.backup")} autoComplete="off" autoFocus />
        ) : (
          <Field
            name="code"
            label={t("account.code")}
            hint={t("account.code.hint")}
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
          />
        )}
      </Form>
      <button type="button" className="quiet" onClick={() => setBackup((on) => !on)}>
        {t(backup ? "account.code.useApp" : "account.code.useBackup")}
      </button>
    </>
  );
}

const NewPassword = ({ min }: { readonly min: number }) => (
  <Field
    name="password"
    type="password"
    label={t("account.password.new")}
    hint={t("account.password.hint", { n: min })}
    autoComplete="new-password"
    minLength={min}
  />
);

function SetUp({ min }: { readonly min: number }) {
  return (
    <>
      <h1>{t("account.setUp")}</h1>
      <p className="hint">{t("account.setUp.lead")}</p>
      <Form
        kind="main"
        submit={t("account.setUp.send")}
        action={async (field) => {
          await sendJson("POST", "/api/auth/set-up", {
            token: field("token"),
            name: field("name"),
            email: field("email"),
            password: field("password"),
            claim: field("claim") === "on",
          });
          enter();
        }}
      >
        <Field
          name="token"
          label={t("account.setUp.token")}
          hint={t("account.setUp.token.hint")}
          autoComplete="off"
          defaultValue={visit === "set-up" ? token : ""}
        />
        <Field name="name" label={t("account.name")} autoComplete="name" autoFocus />
        <Field name="email" type="email" label={t("account.email")} autoComplete="username" />
        <NewPassword min={min} />
        <label className="check">
          <input type="checkbox" name="claim" defaultChecked />
          <span>{t("account.setUp.claim")}</span>
        </label>
      </Form>
    </>
  );
}

function Invitation({ min }: { readonly min: number }) {
  const [email, setEmail] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    sendJson<{ email: string }>("POST", "/api/auth/invitations/look", { token }).then(
      (found) => setEmail(found.email),
      (thrown) => setProblem(toProblem(thrown)),
    );
  }, []);
  if (problem) return <Dead problem={problem} />;
  return (
    <>
      <h1>{t("account.invitation")}</h1>
      <Form
        kind="main"
        submit={t("account.invitation.send")}
        action={async (field) => {
          const body = { token, name: field("name"), password: field("password") };
          await sendJson("POST", "/api/auth/invitations/accept", body);
          enter();
        }}
      >
        <Field
          key={email}
          name="email"
          type="email"
          label={t("account.email")}
          autoComplete="username"
          defaultValue={email ?? ""}
          readOnly
        />
        <Field name="name" label={t("account.name")} autoComplete="name" autoFocus />
        <NewPassword min={min} />
      </Form>
    </>
  );
}

function Reset({ min }: { readonly min: number }) {
  return (
    <>
      <h1>{t("account.reset")}</h1>
      <p className="hint">{t("account.reset.lead")}</p>
      <Form
        kind="main"
        submit={t("account.reset.send")}
        action={async (field) => {
          await sendJson("POST", "/api/auth/reset", { token, password: field("password") });
          enter();
        }}
      >
        <NewPassword min={min} />
      </Form>
    </>
  );
}

const Dead = ({ problem }: { readonly problem: Problem }) => (
  <>
    <div role="alert" className="problem">
      <ProblemText problem={problem} />
    </div>
    <a className="secondary" href="/">
      {t("account.signIn")}
    </a>
  </>
);
