/**
 * The conversation as a list, in the manner of a Spanish dialogue: a dash opens what the reader
 * says. A row is rendered again only when its message changes.
 */
import { type ComponentType, memo } from "react";
import { t, useLanguage } from "./language.ts";

export interface Entry {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly content: string;
}

/** What a row shows; components, not functions, so that they can follow state of their own. */
export interface Parts<Message> {
  readonly Text?: ComponentType<{ message: Message }>;
  readonly Above?: ComponentType<{ message: Message }>;
  readonly Below?: ComponentType<{ message: Message }>;
}

interface Props<Message> {
  readonly messages: readonly Message[];
  /** Must be the same object every time. */
  readonly parts: Parts<Message>;
}

export function MessageList<Message extends Entry>({ messages, parts }: Props<Message>) {
  useLanguage();
  return (
    <ol className="messages">
      {messages.map((message) => (
        <li key={message.id} className={`message ${message.role}`} data-id={message.id}>
          <Row message={message} parts={parts as Parts<Entry>} />
        </li>
      ))}
    </ol>
  );
}

const Row = memo(function Row({ message, parts }: { message: Entry; parts: Parts<Entry> }) {
  useLanguage();
  const { Above, Text = Plain, Below } = parts;
  return (
    <>
      {Above && <Above message={message} />}
      <h2 className="sr-only">{t(`role.${message.role}`)}</h2>
      <Text message={message} />
      {Below && <Below message={message} />}
    </>
  );
});

export function Plain({ message }: { message: Entry }) {
  return (
    <div className="plain" dir="auto">
      {message.content}
    </div>
  );
}
