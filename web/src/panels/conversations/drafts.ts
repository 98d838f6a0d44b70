/** What was written and not sent, for each chat; it stays in this browser. */
import { createStore } from "../../ui/store.ts";

const key = (chat: string | null) => `charla.draft.${chat ?? "new"}`;
const store = createStore<{ changes: number }>({ changes: 0 });

export const draftOf = (chat: string | null) => localStorage.getItem(key(chat)) ?? "";

export function saveDraft(chat: string | null, text: string): void {
  if (text === "") localStorage.removeItem(key(chat));
  else localStorage.setItem(key(chat), text);
  store.set({ changes: store.get().changes + 1 });
}

export function useDraft(chat: string | null): string {
  store.use(({ changes }) => changes);
  return draftOf(chat);
}
