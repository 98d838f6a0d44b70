/** The routes of the conversations feature; `src/features/conversations/api.ts` describes them. */
import type {
  ChatMessage,
  Conversation,
  Settings,
  StreamEvent,
  Summary,
} from "../../../../src/features/conversations/api.ts";
import { getJson, sendJson } from "../../ui/json.ts";

export type { ChatMessage, Conversation, Settings, StreamEvent, Summary };
/** In the engine's queue. */
export type Place = Omit<Extract<StreamEvent, { type: "waiting" }>, "type">;

export interface Page {
  readonly items: readonly Summary[];
  readonly nextCursor: string | null;
}
export type NewTurn = { content: string; parentId: string | null } | { answerTo: string };
export interface Turn {
  readonly question: ChatMessage;
  readonly answer: ChatMessage;
}
export type Patch = Partial<Pick<Conversation, "title" | "pinned" | "settings">> & {
  readonly currentId?: string;
};

const base = "/api/conversations";
const at = (id: string) => `${base}/${encodeURIComponent(id)}`;
const messageAt = (id: string, message: string) =>
  `${at(id)}/messages/${encodeURIComponent(message)}`;

export function list(
  q: string,
  cursor: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<Page> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (q !== "") query.set("q", q);
  if (cursor !== null) query.set("cursor", cursor);
  return getJson(`${base}?${query}`, signal);
}

export const read = (id: string, signal: AbortSignal) => getJson<Conversation>(at(id), signal);
export const create = (settings: Settings, signal: AbortSignal) =>
  sendJson<Conversation>("POST", base, { settings }, signal);
export const patch = (id: string, body: Patch) => sendJson<Summary>("PATCH", at(id), body);
export const remove = (id: string) => sendJson<void>("DELETE", at(id));
export const restore = (id: string) => sendJson<Summary>("POST", `${at(id)}/restore`);
export const turn = (id: string, body: NewTurn, signal: AbortSignal) =>
  sendJson<Turn>("POST", `${at(id)}/turns`, body, signal);
export const stop = (id: string, message: string) =>
  sendJson<ChatMessage>("POST", `${messageAt(id, message)}/stop`);
export const streamUrl = (id: string, message: string, from: number) =>
  `${messageAt(id, message)}/stream?from=${from}`;
export const exportUrl = (id: string, format: "markdown" | "json") =>
  `${at(id)}/export?format=${format}`;
export const exportAllUrl = `${base}/export`;
export const importFile = (file: unknown) =>
  sendJson<{ imported: readonly Summary[] }>("POST", `${base}/import`, file);
