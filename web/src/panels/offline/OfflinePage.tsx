/** The page that needs no server: the model that was taken along answers, and what is written waits here. */
import { useEffect, useState } from "react";
import { Composer } from "../../chat/Composer.tsx";
import { useFollow } from "../../chat/follow.ts";
import { language, t as shared, useLanguage } from "../../chat/language.ts";
import { MessageList } from "../../chat/MessageList.tsx";
import { toProblem } from "../../chat/problem.ts";
import { desk, useDesk } from "../../desk.ts";
import { Slot } from "../../slots.tsx";
import { formatNumber } from "../../ui/format.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Tips } from "../../ui/Tips.tsx";
import { ToastArea } from "../../ui/toast.tsx";
import { canCompute } from "./able.ts";
import * as asking from "./asking.ts";
import { Chats, Models } from "./Chooser.tsx";
import { setWho, whoIsHere } from "./here.ts";
import { sendHome, whoMayAsk } from "./home.ts";
import { OfflineSettings } from "./OfflineSettings.tsx";
import * as parts from "./parts.ts";
import { Row } from "./Row.tsx";
import { t } from "./words.ts";
import "./offline.css";

export default function OfflinePage() {
  useLanguage();
  const [settings, setSettings] = useState(false);
  const follow = useFollow();
  const state = asking.store.use((all) => all);
  const ready = parts.store.use(parts.isReady);
  const chat = asking.openChat(state);
  const title = chat?.title || t("offline.title");
  useEffect(() => {
    desk.look();
    asking.read().catch((thrown) => asking.store.set({ problem: toProblem(thrown) }));
  }, []);
  useEffect(() => {
    document.title = `${title} · Charla`;
  }, [title]);
  const able = state.chats !== null && whoIsHere() !== null && ready && canCompute();
  useEffect(() => {
    // The first question need not wait for it.
    if (able) asking.warm().catch((thrown) => asking.store.set({ problem: toProblem(thrown) }));
  }, [able]);
  const messages = chat?.messages ?? [];
  return (
    <div className={messages.length === 0 ? "chat offline-page empty" : "chat offline-page"}>
      <header className="bar">
        <Chats />
        <h1 className="chat-title" dir="auto">
          {title}
        </h1>
        {able && (
          <IconButton
            icon="sliders"
            label={t("offline.settings")}
            onClick={() => setSettings(true)}
          />
        )}
      </header>
      <Server />
      <main
        className="scroller"
        ref={messages.length === 0 ? undefined : follow.attach}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it
        tabIndex={0}
        aria-label={shared("chat.label")}
      >
        <div className="column">
          {messages.length === 0 && state.chats !== null && <Welcome able={able} />}
          <MessageList messages={messages} Row={Row} />
        </div>
      </main>
      <footer className="dock">
        {state.problem && (
          <div role="alert" className="problem">
            <ProblemText problem={state.problem} />
          </div>
        )}
        {able ? (
          <>
            <Loading />
            <Composer
              value={state.draft}
              busy={state.running !== null}
              onChange={(draft) => asking.store.set({ draft })}
              onSend={() => {
                follow.jump();
                void asking.send();
              }}
              onStop={asking.stop}
            />
            <p className="fine-print">{shared("app.finePrint")}</p>
          </>
        ) : (
          <Slot name="Choices" />
        )}
      </footer>
      {settings && <OfflineSettings onClose={() => setSettings(false)} />}
      <ToastArea />
      <Tips />
    </div>
  );
}

/** What stands where there is nothing to read yet; and why nothing can be asked, if so. */
function Welcome({ able }: { readonly able: boolean }) {
  const model = useModelName();
  if (!able) {
    const why = !canCompute() ? "cannot" : whoIsHere() === null ? "nobody" : "nothing";
    return (
      <div className="offline-welcome">
        <h2>{t(`offline.${why}`)}</h2>
        <p>{t(`offline.${why}.text`)}</p>
        <p>
          <a className="primary" href="/">
            {t("offline.home")}
          </a>
        </p>
      </div>
    );
  }
  return (
    <div className="offline-welcome">
      <h2>{t("offline.welcome")}</h2>
      <p>{t("offline.lead", { model })}</p>
      <Models />
      <details>
        <summary>{t("offline.not")}</summary>
        <ul>
          {NOT.map((key) => (
            <li key={key}>{t(`offline.not.${key}`)}</li>
          ))}
        </ul>
      </details>
      <Slot name="Choices" />
    </div>
  );
}
const NOT = ["account", "files", "instructions", "masked", "proof", "more"] as const;

/** Until what could not be sent is sent again, in milliseconds. */
const AGAIN_MS = 5000;

/** The name of the model that answers, or would. */
export function useModelName(): string {
  const chosen = asking.store.use(({ model }) => model);
  return parts.store.use(({ parts: all }) => {
    const here = parts.modelsHere(all);
    return (here.find(({ digest }) => digest === chosen) ?? here[0])?.name ?? "";
  });
}

function Loading() {
  const loaded = asking.store.use(({ engine, problem }) => engine !== null || problem !== null);
  const model = useModelName();
  return <p role="status">{loaded ? "" : t("offline.loading", { model })}</p>;
}

/** Says that the server is there again, and that what was written is there, too. */
function Server() {
  const there = useDesk(({ server }) => server?.reachable === true);
  const idle = asking.store.use(({ running }) => running === null);
  const waiting = asking.store.use(asking.waiting);
  const home = asking.store.use(({ home }) => home.size);
  const [again, setAgain] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` is another try
  useEffect(() => {
    const who = whoIsHere();
    if (!there || !idle || who === null || waiting === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (thrown: unknown) => {
      console.warn(thrown);
      timer = setTimeout(() => setAgain((count) => count + 1), AGAIN_MS);
    };
    sendHome(who).then(asking.atHome).catch(later);
    return () => clearTimeout(timer);
  }, [there, idle, waiting, again]);
  useEffect(() => {
    if (!there || whoIsHere() !== null) return;
    // Nobody has come by the front door yet.
    const open = async () => {
      const who = await whoMayAsk();
      setWho(who);
      if (who !== null) await asking.read();
    };
    open().catch(console.warn);
  }, [there]);
  const count = (key: "offline.waits" | "offline.sent", n: number) =>
    t(n === 1 ? `${key}.one` : key, { n: formatNumber(n, language()) });
  const facts = [
    there && t("offline.back"),
    home > 0 && count("offline.sent", home),
    waiting > 0 && count("offline.waits", waiting),
  ].filter((fact) => fact !== false);
  if (facts.length === 0) return null;
  return (
    <div className="banner" role="status">
      <p className="banner-text">{facts.join(" ")}</p>
      {there && (
        <a className="secondary" href="/">
          {t("offline.home")}
        </a>
      )}
    </div>
  );
}
