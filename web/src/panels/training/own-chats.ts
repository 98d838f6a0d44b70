/** The reader's own chats as a file of training data: a line of JSON each. */
import type { Conversation, Folder } from "../../../../src/features/conversations/api.ts";
import { getJson } from "../../ui/json.ts";
import { judgedOf, likedOf, shownOf, type Thumbs } from "./chat-rows.ts";

export type Which = "chosen" | "folder" | "thumbs" | "judged";

export interface Wanted {
  readonly which: Which;
  /** Ids of those that are chosen. */
  readonly chats: readonly string[];
  readonly folder: string;
}

interface Listed {
  readonly id: string;
  readonly title: string;
}

/** Of a page of the list. */
const PAGE = 200;

/** Newest first. @param folder its id */
export async function listChats(folder?: string): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (folder) query.set("folder", folder);
    if (cursor) query.set("cursor", cursor);
    const path = `/api/conversations?${query}`;
    const page: { items: Listed[]; nextCursor: string | null } = await getJson(path);
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return found;
}

export const listFolders = async (): Promise<readonly Folder[]> =>
  (await getJson<{ items: Folder[] }>("/api/folders")).items;

/** @param tell how many chats are read, of how many */
export async function rowsOf(
  { which, chats, folder }: Wanted,
  tell: (done: number, total: number) => void,
): Promise<string> {
  const byThumb = which === "thumbs" || which === "judged";
  const thumbs = byThumb ? await thumbsGiven() : new Map<string, Thumbs>();
  const folderChats = which === "folder" ? (await listChats(folder)).map(({ id }) => id) : [];
  const ids = byThumb ? [...thumbs.keys()] : which === "folder" ? folderChats : chats;
  const lines: string[] = [];
  for (const [at, id] of ids.entries()) {
    tell(at, ids.length);
    const chat = await getJson<Conversation>(`/api/conversations/${id}`);
    const given = thumbs.get(id) ?? new Map();
    const rows =
      which === "judged"
        ? judgedOf(chat, given)
        : (which === "thumbs" ? likedOf(chat, given) : [shownOf(chat)]).map((messages) => ({
            messages,
          }));
    lines.push(...rows.map((row) => JSON.stringify({ id, ...row })));
  }
  return lines.join("\n");
}

async function thumbsGiven(): Promise<ReadonlyMap<string, Thumbs>> {
  type Thumb = { message: string; conversation: string; thumb: "up" | "down" };
  const { items } = await getJson<{ items: Thumb[] }>("/api/thumbs");
  const found = new Map<string, Map<string, "up" | "down">>();
  for (const { message, conversation, thumb } of items)
    found.set(conversation, (found.get(conversation) ?? new Map()).set(message, thumb));
  return found;
}
