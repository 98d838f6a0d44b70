/** The bar of hands-free, above the composer: what is going on, and the two things that one can do. */
import { type CSSProperties, useEffect, useRef } from "react";
import { desk, useDesk } from "../../../desk.ts";
import { IconButton } from "../../../ui/IconButton.tsx";
import { isTouch } from "../../../ui/useWide.ts";
import { type Talk, voice } from "../state.ts";
import { t } from "../words.ts";
import { end, next } from "./talk.ts";

/** What the button does that goes on with the next step. */
const NEXT = {
  listening: "finish",
  speaking: "finish",
  sending: "talk.sendNow",
  answering: "talk.interrupt",
  reading: "talk.interrupt",
} as const;

export function Talking({ talk }: { readonly talk: Talk }) {
  const words = voice.use((state) => state.words);
  const button = useRef<HTMLButtonElement>(null);
  useEnds(talk);
  // So that Enter and the space bar go on, wherever the hands come from; and then back to the composer.
  useEffect(() => {
    button.current?.focus();
    return () => {
      if (!isTouch()) desk.write(desk.draft);
    };
  }, []);
  const label = (NEXT as Partial<Record<Talk, (typeof NEXT)[keyof typeof NEXT]>>)[talk];
  return (
    <section className="voice-bar talk" data-talk={talk} aria-label={t("handsFree")}>
      <Pulse />
      <p className="voice-said" role="status">
        {t(`talk.${talk}`, { words })}
      </p>
      <button
        ref={button}
        type="button"
        className="secondary"
        aria-disabled={!label}
        onClick={label && next}
      >
        {t(label ?? "finish")}
      </button>
      <IconButton icon="close" label={t("end")} onClick={() => end()} />
    </section>
  );
}

/** As loud as it is heard; words say the same beside it. */
function Pulse() {
  const level = voice.use((state) => state.level);
  return <span className="talk-pulse" style={{ "--level": level } as CSSProperties} aria-hidden />;
}

/** By Escape, and by going to another chat. */
function useEnds(talk: Talk): void {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) end();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  const chat = useDesk(({ chatId }) => chatId);
  const asking = talk === "answering";
  const last = useRef(chat);
  useEffect(() => {
    // A new chat gets its address once its first question is asked.
    const made = asking && last.current === null;
    if (chat !== last.current && !made) end();
    last.current = chat;
  }, [chat, asking]);
}
