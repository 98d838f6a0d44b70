/**
 * Chats put in order: archived, moved, deleted, one or several at once or all; and the choice of
 * several in the list.
 */
import { t } from "../chat/language.ts";
import type { Item } from "../room.ts";
import { createStore } from "../ui/store.ts";
import { showToast } from "../ui/toast.tsx";
import type { Folder } from "./api.ts";
import * as api from "./api.ts";
import { foldedIn, folderName, refreshFolders } from "./folders.ts";
import { refreshList } from "./list.ts";
import { open } from "./open.ts";
import { attempt, store as chats } from "./store.ts";

/** What the reader is asked in a dialog. */
export type Question =
  | { readonly about: "move"; readonly chats: readonly string[] }
  | { readonly about: "rename"; readonly chat: string; readonly title: string }
  | { readonly about: "delete all" }
  | { readonly about: "folder"; readonly folder: Folder | null }
  | { readonly about: "delete folder"; readonly folder: Folder };

export const store = createStore<{
  /** Ids of the chats that are chosen in the list; null while none can be. */
  readonly chosen: ReadonlySet<string> | null;
  readonly question: Question | null;
}>({ chosen: null, question: null });

export const ask = (question: Question | null) => store.set({ question });
export const choose = (ids: Iterable<string> | null) => store.set({ chosen: ids && new Set(ids) });

export function toggleChosen(id: string): void {
  const chosen = new Set(store.get().chosen);
  if (!chosen.delete(id)) chosen.add(id);
  choose(chosen);
}

/** In the menu above the list, before and behind what the rooms have for it. */
export const LIST_ITEMS: { readonly first: readonly Item[]; readonly last: readonly Item[] } = {
  first: [
    {
      icon: "folder",
      label: { en: "New folder", es: "Nueva carpeta" },
      run: () => ask({ about: "folder", folder: null }),
    },
    {
      icon: "select",
      label: { en: "Select chats", es: "Seleccionar chats" },
      offered: () => chats.get().list.length + foldedIn().length > 0,
      run: () => choose([]),
    },
  ],
  last: [
    {
      icon: "trash",
      label: { en: "Delete all chats…", es: "Eliminar todos los chats…" },
      danger: true,
      run: () => ask({ about: "delete all" }),
    },
  ],
};

export const readShelf = () => attempt(refreshFolders);

async function refresh(): Promise<void> {
  await Promise.all([refreshList(), refreshFolders()]);
}

/** Of several, or of the only one. */
const counted = (one: "deleted" | "archived" | "unarchived" | "moved", n: number, more = {}) =>
  t(n === 1 ? `shelf.${one}One` : `shelf.${one}`, { n, ...more });

/** @param yes false brings them back into the list */
export const archive = (ids: readonly string[], yes: boolean) =>
  attempt(async () => {
    const { count } = await api.several({ do: yes ? "archive" : "unarchive", which: ids });
    choose(null);
    const { chat } = chats.get();
    if (chat && ids.includes(chat.id)) chats.set({ chat: { ...chat, archived: yes } });
    await refresh();
    const action = { label: t("undo"), run: () => void archive(ids, !yes) };
    showToast({ text: counted(yes ? "archived" : "unarchived", count), action });
  });

/** @param folderId null takes them out of theirs */
export const move = (ids: readonly string[], folderId: string | null) =>
  attempt(async () => {
    const { count } = await api.several({ do: "move", which: ids, folderId });
    choose(null);
    const { chat } = chats.get();
    if (chat && ids.includes(chat.id)) chats.set({ chat: { ...chat, folderId } });
    await refresh();
    const name = folderName(folderId);
    showToast({
      text: name === undefined ? t("shelf.movedOut") : counted("moved", count, { name }),
    });
  });

export const remove = (which: api.Which) =>
  attempt(async () => {
    const { asked, openId, list } = chats.get();
    const goes = (id: string) => which === "all" || which.includes(id);
    for (const [id, { abort }] of Object.entries(asked)) if (goes(id)) abort.abort();
    const { at, count } = await api.several({ do: "delete", which });
    choose(null);
    chats.set({ list: list.filter(({ id }) => !goes(id)) });
    if (openId !== null && goes(openId)) {
      chats.set({ chat: null });
      void open(null);
    }
    const restore = async () => {
      await api.several({ do: "restore", at });
      await refresh();
    };
    const action = { label: t("undo"), run: () => void attempt(restore) };
    showToast({ text: counted("deleted", count), action });
    await refresh();
  });

/** One file with all of them. */
export const exportSeveral = (ids: readonly string[]) =>
  attempt(async () => {
    const url = URL.createObjectURL(await api.exported(ids));
    const link = document.createElement("a");
    link.href = url;
    link.download = "charla.json";
    link.click();
    URL.revokeObjectURL(url);
    choose(null);
  });

/** What throws is shown in the form. */
export async function saveFolder(folder: Folder | null, name: string): Promise<Folder> {
  const saved = folder ? await api.renameFolder(folder.id, name) : await api.createFolder(name);
  await refreshFolders();
  return saved;
}

/** Its chats are in the list again. */
export async function removeFolder({ id }: Folder): Promise<void> {
  await api.removeFolder(id);
  const { chat } = chats.get();
  if (chat?.folderId === id) chats.set({ chat: { ...chat, folderId: null } });
  await refresh();
}
