/**
 * Rows of the tables, and what they say over HTTP. Here texts are sealed and opened, each for its
 * own place, so that none can be moved to another row or column.
 */
import type { Part } from "../../core/parts.ts";
import type { Sealer } from "../../core/vault.ts";
import type { ChatMessage, Conversation, Settings, Summary } from "./api.ts";
import type { ConversationRow, MessageRow } from "./tables.ts";
import { cleanTitle } from "./titles.ts";

/** Where a sealed text stands. */
export const place = (
  table: "conversation" | "message" | "folder",
  id: string,
  column: "name" | "title" | "settings" | "origin" | "content" | "parts" | "details" | "error",
) => `${table}/${id}/${column}`;

/** A title as columns; text that leaves nothing is no title. */
export function titled(sealer: Sealer, id: string, text: string, source: Summary["titleSource"]) {
  const title = cleanTitle(text);
  return {
    title: sealer.seal(title, place("conversation", id, "title")),
    title_source: title === "" ? "none" : source,
  } as const;
}

export const sealSettings = (sealer: Sealer, id: string, settings: Settings) =>
  sealer.seal(JSON.stringify(settings), place("conversation", id, "settings"));

export const openSettings = (sealer: Sealer, { id, settings }: ConversationRow): Settings =>
  JSON.parse(sealer.open(settings, place("conversation", id, "settings")));

export const openTitle = (sealer: Sealer, { id, title }: Pick<ConversationRow, "id" | "title">) =>
  sealer.open(title, place("conversation", id, "title"));

export const sealName = (sealer: Sealer, id: string, name: string) =>
  sealer.seal(name, place("folder", id, "name"));

export const openName = (sealer: Sealer, { id, name }: { id: string; name: string }) =>
  sealer.open(name, place("folder", id, "name"));

/** Which chat of which product it was, as `importing/origins.ts` writes it. */
export const sealOrigin = (sealer: Sealer, id: string, origin: string) =>
  sealer.seal(origin, place("conversation", id, "origin"));

export const openOrigin = (sealer: Sealer, id: string, origin: string) =>
  sealer.open(origin, place("conversation", id, "origin"));

export function toRow(
  owner: string,
  sealer: Sealer,
  conversation: Conversation,
  origin?: string,
): ConversationRow {
  const { id } = conversation;
  return {
    id,
    owner,
    ...titled(sealer, id, conversation.title, conversation.titleSource),
    pinned: Number(conversation.pinned),
    archived: Number(conversation.archived),
    folder_id: conversation.folderId,
    settings: sealSettings(sealer, id, conversation.settings),
    current_id: conversation.currentId,
    created_at: conversation.createdAt,
    updated_at: conversation.updatedAt,
    deleted_at: null,
    origin: origin === undefined ? null : sealOrigin(sealer, id, origin),
    sealed: 1,
  };
}

export function toSummary(sealer: Sealer, row: ConversationRow, snippet: string | null): Summary {
  return {
    id: row.id,
    title: openTitle(sealer, row),
    titleSource: row.title_source,
    pinned: row.pinned === 1,
    archived: row.archived === 1,
    folderId: row.folder_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    snippet,
  };
}

export function toConversation(
  sealer: Sealer,
  row: ConversationRow,
  messages: ChatMessage[],
): Conversation {
  const settings = openSettings(sealer, row);
  return { ...toSummary(sealer, row, null), settings, currentId: row.current_id, messages };
}

export const openContent = (sealer: Sealer, { id, content }: Pick<MessageRow, "id" | "content">) =>
  sealer.open(content, place("message", id, "content"));

/** @param live answers that this process is writing; others that "run" were cut by a crash */
export function toMessage(sealer: Sealer, row: MessageRow, live: ReadonlySet<string>): ChatMessage {
  const { id } = row;
  const cut = row.status === "running" && !live.has(id);
  const read = (column: "parts" | "details" | "error") => {
    const sealed = row[column];
    return sealed === null ? null : JSON.parse(sealer.open(sealed, place("message", id, column)));
  };
  const parts: Part[] | null = read("parts");
  return {
    id,
    parentId: row.parent_id,
    role: row.role,
    content: openContent(sealer, row),
    ...(parts && { parts }),
    createdAt: row.created_at,
    status: cut ? "interrupted" : row.status,
    details: read("details"),
    error: read("error"),
  };
}

export const sealParts = (sealer: Sealer, id: string, parts: readonly Part[] = []) =>
  parts.length === 0 ? null : sealer.seal(JSON.stringify(parts), place("message", id, "parts"));

/** What is sealed of a message, as columns. */
export function sealMessage(
  sealer: Sealer,
  message: Pick<ChatMessage, "id" | "content" | "parts" | "details" | "error">,
) {
  const { id, content, parts, details, error } = message;
  const write = (column: "details" | "error", value: object | null) =>
    value && sealer.seal(JSON.stringify(value), place("message", id, column));
  return {
    content: sealer.seal(content, place("message", id, "content")),
    parts: sealParts(sealer, id, parts),
    details: write("details", details),
    error: write("error", error),
  };
}

export function toMessageRow(
  sealer: Sealer,
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
    ...sealMessage(sealer, message),
    created_at: message.createdAt,
    status: message.status,
    sealed: 1,
    deleted_at: null,
  };
}
