/** Codes of an authenticator app as a second step after the password (TOTP, RFC 6238). */
import { useState } from "react";
import { encode } from "uqr";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { Once, Section } from "../../ui/Section.tsx";
import { showToast } from "../../ui/toast.tsx";
import { refresh } from "./store.ts";
import { t } from "./words.ts";

interface Enrolment {
  readonly uri: string;
  readonly backupCodes: readonly string[];
}

export function Codes({ on }: { readonly on: boolean }) {
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [fresh, setFresh] = useState<readonly string[] | null>(null);
  const ask = (path: string) => (field: (name: string) => string) =>
    sendJson<Enrolment>("POST", `/api/auth/totp${path}`, { password: field("password") });
  const password = (
    <Field
      name="password"
      type="password"
      label={t("account.password.current")}
      autoComplete="current-password"
    />
  );
  return (
    <Section title={t("account.totp")} lead={t(on ? "account.totp.on" : "account.totp.lead")}>
      {fresh && <Once text={fresh.join("\n")} note={t("account.totp.backup")} />}
      {!on && !enrolment && (
        <Form
          submit={t("account.totp.begin")}
          action={async (field) => setEnrolment(await ask("")(field))}
        >
          {password}
        </Form>
      )}
      {!on && enrolment && (
        <>
          <QrCode text={enrolment.uri} />
          <Once text={secretOf(enrolment.uri)} note={t("account.totp.scan")} />
          <Form
            submit={t("account.totp.finish")}
            action={async (field) => {
              await sendJson("POST", "/api/auth/totp/verify", { code: field("code") });
              setFresh(enrolment.backupCodes);
              setEnrolment(null);
              await refresh();
            }}
          >
            <Field
              name="code"
              label={t("account.code")}
              inputMode="numeric"
              autoComplete="one-time-code"
            />
          </Form>
        </>
      )}
      {on && (
        <>
          <Form
            submit={t("account.totp.newBackup")}
            action={async (field) => setFresh((await ask("/backup-codes")(field)).backupCodes)}
          >
            {password}
          </Form>
          <Form
            submit={t("account.totp.off")}
            kind="danger"
            action={async (field) => {
              await ask("/disable")(field);
              setFresh(null);
              await refresh();
              showToast({ text: t("account.totp.isOff") });
            }}
          >
            {password}
          </Form>
        </>
      )}
    </Section>
  );
}

const secretOf = (uri: string) => new URL(uri).searchParams.get("secret") ?? uri;

/** Dark modules as one path, on white in both themes, since not every camera reads the inverse. */
function QrCode({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t("account.totp.qr")}
    >
      <path d={path.join("")} shapeRendering="crispEdges" />
    </svg>
  );
}
