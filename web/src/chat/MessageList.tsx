/**
 * The conversation as a list, in the manner of a Spanish dialogue: a dash opens what the reader
 * says. What a row shows beyond that is up to the page.
 */
import type { ComponentType } from "react";
import { t, useLanguage } from "./language.ts";

export interface Entry {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly content: string;
}

interface ListProps<Message> {
  readonly messages: readonly Message[];
  /** Memoised, so that only the message that changes is rendered again. */
  readonly Row: ComponentType<{ message: Message }>;
}

export function MessageList<Message extends Entry>({ messages, Row }: ListProps<Message>) {
  useLanguage();
  return messages.map((message) => (
    <article key={message.id} className={`message ${message.role}`} data-id={message.id}>
      <h2 className="sr-only">{t(`role.${message.role}`)}</h2>
      <Row message={message} />
    </article>
  ));
}
