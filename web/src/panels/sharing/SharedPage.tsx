/** A shared chat, for whoever has the link: to read, with the notice that a machine wrote it. */
import { useEffect, useState } from "react";
import { useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { MessageParts, Slot } from "../../slots.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { when } from "./ShareDialog.tsx";
import { openShared, type SharedChat } from "./store.ts";
import "./sharing.css";
import { t } from "./words.ts";

export default function SharedPage() {
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
        <p className="wordmark">Charla</p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
      <main className="scroller" tabIndex={0} aria-label={t("chat.label")}>
        <div className="column">
          <h1 className="shared-title" dir="auto">
            {chat?.title || t("shared.title")}
          </h1>
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
              <Transcript messages={chat.messages} />
            </>
          )}
        </div>
      </main>
      <footer className="shared-foot">
        <Slot name="Choices" />
      </footer>
    </div>
  );
}

/** Messages to read; each answer says that a model wrote it, and which. */
export function Transcript(props: { readonly messages: SharedChat["messages"] }) {
  useLanguage();
  return props.messages.map(({ role, content, createdAt, model, edited }) => (
    <article key={`${createdAt} ${role}`} className={`message ${role}`}>
      <h2 className="sr-only">{t(`role.${role}`)}</h2>
      <MessageParts role={role} content={content} />
      {role === "assistant" && (
        <p className="note">
          {t(edited ? "shared.edited" : "shared.ai", { model: model ?? "Charla" })}
        </p>
      )}
    </article>
  ));
}
