/** The list of chats, and what can be done with a chat without opening it. */
import { toProblem } from "../chat/problem.ts";
import type { Listed, Summary } from "./api.ts";
import * as api from "./api.ts";
import { foldedIn, putInFolders, refreshUnfolded } from "./folders.ts";
import { pages } from "./pages.ts";
import { attempt, store } from "./store.ts";

const { get, set } = store;

/** Chats that are loaded at first, and more at a time. */
const STEP = 50;
const LONG_MS = 10_000;

let wanted = STEP;
let listing = new AbortController();

export async function search(query: string): Promise<void> {
  wanted = STEP;
  set({ query });
  await refreshList();
}

export async function loadMore(): Promise<void> {
  wanted = get().list.length + STEP;
  await refreshList();
}

/** Reads as much of the list as the reader has asked for; the latest call wins. */
export async function refreshList(): Promise<void> {
  listing.abort();
  listing = new AbortController();
  const { signal } = listing;
  const query = get().query.trim();
  try {
    const { items: list, ...more } = await pages(query, "none", wanted, signal);
    set({ list, ...more, listed: true });
    await refreshUnfolded(signal);
  } catch (thrown) {
    if (!signal.aborted) set({ problem: toProblem(thrown) });
  }
}

function putSummary({ id, title, titleSource, pinned, updatedAt }: Summary): void {
  const { list, chat } = get();
  const put = (one: Listed) => (one.id === id ? { ...one, title, titleSource, pinned } : one);
  set({ list: list.map(put) });
  putInFolders(put);
  if (chat?.id === id) set({ chat: { ...chat, title, titleSource, pinned, updatedAt } });
}

export const rename = (id: string, title: string) =>
  attempt(async () => putSummary(await api.patch(id, { title })));

export const pin = (id: string, pinned: boolean) =>
  attempt(async () => {
    putSummary(await api.patch(id, { pinned }));
    await refreshList();
  });

/** Looks whether the open chat has got a title. */
export async function refreshTitle(): Promise<void> {
  await refreshList();
  const { chat, list } = get();
  if (!chat) return;
  // A search may leave it out of the list.
  const listed = [...list, ...foldedIn()].find(({ id }) => id === chat.id);
  const summary =
    listed ?? (await api.read(chat.id, AbortSignal.timeout(LONG_MS), 1).catch(() => null));
  if (summary && summary.title !== get().chat?.title) putSummary(summary);
}
