/**
 * One message of a chat: what it says, editing, the state of an answer, and the mark where the
 * model's memory begins; and what the rooms show of it.
 */
import { memo, type PropsWithChildren } from "react";
import { Actions } from "./Actions.tsx";
import { t, useLanguage } from "./chat/language.ts";
import type { Problem } from "./chat/problem.ts";
import type { ChatMessage, Conversation } from "./chats/api.ts";
import { goOn, regenerate } from "./chats/ask.ts";
import * as chats from "./chats/store.ts";
import { branchTo, childrenOf } from "./chats/tree.ts";
import { Editor } from "./Editor.tsx";
import { MessageParts, Slot } from "./slots.tsx";
import { Fold } from "./ui/Fold.tsx";
import { Icon } from "./ui/icons.tsx";
import { ProblemText } from "./ui/ProblemText.tsx";
import { useReveal } from "./ui/reveal.ts";
import { Waiting } from "./Waiting.tsx";

type Props = { message: ChatMessage };

const NONE: readonly ChatMessage[] = [];

export const Message = memo(({ message }: Props) => {
  useLanguage();
  const editing = chats.store.use((state) => chats.editOf(state)?.id === message.id);
  return (
    <>
      <MemoryMark message={message} />
      {editing ? <Editor message={message} /> : <Content message={message} />}
    </>
  );
});

function Content({ message }: Props) {
  useReveal();
  const { role, content, parts, status } = message;
  const running = status === "running";
  const answer = role === "assistant";
  return (
    <>
      {answer && running && content === "" && !parts ? (
        <Waiting message={message} />
      ) : (
        <Said role={role}>
          <MessageParts {...{ role, content, parts, running, message }} />
        </Said>
      )}
      {answer && <Slot name="Notice" message={message} />}
      {answer && <Ending message={message} />}
      {running ? !answer && <div className="actions" /> : <Actions message={message} />}
      {answer && <Slot name="Below" message={message} />}
    </>
  );
}

/** Questions are often pasted, and what matters then is the answer. */
const Said = ({ role, children }: PropsWithChildren<{ readonly role: ChatMessage["role"] }>) =>
  role === "user" ? <Fold>{children}</Fold> : children;

/** How an answer ended, when it is not simply complete. */
function Ending({ message }: Props) {
  const { status, error, details } = message;
  const connected = chats.store.use((state) => state.connected);
  const held = chats.store.use(
    (state) => state.waiting?.answerId === message.id || chats.pauseOf(state, message.id) !== null,
  );
  if (status === "running") {
    if (message.content === "") return null;
    if (held) return <Waiting message={message} />;
    return connected ? null : <p className="note">{t("answer.reconnecting")}</p>;
  }
  if (status === "failed" && error) return <Failure problem={error} message={message} />;
  if (status === "interrupted")
    return (
      <div className="note warn">
        <Icon name="warn" />
        <span>{t("answer.interrupted")}</span>
        <Retry message={message} />
        <GoOn message={message} />
      </div>
    );
  const cut = status === "stopped" || details?.finishReason === "length";
  if (!cut) return null;
  return (
    <div className="note">
      <span>{t(status === "stopped" ? "answer.stopped" : "answer.length")}</span>
      <GoOn message={message} />
    </div>
  );
}

const Failure = ({ problem, message }: { problem: Problem; message: ChatMessage }) => (
  <div className="problem" role="alert">
    <ProblemText problem={problem} />
    <Retry message={message} />
    <GoOn message={message} />
  </div>
);

/** For the last answer, if there is something to go on with. */
function GoOn({ message }: Props) {
  const { id, content, parts } = message;
  const last = chats.store.use(({ chat }) => childrenOf(chat?.messages ?? NONE, id).length === 0);
  const begun = content !== "" || parts?.some(({ type }) => type === "call");
  if (!last || !begun) return null;
  return (
    <button type="button" className="secondary" onClick={() => void goOn(message)}>
      <Icon name="right" />
      {t("answer.goOn")}
    </button>
  );
}

const Retry = ({ message }: Props) => (
  <button type="button" className="secondary" onClick={() => void regenerate(message)}>
    <Icon name="refresh" />
    {t("retry")}
  </button>
);

/** Stands above the oldest message that the model saw when it gave the last answer. */
function MemoryMark({ message }: Props) {
  const here = chats.store.use(({ chat }) => memoryBegins(chat) === message.id);
  if (!here) return null;
  return (
    <p className="memory-mark">
      <span>{t("memory.begins")}</span>
    </p>
  );
}

let lastChat: Conversation | null = null;
let lastMark: string | null = null;

/** Every row asks, so the answer for the chat as it is now is kept. */
function memoryBegins(chat: Conversation | null): string | null {
  if (chat !== lastChat) {
    lastChat = chat;
    const details = branchTo(chat?.messages ?? NONE, chat?.currentId ?? null).findLast(
      (message) => message.details?.model,
    )?.details;
    lastMark = details?.droppedMessages ? (details.memoryBegins ?? null) : null;
  }
  return lastMark;
}
