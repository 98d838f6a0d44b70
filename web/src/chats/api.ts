/** The routes of the conversations feature; `src/features/conversations/api.ts` describes them. */
import type { Brought, BroughtImage } from "../../../src/core/parts.ts";
import type {
  ChatMessage,
  Conversation,
  ExportFile,
  Folder,
  Listed,
  Removed,
  Settings,
  SeveralReply,
  StreamEvent,
  Summary,
} from "../../../src/features/conversations/api.ts";
import { request } from "../chat/problem.ts";
import { getJson, sendJson } from "../ui/json.ts";

export type { ChatMessage, Conversation, Folder, Listed, Settings, StreamEvent, Summary };
/** In the engine's queue. */
export type Place = Omit<Extract<StreamEvent, { type: "waiting" }>, "type">;

export interface Page {
  readonly items: readonly Listed[];
  readonly nextCursor: string | null;
  readonly total?: number;
}
export type NewTurn =
  | { content: string; parentId: string | null; parts?: readonly (Brought | BroughtImage)[] }
  | { answerTo: string; model?: string }
  | { continues: string };
export type Headers = Readonly<Record<string, string>>;
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

/** @param folder the id of one, or "none" for chats that are in no folder; a search goes over all */
export function list(
  q: string,
  folder: string,
  cursor: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<Page> {
  if (q !== "") {
    const body = { q, limit, ...(cursor !== null && { cursor }) };
    return sendJson("POST", `${base}/search`, body, signal);
  }
  const query = new URLSearchParams({ limit: String(limit), folder });
  if (cursor !== null) query.set("cursor", cursor);
  return getJson(`${base}?${query}`, signal);
}

/** The whole chat if it is short, else the newest of its branch. @param before of those above this one */
export function read(
  id: string,
  signal: AbortSignal,
  last = FIRST,
  before?: string,
): Promise<Conversation> {
  const query = new URLSearchParams({ last: String(last), ...(before && { before }) });
  return getJson<Conversation>(`${at(id)}?${query}`, signal);
}
/** Messages that a chat is opened with. */
export const FIRST = 60;
export const create = (settings: Settings, signal: AbortSignal) =>
  sendJson<Conversation>("POST", base, { settings }, signal);
export const patch = (id: string, body: Patch) => sendJson<Summary>("PATCH", at(id), body);
export const remove = (id: string) => sendJson<void>("DELETE", at(id));

/** Ids of chats, or all that there are. */
export type Which = readonly string[] | "all";
type Several =
  | { do: "delete" | "archive" | "unarchive"; which: Which }
  | { do: "move"; which: Which; folderId: string | null }
  | { do: "restore"; at: string };
export const several = (body: Several) => sendJson<SeveralReply>("POST", `${base}/several`, body);
export const exported = async (ids: readonly string[]) =>
  (await request(`${base}/export`, { method: "POST", body: JSON.stringify({ ids }) })).blob();

/** Stores a chat that the page has made. @returns its id */
export async function keep(chat: ExportFile["conversations"][number]): Promise<string> {
  const file: ExportFile = {
    ...{ format: "charla.conversations", version: 1, exportedAt: new Date().toISOString() },
    conversations: [chat],
  };
  const { imported } = await sendJson<{ imported: Summary[] }>("POST", `${base}/import`, file);
  return imported[0]?.id ?? "";
}

const folderBase = "/api/folders";
const folderAt = (id: string) => `${folderBase}/${encodeURIComponent(id)}`;
export const folders = async () => (await getJson<{ items: Folder[] }>(folderBase)).items;
export const createFolder = (name: string) => sendJson<Folder>("POST", folderBase, { name });
export const renameFolder = (id: string, name: string) =>
  sendJson<Folder>("PATCH", folderAt(id), { name });
export const removeFolder = (id: string) => sendJson<void>("DELETE", folderAt(id));

export const turn = (id: string, body: NewTurn, headers: Headers, signal: AbortSignal) =>
  sendJson<Turn>("POST", `${at(id)}/turns`, body, signal, headers);
export const stop = (id: string, message: string) =>
  sendJson<ChatMessage>("POST", `${messageAt(id, message)}/stop`);
export const saveVersion = (id: string, message: string, content: string) =>
  sendJson<ChatMessage>("POST", `${messageAt(id, message)}/edit`, { content });
export const removeMessage = (id: string, message: string) =>
  sendJson<Removed>("DELETE", messageAt(id, message));
export const restoreMessage = (id: string, message: string) =>
  sendJson<object>("POST", `${messageAt(id, message)}/restore`, {});
export const fork = (id: string, message: string, title: string) =>
  sendJson<Summary>("POST", `${messageAt(id, message)}/fork`, { title });
export const streamUrl = (id: string, message: string, from: number) =>
  `${messageAt(id, message)}/stream?from=${from}`;
