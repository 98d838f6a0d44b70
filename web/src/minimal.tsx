/**
 * The clone alone: one chat with one model, its history kept by the page. The full page
 * (`App.tsx`) is made of the same parts of `chat/` and adds rooms from `panels/`.
 */
import { useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { Composer } from "./chat/Composer.tsx";
import { ask } from "./chat/completions.ts";
import { useFollow } from "./chat/follow.ts";
import { perFrame } from "./chat/frames.ts";
import { type Language, language, setLanguage, t, useLanguage } from "./chat/language.ts";
import { type Entry, MessageList } from "./chat/MessageList.tsx";
import { explain, type Problem, toProblem } from "./chat/problem.ts";
import "./style.css";

const PARTS = {};
const OTHER: Record<Language, Language> = { en: "es", es: "en" };

function MinimalPage() {
  useLanguage();
  const [messages, setMessages] = useState<readonly Entry[]>([]);
  const [draft, setDraft] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [running, setRunning] = useState<AbortController>();
  const [status, setStatus] = useState("");
  const follow = useFollow();
  const nextId = useRef(0);

  async function send() {
    const question: Entry = { id: `${nextId.current++}`, role: "user", content: draft };
    const answer: Entry = { id: `${nextId.current++}`, role: "assistant", content: "" };
    const history = [...messages, question];
    const abort = new AbortController();
    let content = "";
    const frames = perFrame((text) => {
      content += text;
      setMessages([...history, { ...answer, content }]);
    });
    setMessages([...history, answer]);
    setDraft("");
    setProblem(undefined);
    setStatus("");
    setRunning(abort);
    follow.jump();
    try {
      for await (const { choices, charla } of ask(history, abort.signal)) {
        frames.add(choices[0]?.delta.content ?? "");
        if (charla?.droppedMessages) setStatus(t("memory.dropped", { n: charla.droppedMessages }));
      }
      frames.now();
      setStatus((dropped) => `${t("answer.done")} ${dropped}`);
    } catch (thrown) {
      frames.now();
      if (!abort.signal.aborted) setProblem(toProblem(thrown));
      // Nothing was answered: the question goes back to where it was written.
      if (content === "") {
        setMessages(messages);
        setDraft(question.content);
      }
    }
    setRunning(undefined);
  }

  return (
    <div className="chat">
      <header className="bar">
        <h1 className="wordmark">Charla</h1>
        <p className="subtitle">{t("app.subtitle")}</p>
        <button type="button" className="quiet" onClick={() => setLanguage(OTHER[language()])}>
          {t("language.other")}
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
      <main className="scroller" ref={follow.attach} tabIndex={0} aria-label={t("chat.label")}>
        <div className="column">
          {messages.length === 0 && <p className="welcome">{t("welcome.ai")}</p>}
          <MessageList messages={messages} parts={PARTS} />
        </div>
      </main>
      <footer className="dock">
        {follow.away && (
          <button type="button" className="jump" onClick={follow.jump}>
            {t("chat.jump")}
          </button>
        )}
        {problem && (
          <p role="alert" className="problem">
            <strong>{explain(problem).message}</strong> {explain(problem).hint}
          </p>
        )}
        <Composer
          value={draft}
          busy={running !== undefined}
          onChange={setDraft}
          onSend={send}
          onStop={() => running?.abort()}
        />
        <p role="status" className="sr-only">
          {status}
        </p>
      </footer>
    </div>
  );
}

createRoot(document.getElementById("root") as HTMLElement).render(<MinimalPage />);
