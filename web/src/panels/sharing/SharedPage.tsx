/** A shared chat, for whoever has the link: to read, with the notice that a machine wrote it. */
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { t, useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { when } from "./ShareDialog.tsx";
import { openShared, type SharedChat } from "./store.ts";
import "./sharing.css";

export type Markdown = ComponentType<{ text: string; running: boolean }>;

export default function SharedPage(props: {
  readonly Markdown: Markdown;
  readonly foot: ReactNode;
}) {
  useLanguage();
  const [chat, setChat] = useState<SharedChat | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const read = () => {
      setChat(null);
      setProblem(null);
      openShared(location.hash.slice(1)).then(setChat, (thrown) => setProblem(toProblem(thrown)));
    };
    read();
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  useEffect(() => {
    document.title = `${chat?.title || t("shared.title")} · Charla`;
  }, [chat]);
  return (
    <div className="chat shared">
      <header className="bar">
        <h1 className="chat-title" dir="auto">
          {chat?.title || t("shared.title")}
        </h1>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
      <main className="scroller" tabIndex={0} aria-label={t("chat.label")}>
        <div className="column">
          {problem && (
            <div role="alert" className="problem">
              <ProblemText problem={problem} />
            </div>
          )}
          {chat && (
            <>
              <p className="shared-notice">
                {t("shared.notice", { date: when(chat.createdAt), until: when(chat.expiresAt) })}
              </p>
              <Transcript messages={chat.messages} Markdown={props.Markdown} />
            </>
          )}
        </div>
      </main>
      <footer className="shared-foot">{props.foot}</footer>
    </div>
  );
}

/** Messages to read; each answer says that a model wrote it, and which. */
export function Transcript(props: {
  readonly messages: SharedChat["messages"];
  readonly Markdown: Markdown;
}) {
  return props.messages.map(({ role, content, createdAt, model }) => (
    <article key={`${createdAt} ${role}`} className={`message ${role}`}>
      <h2 className="sr-only">{t(`role.${role}`)}</h2>
      {role === "user" ? (
        <div className="plain">{content}</div>
      ) : (
        <>
          <props.Markdown text={content} running={false} />
          <p className="note">{t("shared.ai", { model: model ?? "Charla" })}</p>
        </>
      )}
    </article>
  ));
}
