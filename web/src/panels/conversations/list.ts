/** The list of chats, and what can be done with a chat without opening it. */
import { t } from "../../chat/language.ts";
import { failure, toProblem } from "../../chat/problem.ts";
import { showToast } from "../../ui/toast.tsx";
import type { Summary } from "./api.ts";
import * as api from "./api.ts";
import { attempt, store } from "./store.ts";

const { get, set } = store;

/** Chats that are loaded at first, and more at a time. */
const STEP = 50;
/** As the server limits it. */
const MOST_AT_ONCE = 200;

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
  const list: Summary[] = [];
  let nextCursor: string | null = null;
  try {
    do {
      const limit = Math.min(MOST_AT_ONCE, wanted - list.length);
      const page: api.Page = await api.list(query, nextCursor, limit, signal);
      list.push(...page.items);
      nextCursor = page.nextCursor;
    } while (nextCursor !== null && list.length < wanted);
    set({ list, nextCursor, listed: true });
  } catch (thrown) {
    if (!signal.aborted) set({ problem: toProblem(thrown) });
  }
}

function putSummary({ id, title, titleSource, pinned, updatedAt }: Summary): void {
  const { list, chat } = get();
  const put = (one: Summary) => (one.id === id ? { ...one, title, titleSource, pinned } : one);
  set({ list: list.map(put) });
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
  const summary = list.find(({ id }) => id === chat?.id);
  if (summary && summary.title !== chat?.title) putSummary(summary);
}

export const importFile = (file: File) =>
  attempt(async () => {
    const content = await file.text();
    let parsed: unknown;
    try {
      parsed = JSON.parse(content);
    } catch {
      const hint = t("import.notJson.hint");
      throw failure({
        code: "import_not_json",
        message: t("import.notJson", { name: file.name }),
        hint,
        retryable: false,
        params: {},
      });
    }
    const { imported } = await api.importFile(parsed);
    showToast({ text: t("import.done", { n: imported.length }) });
    await refreshList();
  });
