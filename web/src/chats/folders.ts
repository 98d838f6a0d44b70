/** The folders as the page knows them, and the chats of those that are unfolded in the list. */
import { browser } from "../ui/storage.ts";
import { createStore } from "../ui/store.ts";
import type { Folder, Listed } from "./api.ts";
import * as api from "./api.ts";
import { pages } from "./pages.ts";
import { attempt, withEntry } from "./store.ts";

/** Ids of those that are unfolded, from visit to visit. */
const KEY = "charla.folders";
/** Chats that are loaded at first, and more at a time. */
const STEP = 50;

/** The chats of a folder that is unfolded. */
interface Inside {
  readonly items: readonly Listed[];
  readonly nextCursor: string | null;
  /** How many the reader has asked for. */
  readonly wanted: number;
}
const UNREAD: Inside = { items: [], nextCursor: null, wanted: STEP };

interface State {
  readonly folders: readonly Folder[];
  /** By folder. */
  readonly unfolded: Readonly<Record<string, Inside>>;
}

const recalled = (browser.recall(KEY) ?? "").split(" ").filter(Boolean);

export const store = createStore<State>({
  folders: [],
  unfolded: Object.fromEntries(recalled.map((id) => [id, UNREAD])),
});
const { get, set } = store;

const collator = new Intl.Collator(undefined, { numeric: true });

/** By name. */
export async function refreshFolders(): Promise<void> {
  const folders = await api.folders();
  set({ folders: folders.toSorted((one, two) => collator.compare(one.name, two.name)) });
  const gone = Object.keys(get().unfolded).filter((id) => !folders.some((one) => one.id === id));
  for (const id of gone) put(id, null);
}

/** Reads the chats of all that are unfolded. */
export async function refreshUnfolded(signal: AbortSignal): Promise<void> {
  await Promise.all(Object.keys(get().unfolded).map((id) => read(id, signal)));
}

async function read(id: string, signal = new AbortController().signal): Promise<void> {
  const { wanted = STEP } = get().unfolded[id] ?? {};
  const { items, nextCursor } = await pages("", id, wanted, signal);
  if (get().unfolded[id] && !signal.aborted) put(id, { items, nextCursor, wanted });
}

function put(id: string, inside: Inside | null): void {
  set({ unfolded: withEntry(get().unfolded, id, inside) });
  browser.remember(KEY, Object.keys(get().unfolded).join(" ") || null);
}

export function toggle(id: string): void {
  const folded = !get().unfolded[id];
  put(id, folded ? UNREAD : null);
  if (folded) void attempt(() => read(id));
}

export function loadMoreOf(id: string): void {
  const inside = get().unfolded[id];
  if (!inside) return;
  put(id, { ...inside, wanted: inside.items.length + STEP });
  void attempt(() => read(id));
}

/** The chats that stand in unfolded folders. */
export const foldedIn = (): readonly Listed[] =>
  Object.values(get().unfolded).flatMap(({ items }) => items);

/** Changes what is known of them. */
export function putInFolders(change: (one: Listed) => Listed): void {
  const entries = Object.entries(get().unfolded);
  if (entries.length === 0) return;
  const changed = entries.map(([id, one]) => [id, { ...one, items: one.items.map(change) }]);
  set({ unfolded: Object.fromEntries(changed) });
}

/** What a folder is called; undefined for none, or one that is not known. */
export const folderName = (id: string | null): string | undefined =>
  get().folders.find((folder) => folder.id === id)?.name;
