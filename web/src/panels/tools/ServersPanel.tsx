/** Servers of tools (MCP): added by their address, looked at in full, and agreed to tool by tool. */
import { useEffect, useState } from "react";
import type {
  Offer,
  OfferList,
  ServerList,
  ServerShown,
} from "../../../../src/features/tools/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Item, Section } from "../../ui/Section.tsx";
import { Seen } from "../../ui/Seen.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./servers-words.ts";
import { arrival, at, goTo, PATH } from "./signing.ts";
import "./tools.css";

export default function ServersPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const { reply, problem, load, change } = useList<ServerList>(PATH);
  const [looked, setLooked] = useState<ServerShown | null>(null);
  const [failed, setFailed] = useState<Problem | null>(null);
  /** Name of the one that somebody has come back from. */
  const [signedIn, setSignedIn] = useState("");
  /** Id of the one that was added just now. */
  const [added, setAdded] = useState("");
  useEffect(() => {
    arrival()?.then(
      (server) => {
        if (server.tools.length === 0) return setLooked(server);
        setSignedIn(server.name);
        return load();
      },
      (thrown) => setFailed(toProblem(thrown)),
    );
  }, [load]);
  if (looked)
    return (
      <Dialog title={looked.name} onClose={onClose}>
        <Offers
          server={looked}
          onClose={async () => {
            setLooked(null);
            await load();
          }}
        />
      </Dialog>
    );
  return (
    <Dialog title={title} onClose={onClose}>
      <Section title={t("servers.here")} lead={t("servers.lead")} problem={problem ?? failed}>
        {signedIn && <p role="status">{t("signIn.done", { name: signedIn })}</p>}
        {reply && reply.items.length === 0 && <p>{t("servers.none")}</p>}
        {reply && reply.items.length > 0 && (
          <ul className="items">
            {reply.items.map((server) => (
              <Item
                key={server.id}
                title={server.name}
                facts={
                  <>
                    {server.operator ? t("servers.operator") : server.url}
                    {" · "}
                    {server.tools.length > 0
                      ? t("servers.agreed", { n: server.tools.length })
                      : t("servers.unagreed")}
                    {server.signIn && <SignInState {...server.signIn} />}
                  </>
                }
              >
                {server.signIn && server.signIn.state !== "in" && (
                  <button
                    type="button"
                    className="primary"
                    ref={(button) => {
                      if (added === server.id) button?.focus();
                    }}
                    onClick={() => void change(() => goTo(server.id))}
                  >
                    {t(server.signIn.state === "needed" ? "signIn.go" : "signIn.anew")}
                  </button>
                )}
                {server.signIn?.state !== "needed" && (
                  <button type="button" className="secondary" onClick={() => setLooked(server)}>
                    {t("servers.look")}
                  </button>
                )}
                {(!server.operator || server.tools.length > 0 || server.signIn) && (
                  <button
                    type="button"
                    className="quiet"
                    onClick={() => void change(() => sendJson("DELETE", at(server.id)))}
                  >
                    {t(server.operator ? "servers.withdraw" : "servers.remove")}
                  </button>
                )}
              </Item>
            ))}
          </ul>
        )}
      </Section>
      {reply?.own && (
        <Section title={t("servers.add")} lead={t("servers.add.lead")}>
          <Form
            submit={t("servers.add.submit")}
            action={async (field) => {
              const names = ["name", "url", "token", "clientId", "clientSecret"];
              const given = names.flatMap((name) => (field(name) ? [[name, field(name)]] : []));
              const body = Object.fromEntries(given);
              const made = await sendJson<ServerShown>("POST", PATH, body);
              if (!made.signIn) return setLooked(made);
              setAdded(made.id);
              await load();
            }}
          >
            <Field
              name="name"
              label={t("servers.name")}
              hint={t("servers.name.hint")}
              maxLength={20}
            />
            <Field name="url" label={t("servers.url")} maxLength={2000} />
            <Field
              name="token"
              label={t("servers.token")}
              type="password"
              autoComplete="off"
              optional
            />
            <details className="more-of">
              <summary>{t("servers.client")}</summary>
              <p className="hint">
                {t("servers.client.lead")} <code>{reply.redirect}</code>
              </p>
              <Field name="clientId" label={t("servers.client.id")} maxLength={2000} optional />
              <Field
                name="clientSecret"
                label={t("servers.client.secret")}
                type="password"
                autoComplete="off"
                optional
              />
            </details>
          </Form>
        </Section>
      )}
    </Dialog>
  );
}

type State = NonNullable<ServerShown["signIn"]>;

const SignInState = ({ state, place }: State) => (
  <span className={state === "in" ? "sign-in" : "sign-in tool-warning"}>
    {t(`signIn.${state}`, { place })}
  </span>
);

function Offers({ server, onClose }: { readonly server: ServerShown; onClose(): Promise<void> }) {
  const { reply, problem, change } = useList<OfferList>(at(server.id));
  const asksFirst = /^tool_sign_in_(needed|again|more)$/.test(problem?.code ?? "");
  return (
    <>
      {!asksFirst && <p className="hint">{t("offers.lead")}</p>}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {asksFirst && (
        <div className="buttons">
          <button
            type="button"
            className="primary"
            onClick={() => void change(() => goTo(server.id))}
          >
            {t("signIn.go")}
          </button>
        </div>
      )}
      {!reply && !problem && <p role="status">{t("offers.asking")}</p>}
      {reply && (
        <Form
          kind="main"
          submit={t("offers.agree")}
          beside={
            <button type="button" className="quiet" onClick={() => void onClose()}>
              {t("cancel")}
            </button>
          }
          action={async (_, form) => {
            await sendJson("PUT", at(server.id), { pins: form.getAll("pin").map(String) });
            await onClose();
          }}
        >
          <ul className="tool-list">
            {reply.items.map((one) => (
              <Offered key={one.name} one={one} fresh={server.tools.length === 0} />
            ))}
          </ul>
        </Form>
      )}
    </>
  );
}

function Offered({ one, fresh }: { readonly one: Offer; readonly fresh: boolean }) {
  return (
    <li>
      <label>
        <input type="checkbox" name="pin" value={one.pin} defaultChecked={one.agreed || fresh} />
        <span>
          <strong>
            <Seen text={one.name} />
          </strong>
          {one.changed && <span className="tool-warning">{t("offers.changed")}</span>}
          <span className="tool-said" dir="auto">
            <Seen text={one.description} />
          </span>
          <span className="tool-facts">{t(one.asks ? "offers.asks" : "offers.reads")}</span>
        </span>
      </label>
      <details className="tool-call">
        <summary>{t("offers.schema")}</summary>
        <div className="tool-text">
          <pre dir="ltr">
            <Seen text={JSON.stringify(one.parameters, null, 2)} />
          </pre>
        </div>
      </details>
    </li>
  );
}
