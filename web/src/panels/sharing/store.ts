/** What may be shared here, and what the reader lets others see; read when the page opens. */
import type {
  Conversation,
  Grant,
  SharedChat,
  Sharing,
} from "../../../../src/features/conversations/api.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";

export type { Conversation, Grant, SharedChat };

/** Null where nothing can be shared, or nobody knows yet. */
export const store = createStore<{ sharing: Sharing | null }>({ sharing: null });

export const load = async () => store.set({ sharing: await getJson<Sharing>("/api/sharing") });

/** Whether there is anything to choose or to take back. */
export const isOffered = ({ sharing }: { sharing: Sharing | null }) =>
  sharing !== null &&
  (sharing.links !== null || sharing.support !== null || sharing.shares.length > 0);

const at = (chat: string) => `/api/conversations/${encodeURIComponent(chat)}`;

/** The token stands behind "#", which no browser sends to any server. */
export async function makeLink(chat: string, days: number): Promise<string> {
  const { token } = await sendJson<{ token: string }>("POST", `${at(chat)}/shares`, { days });
  await load();
  return `${location.origin}/shared#${token}`;
}

export async function letSupportIn(chat: string, hours: number, reason: string): Promise<void> {
  await sendJson<Grant>("POST", `${at(chat)}/support`, { hours, reason });
  await load();
}

export async function revoke(kind: "shares" | "support", id: string): Promise<void> {
  await sendJson<void>("DELETE", `/api/${kind}/${encodeURIComponent(id)}`);
  await load();
}

export const openShared = (token: string) => sendJson<SharedChat>("POST", "/api/shared", { token });

export const listGrants = () => getJson<{ grants: readonly Grant[] }>("/api/support");
export const readGranted = (id: string) =>
  getJson<Conversation>(`/api/support/${encodeURIComponent(id)}/conversation`);
