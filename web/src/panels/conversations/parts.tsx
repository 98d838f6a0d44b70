/**
 * What a conversation adds to the core's rows: editing and branches, the state of an answer, and
 * the mark where the model's memory begins. Markdown and details come from their own rooms.
 */
import type { ComponentType } from "react";
import { queueWords } from "../../../../src/locales/queue.ts";
import { language, t } from "../../chat/language.ts";
import type { Problem } from "../../chat/problem.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { asSeen, useReveal } from "../../ui/reveal.ts";
import { Seen } from "../../ui/Seen.tsx";
import type { ChatMessage, Conversation, Place } from "./api.ts";
import { regenerate, resend } from "./ask.ts";
import { walk } from "./open.ts";
import * as chats from "./store.ts";
import { branchTo, siblingsOf } from "./tree.ts";

type Props = { message: ChatMessage };
type Markdown = ComponentType<{ text: string; running: boolean }>;
type Details = ComponentType<{ details: NonNullable<ChatMessage["details"]> }>;

export function MessageText({ message, Markdown }: Props & { Markdown: Markdown }) {
  const editing = chats.store.use((state) => chats.editOf(state)?.id === message.id);
  if (editing) return <Editor message={message} />;
  if (message.role === "user")
    return (
      <div className="plain">
        <Seen text={message.content} />
      </div>
    );
  const running = message.status === "running";
  if (running && message.content === "") return <Waiting message={message} />;
  return <Markdown text={message.content} running={running} />;
}

export function MessageFoot({ message, Details }: Props & { Details: Details }) {
  useReveal();
  const editing = chats.store.use((state) => chats.editOf(state)?.id === message.id);
  if (editing) return null;
  return (
    <>
      {message.role === "assistant" && <Ending message={message} />}
      {message.status !== "running" && (
        <div className="actions">
          <Branches message={message} />
          {message.content !== "" && (
            <CopyButton text={asSeen(message.content)} label={t("copy")} />
          )}
          {message.role === "assistant" && message.content !== "" && (
            <CopyButton icon="tag" text={labelled(message)} label={t("copy.labelled")} />
          )}
          {message.role === "user" ? (
            <IconButton
              icon="edit"
              label={t("edit")}
              onClick={() => chats.edit({ id: message.id, text: asSeen(message.content) })}
            />
          ) : (
            <>
              <IconButton
                icon="refresh"
                label={t("regenerate")}
                onClick={() => void regenerate(message)}
              />
              {message.details?.model && <Details details={message.details} />}
            </>
          )}
        </div>
      )}
    </>
  );
}

/** With a line that says to whoever reads it elsewhere that no person has written it. */
function labelled({ content, details, createdAt }: ChatMessage): string {
  const model = details?.modelName ?? details?.model ?? "Charla";
  const day = new Intl.DateTimeFormat(language(), { dateStyle: "long" });
  return `${asSeen(content)}\n\n— ${t("copy.label", { model, date: day.format(new Date(createdAt)) })}`;
}

function Waiting({ message }: Props) {
  const connected = chats.store.use((state) => state.connected);
  const place = chats.store.use(({ waiting }) =>
    waiting?.answerId === message.id ? waiting : null,
  );
  return (
    <p className="waiting" aria-live="polite">
      <span className="pulse" aria-hidden="true" />
      {connected && place
        ? placeText(place)
        : t(connected ? "answer.waiting" : "answer.reconnecting")}
    </p>
  );
}

/** "2nd in line, about 10 s" */
function placeText(waiting: Place): string {
  const { place, time } = queueWords(waiting, language());
  return time === undefined
    ? t("answer.place", { place })
    : t("answer.placeAndTime", { place, time });
}

/** How an answer ended, when it is not simply complete. */
function Ending({ message }: Props) {
  const { status, error, details } = message;
  const connected = chats.store.use((state) => state.connected);
  if (status === "running") {
    const lost = !connected && message.content !== "";
    return lost ? <p className="note">{t("answer.reconnecting")}</p> : null;
  }
  if (status === "failed" && error) return <Failure problem={error} message={message} />;
  if (status === "interrupted")
    return (
      <div className="note warn">
        <Icon name="warn" />
        <span>{t("answer.interrupted")}</span>
        <Retry message={message} />
      </div>
    );
  if (status === "stopped") return <p className="note">{t("answer.stopped")}</p>;
  return details?.finishReason === "length" ? <p className="note">{t("answer.length")}</p> : null;
}

const Failure = ({ problem, message }: { problem: Problem; message: ChatMessage }) => (
  <div className="problem" role="alert">
    <ProblemText problem={problem} />
    <Retry message={message} />
  </div>
);

const Retry = ({ message }: Props) => (
  <button type="button" className="secondary" onClick={() => void regenerate(message)}>
    <Icon name="refresh" />
    {t("retry")}
  </button>
);

/** "‹ 2/3 ›": the other messages that stand in the same place. */
function Branches({ message }: Props) {
  const ids = chats.store.use(({ chat }) =>
    siblingsOf(chat?.messages ?? [], message)
      .map(({ id }) => id)
      .join(" "),
  );
  const siblings = ids.split(" ");
  if (siblings.length < 2) return null;
  const at = siblings.indexOf(message.id);
  const go = (step: number, icon: IconName, label: string) => (
    <IconButton
      icon={icon}
      label={label}
      disabled={siblings[at + step] === undefined}
      onClick={() => void walk(siblings[at + step] ?? message.id)}
    />
  );
  return (
    <span className="branches">
      {go(-1, "left", t("branch.previous"))}
      <span aria-hidden="true">
        {at + 1}/{siblings.length}
      </span>
      <span className="sr-only">{t("branch.place", { at: at + 1, n: siblings.length })}</span>
      {go(1, "right", t("branch.next"))}
    </span>
  );
}

function Editor({ message }: Props) {
  const text = chats.store.use((state) => chats.editOf(state)?.text ?? "");
  const busy = chats.store.use(chats.isBusy);
  const sendable = !busy && text.trim() !== "";
  const save = () => {
    if (sendable) void resend(message, text);
  };
  return (
    <form className="editor" action={save}>
      <textarea
        value={text}
        dir="auto"
        aria-label={t("edit.label")}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here
        autoFocus
        onFocus={({ target }) => target.setSelectionRange(text.length, text.length)}
        rows={Math.min(12, text.split("\n").length + 1)}
        onChange={({ target }) => chats.edit({ id: message.id, text: target.value })}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            chats.edit(null);
          }
          // Safari ends a composition with an Enter that only this old code tells apart.
          const composing = event.nativeEvent.isComposing || event.keyCode === 229;
          if (event.key !== "Enter" || event.shiftKey || composing) return;
          event.preventDefault();
          save();
        }}
      />
      <div className="editor-foot">
        <p className="hint">{t("edit.hint")}</p>
        <button type="button" className="quiet" onClick={() => chats.edit(null)}>
          {t("cancel")}
        </button>
        <button type="submit" className="primary" disabled={!sendable}>
          {t("composer.send")}
        </button>
      </div>
    </form>
  );
}

/** Stands above the oldest message that the model saw when it gave the last answer. */
export function MemoryMark({ message }: Props) {
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
    const details = branchTo(chat?.messages ?? [], chat?.currentId ?? null).findLast(
      (message) => message.details?.model,
    )?.details;
    lastMark = details?.droppedMessages ? (details.memoryBegins ?? null) : null;
  }
  return lastMark;
}
