/**
 * The clone alone: one chat with one model, its history kept by the page. The full page
 * (`App.tsx`) shares its composer, language, errors and events, and has rooms in `panels/`.
 */
import { useState } from "react";
import { createRoot } from "react-dom/client";
import type { Delta, Message } from "../../src/core/types.ts";
import { Composer } from "./chat/Composer.tsx";
import { t } from "./chat/language.ts";
import { explain, failure, type Problem, request, toProblem } from "./chat/problem.ts";
import { readEvents } from "./chat/sse.ts";
import "./style.css";

/** Outside of the component, so that the box is given the keyboard once. */
const focus = (box: HTMLTextAreaElement | null) => box?.focus();

type Entry = Message & { readonly id: string };

async function* ask(history: readonly Entry[], signal: AbortSignal): AsyncGenerator<Delta> {
  const messages = history.map(({ role, content }) => ({ role, content }));
  const init = { method: "POST", body: JSON.stringify({ messages }), signal };
  const events = readEvents<Delta | { error: Problem }>(await request("/api/chat", init));
  for await (const event of events) {
    if ("error" in event) throw failure(event.error);
    yield event;
  }
}

function MinimalPage() {
  const [messages, setMessages] = useState<readonly Entry[]>([]);
  const [draft, setDraft] = useState("");
  const [notice, setNotice] = useState("");
  const [running, setRunning] = useState<AbortController>();

  async function send() {
    const question: Entry = { id: crypto.randomUUID(), role: "user", content: draft };
    const history = [...messages, question];
    const abort = new AbortController();
    let answer: Entry = { id: crypto.randomUUID(), role: "assistant", content: "" };
    setMessages(history);
    setDraft("");
    setNotice("");
    setRunning(abort);
    try {
      for await (const delta of ask(history, abort.signal)) {
        if (delta.type === "start" && delta.start.droppedMessages > 0)
          setNotice(t("memory.dropped", { n: delta.start.droppedMessages }));
        if (delta.type !== "text") continue;
        answer = { ...answer, content: answer.content + delta.text };
        setMessages([...history, answer]);
      }
    } catch (thrown) {
      if (!abort.signal.aborted) setNotice(explain(toProblem(thrown)).join(" "));
    }
    setRunning(undefined);
    if (answer.content !== "") return;
    // Nothing was answered: the question goes back, above what was written since.
    setMessages(messages);
    setDraft((since) => [question.content, since].filter(Boolean).join("\n"));
  }

  const silent = running !== undefined && messages.at(-1)?.role === "user";
  return (
    <div className="chat">
      <header className="bar">
        <h1 className="wordmark">Charla</h1>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
      <main className="scroller follow" tabIndex={0} aria-label={t("chat.label")}>
        <div className="column" role="log" aria-busy={running !== undefined}>
          {messages.length === 0 && <p className="welcome">{t("welcome.ai")}</p>}
          {messages.map(({ id, role, content }) => (
            <article key={id} className={`message ${role}`}>
              <h2 className="sr-only">{t(role === "user" ? "role.user" : "role.assistant")}</h2>
              <div className="plain">{content}</div>
            </article>
          ))}
        </div>
      </main>
      <footer className="dock">
        <p role="status">{silent ? t("answer.waiting") : notice}</p>
        <Composer
          value={draft}
          busy={running !== undefined}
          input={focus}
          onChange={setDraft}
          onSend={send}
          onStop={() => running?.abort()}
        />
      </footer>
    </div>
  );
}

createRoot(document.getElementById("root") as HTMLElement).render(<MinimalPage />);
