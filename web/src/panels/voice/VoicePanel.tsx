/** Voice: what can hear and speak here, how answers are read, and what administrators can fetch for it. */
import { useEffect } from "react";
import type { Voice, VoicePart } from "../../../../src/features/voice/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatBytes } from "../../ui/format.ts";
import { sendJson } from "../../ui/json.ts";
import { Progress } from "../../ui/Progress.tsx";
import { Item, Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { canSpeak, canTalk, ear, mouth, SPEEDS, setAlways, setSpeed, voice } from "./state.ts";
import { t } from "./words.ts";
import "./voice.css";

const PATH = "/api/voice";
const LOOK_MS = 800;

export default function VoicePanel({ title, onClose }: PanelProps) {
  useLanguage();
  const administers = useDesk((desk) => desk.administers);
  const { reply, problem, load, change } = useList<Voice>(PATH);
  const fetching = reply?.parts.some(({ state }) => state === "fetching") ?? false;
  useEffect(() => {
    if (reply) voice.set({ server: { hears: reply.hears, speaks: reply.speaks } });
    const timer = fetching ? setTimeout(load, LOOK_MS) : undefined;
    return () => clearTimeout(timer);
  }, [fetching, reply, load]);
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="lead">{t("voice.lead")}</p>
      <Section title={t("dictation")} lead={t(hearing())} />
      <Section title={t("reader")} lead={t(speaking())}>
        <Choices />
      </Section>
      <HandsFree onClose={onClose} />
      {administers && reply && (
        <Parts
          reply={reply}
          problem={problem}
          send={(method, query = "", body) =>
            void change(() => sendJson(method, PATH + query, body))
          }
        />
      )}
    </Dialog>
  );
}

const hearing = () => {
  const by = ear();
  return by ? (`hears.${by}` as const) : ("hears.none" as const);
};
const speaking = () => {
  const by = mouth(language());
  return by ? (`speaks.${by}` as const) : ("speaks.none" as const);
};

function HandsFree({ onClose }: Pick<PanelProps, "onClose">) {
  const possible = canTalk();
  const begin = () => {
    onClose();
    void import("./hands/talk.ts").then((hands) => hands.begin());
  };
  return (
    <Section
      title={t("handsFree")}
      lead={possible ? t("handsFree.lead") : `${t("handsFree.lead")} ${t("handsFree.lacks")}`}
    >
      {possible && (
        <div className="buttons">
          <button type="button" className="secondary" onClick={begin}>
            {t("handsFree.begin")}
          </button>
        </div>
      )}
    </Section>
  );
}

function Choices() {
  const speed = voice.use((state) => state.speed);
  const always = voice.use((state) => state.always);
  voice.use(canSpeak);
  if (!canSpeak()) return null;
  return (
    <>
      <label className="voice-choice">
        <input
          type="checkbox"
          checked={always}
          onChange={(event) => setAlways(event.target.checked)}
        />
        {t("always")}
      </label>
      <label className="voice-choice">
        {t("read.speed")}
        <select
          className="field"
          value={speed}
          onChange={(event) => setSpeed(Number(event.target.value))}
        >
          {SPEEDS.map((one) => (
            <option key={one} value={one}>
              {one} ×
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

interface PartsProps {
  readonly reply: Voice;
  readonly problem: ReturnType<typeof useList>["problem"];
  send(method: string, query?: string, body?: object): void;
}

function Parts({ reply, problem, send }: PartsProps) {
  const { parts, done, total } = reply;
  const size = (bytes: number) => formatBytes(bytes, language());
  const missing = parts.filter(({ usual, state }) => usual && state === "absent");
  const bytes = missing.reduce((sum, one) => sum + one.bytes, 0);
  const fetching = done !== null;
  return (
    <Section title={t("server")} lead={t("server.lead")} problem={problem}>
      {fetching && (
        <div className="voice-fetching">
          <Progress value={total ? done / total : undefined} label={t("server")} />
          <p className="hint">
            {t("fetching", { done: size(done), total: total ? size(total) : "…" })}
          </p>
        </div>
      )}
      <div className="buttons">
        {!fetching && missing.length > 0 && (
          <button type="button" className="primary" onClick={() => send("POST", "", {})}>
            {t("fetch.usual", { size: size(bytes) })}
          </button>
        )}
        {fetching && (
          <button type="button" className="quiet" onClick={() => send("DELETE")}>
            {t("cancel")}
          </button>
        )}
      </div>
      <ul className="items">
        {parts.map((part) => (
          <One key={part.id} part={part} busy={fetching} size={size(part.bytes)} send={send} />
        ))}
      </ul>
    </Section>
  );
}

interface OneProps extends Pick<PartsProps, "send"> {
  readonly part: VoicePart;
  readonly busy: boolean;
  readonly size: string;
}

function One({ part, busy, size, send }: OneProps) {
  const { id, name, kind, languages, licence, state } = part;
  const names = new Intl.DisplayNames(language(), { type: "language" });
  const facts = [t(`kind.${kind}`), ...languages.map((one) => names.of(one)), size, licence];
  return (
    <Item title={name} facts={`${facts.join(" · ")} · ${t(`state.${state}`)}`}>
      {state === "absent" && !busy && (
        <button
          type="button"
          className="secondary"
          aria-label={t("fetch.one", { name })}
          onClick={() => send("POST", "", { parts: [id] })}
        >
          {t("fetch")}
        </button>
      )}
      {state === "ready" && !busy && (
        <button
          type="button"
          className="quiet"
          aria-label={t("remove.one", { name })}
          onClick={() => send("DELETE", `?part=${id}`)}
        >
          {t("remove")}
        </button>
      )}
    </Item>
  );
}
