/**
 * Rows of the tables, and what they say over HTTP.
 */
import type { ChatMessage, Conversation, Summary } from "./api.ts";
import { fold } from "./search.ts";
import type { ConversationRow, MessageRow } from "./tables.ts";
import { cleanTitle } from "./titles.ts";

/** A title as columns; text that leaves nothing is no title. */
export function titled(text: string, source: Summary["titleSource"]) {
  const title = cleanTitle(text);
  return { title, title_source: title === "" ? "none" : source, folded: fold(title) } as const;
}

export function toRow(owner: string, conversation: Conversation): ConversationRow {
  return {
    id: conversation.id,
    owner,
    ...titled(conversation.title, conversation.titleSource),
    pinned: Number(conversation.pinned),
    settings: JSON.stringify(conversation.settings),
    current_id: conversation.currentId,
    created_at: conversation.createdAt,
    updated_at: conversation.updatedAt,
    deleted_at: null,
  };
}

export function toSummary(row: ConversationRow, snippet: string | null): Summary {
  return {
    id: row.id,
    title: row.title,
    titleSource: row.title_source,
    pinned: row.pinned === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    snippet,
  };
}

export function toConversation(row: ConversationRow, messages: ChatMessage[]): Conversation {
  const settings = JSON.parse(row.settings);
  return { ...toSummary(row, null), settings, currentId: row.current_id, messages };
}

/** @param live answers that this process is writing; others that "run" were cut by a crash */
export function toMessage(row: MessageRow, live: ReadonlySet<string>): ChatMessage {
  const cut = row.status === "running" && !live.has(row.id);
  return {
    id: row.id,
    parentId: row.parent_id,
    role: row.role,
    content: row.content,
    createdAt: row.created_at,
    status: cut ? "interrupted" : row.status,
    details: row.details === null ? null : JSON.parse(row.details),
    error: row.error === null ? null : JSON.parse(row.error),
  };
}

export function toMessageRow(
  message: ChatMessage,
  conversationId: string,
  position: number,
): MessageRow {
  return {
    id: message.id,
    conversation_id: conversationId,
    position,
    parent_id: message.parentId,
    role: message.role,
    content: message.content,
    folded: fold(message.content),
    created_at: message.createdAt,
    status: message.status,
    details: message.details && JSON.stringify(message.details),
    error: message.error && JSON.stringify(message.error),
  };
}
