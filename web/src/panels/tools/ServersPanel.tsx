/** Servers of tools (MCP): added by their address, looked at in full, and agreed to tool by tool. */
import { useState } from "react";
import type {
  Offer,
  OfferList,
  ServerList,
  ServerShown,
} from "../../../../src/features/tools/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Item, Section } from "../../ui/Section.tsx";
import { Seen } from "../../ui/Seen.tsx";
import { useList } from "../../ui/useList.ts";
import { t } from "./servers-words.ts";
import "./tools.css";

const PATH = "/api/tools/servers";
const at = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

export default function ServersPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const { reply, problem, load, change } = useList<ServerList>(PATH);
  const [looked, setLooked] = useState<ServerShown | null>(null);
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
      <Section title={t("servers.here")} lead={t("servers.lead")} problem={problem}>
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
                  </>
                }
              >
                <button type="button" className="secondary" onClick={() => setLooked(server)}>
                  {t("servers.look")}
                </button>
                {(!server.operator || server.tools.length > 0) && (
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
              const token = field("token");
              const body = { name: field("name"), url: field("url"), ...(token && { token }) };
              const made = await sendJson<ServerShown>("POST", PATH, body);
              setLooked(made);
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
          </Form>
        </Section>
      )}
    </Dialog>
  );
}

function Offers({ server, onClose }: { readonly server: ServerShown; onClose(): Promise<void> }) {
  const { reply, problem } = useList<OfferList>(at(server.id));
  return (
    <>
      <p className="hint">{t("offers.lead")}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
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
