/** The dialog in which a model is taken along: how large it is, how far it is, and how to be rid of it. */
import { useEffect, useState } from "react";
import type { OfflineModel } from "../../../../src/features/offline/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatBytes } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { Item, Section } from "../../ui/Section.tsx";
import { canCompute, canKeepFiles } from "./able.ts";
import { installing } from "./begin.ts";
import { setWho } from "./here.ts";
import * as parts from "./parts.ts";
import { t } from "./words.ts";
import "./offline.css";

export default function TakePanel({ title, onClose }: PanelProps) {
  useLanguage();
  const [install, setInstall] = useState(() => installing());
  useEffect(() => {
    if (!canKeepFiles()) return;
    void parts.look();
    // Whose chats will be kept here.
    if (desk.server?.reachable) setWho(desk.person?.id ?? "solo");
    // Without it, what is here can still be removed.
    parts.ask().catch((thrown) => parts.store.set({ problem: toProblem(thrown) }));
  }, []);
  return (
    <Dialog title={title} onClose={onClose}>
      {canKeepFiles() ? canCompute() ? <Models /> : <Cannot /> : <p>{t("take.unsupported")}</p>}
      <Section title={t("take.app")} lead={t("take.app.hint")}>
        {install && (
          <button
            type="button"
            className="secondary"
            onClick={() => {
              install();
              setInstall(null);
            }}
          >
            {t("take.app")}
          </button>
        )}
      </Section>
    </Dialog>
  );
}

const Cannot = () => <Section title={t("offline.cannot")} lead={t("offline.cannot.text")} />;

function Models() {
  const { offer, parts: here, received, problem, under } = parts.store.use((all) => all);
  const [used, setUsed] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is another one once something has come or gone
  useEffect(() => {
    void navigator.storage.estimate().then(({ usage = 0 }) => setUsed(usage));
  }, [here, under]);
  const engine = offer?.engine.bytes ?? here.find(({ kind }) => kind === "engine")?.bytes ?? 0;
  const size = (bytes: number) => formatBytes(bytes, language());
  const kept = here.filter(
    ({ kind, digest }) => kind === "model" && !offer?.models.some((one) => one.digest === digest),
  );
  return (
    <>
      <p className="lead">{t("take.lead", { engine: size(engine) })}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {offer?.models.length === 0 && <p className="hint">{t("take.missing")}</p>}
      <ul className="take-list">
        {offer?.models.map((one) => (
          <Model key={one.digest} model={one} received={received[one.digest] ?? 0} />
        ))}
        {/* The server has it no more, or cannot be asked. */}
        {kept.map((one) => (
          <Model key={one.digest} model={one} received={received[one.digest] ?? 0} />
        ))}
      </ul>
      {parts.isReady({ parts: here }) && (
        <p className="take-open">
          <a className="secondary" href="/offline">
            {t("take.open")}
          </a>
        </p>
      )}
      <p className="hint">{t("take.evict")}</p>
      {used > 0 && <p className="hint">{t("take.used", { used: size(used) })}</p>}
    </>
  );
}

interface ModelProps {
  readonly model: Pick<OfflineModel, "id" | "name" | "digest" | "bytes" | "quantisation"> &
    Partial<Pick<OfflineModel, "licence" | "unfit">>;
  readonly received: number;
}

function Model({ model, received }: ModelProps) {
  const { id, name, digest, bytes, quantisation, licence = "", unfit } = model;
  const part = parts.store.use((all) => all.parts.find((one) => one.digest === digest));
  const offered = parts.store.use(({ offer }) => offer !== null);
  const busy = parts.store.use(({ under }) => under.length > 0);
  const engine = parts.store.use(({ parts: all, under }) =>
    all.find((one) => one.kind === "engine" && under.includes(one.digest)),
  );
  const [asked, setAsked] = useState(false);
  const mine = parts.store.use(({ under }) => under.includes(digest)) || (asked && busy);
  const size = (of: number) => formatBytes(of, language());
  const whole = part?.whole === true;
  const facts = t("take.facts", { size: size(bytes), quantisation, licence });
  const take = () => {
    setAsked(true);
    void parts.take(id).finally(() => setAsked(false));
  };
  return (
    <Item
      title={name}
      facts={
        unfit
          ? t(`take.${unfit}`)
          : whole
            ? `${t("take.done")} · ${size(bytes)}`
            : facts.replace(/ · $/, "")
      }
      below={
        mine || (part && !whole) ? (
          <div className="take-progress">
            <Progress value={received / bytes} label={t("take.progress", { name })} />
            <p className="hint">
              {mine && engine ? `${t("take.engine")} · ` : ""}
              {t("take.received", { received: size(received), total: size(bytes) })}
            </p>
          </div>
        ) : null
      }
    >
      {mine ? (
        <button type="button" className="secondary" onClick={parts.stop}>
          {t("take.cancel")}
        </button>
      ) : (
        <>
          {!whole && !unfit && offered && (
            <button type="button" className="primary" disabled={busy} onClick={take}>
              {t(part && received > 0 ? "take.resume" : "take.start")}
            </button>
          )}
          {part && (
            <button
              type="button"
              className="quiet"
              onClick={() => void parts.removeModel(digest)}
              aria-label={`${t("take.remove")}: ${name}`}
            >
              {t("take.remove")}
            </button>
          )}
        </>
      )}
    </Item>
  );
}
