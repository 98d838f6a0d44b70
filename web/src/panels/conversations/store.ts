/**
 * The conversations as the page knows them, and everything that can be done with them. The server
 * owns them; what stands here is a copy that is refreshed when something happened.
 */
import { t } from "../../chat/language.ts";
import { failure, type Problem, toProblem } from "../../chat/problem.ts";
import { createStore } from "../../ui/store.ts";
import { showToast } from "../../ui/toast.tsx";
import type { ChatMessage, Conversation, NewTurn, Settings, Summary } from "./api.ts";
import * as api from "./api.ts";
import { draftOf } from "./drafts.ts";
import { followAnswer } from "./running.ts";
import { branchTo, leafBelow } from "./tree.ts";

export interface State {
  readonly list: readonly Summary[];
  readonly nextCursor: string | null;
  readonly listed: boolean;
  /** What the list is searched for; "" when it is not. */
  readonly query: string;
  /** The chat on the page; null for one that does not exist yet. */
  readonly openId: string | null;
  readonly chat: Conversation | null;
  /** Settings of a chat that does not exist yet. */
  readonly newSettings: Settings;
  readonly sending: boolean;
  /** False while the stream of a running answer is broken off. */
  readonly connected: boolean;
  readonly problem: Problem | null;
  /** Message whose text is being edited. */
  readonly editing: string | null;
  /** Id of the answer that ended last while the page looked on; it is announced. */
  readonly finished: string | null;
}

export const store = createStore<State>({
  list: [],
  nextCursor: null,
  listed: false,
  query: "",
  openId: null,
  chat: null,
  newSettings: {},
  sending: false,
  connected: true,
  problem: null,
  editing: null,
  finished: null,
});
const { get, set } = store;

/** The question that the model has not taken yet. */
let asking: AbortController | null = null;
let following = new AbortController();
let listing = new AbortController();

/** Runs something that the reader asked for, and shows it when it fails. */
async function attempt(action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (thrown) {
    set({ problem: toProblem(thrown) });
    return false;
  }
}

export const dismissProblem = () => set({ problem: null });
export const edit = (id: string | null) => set({ editing: id });

// The list

export async function search(query: string): Promise<void> {
  set({ query });
  await refreshList();
}

export async function refreshList(): Promise<void> {
  listing.abort();
  listing = new AbortController();
  const { signal } = listing;
  try {
    const page = await api.list(get().query.trim(), null, signal);
    set({ list: page.items, nextCursor: page.nextCursor, listed: true });
  } catch (thrown) {
    if (!signal.aborted) set({ problem: toProblem(thrown) });
  }
}

export const loadMore = () =>
  attempt(async () => {
    const page = await api.list(get().query.trim(), get().nextCursor);
    set({ list: [...get().list, ...page.items], nextCursor: page.nextCursor });
  });

function putSummary(summary: Summary): void {
  const { id, title, titleSource, pinned, updatedAt } = summary;
  const same = (one: Summary) => one.id === id;
  set({
    list: get().list.map((one) => (same(one) ? { ...one, title, titleSource, pinned } : one)),
  });
  const { chat } = get();
  if (chat?.id === id) set({ chat: { ...chat, title, titleSource, pinned, updatedAt } });
}

export const rename = (id: string, title: string) =>
  attempt(async () => putSummary(await api.patch(id, { title })));

export const pin = (id: string, pinned: boolean) =>
  attempt(async () => {
    putSummary(await api.patch(id, { pinned }));
    await refreshList();
  });

export const remove = (id: string) =>
  attempt(async () => {
    await api.remove(id);
    set({ list: get().list.filter((one) => one.id !== id) });
    if (get().openId === id) open(null);
    const restore = async () => {
      await api.restore(id);
      await refreshList();
    };
    const action = { label: t("undo"), run: () => void attempt(restore) };
    showToast({ text: t("conversation.deleted"), action });
  });

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

// The open chat

/** Shows a chat, or the empty page for a new one; `push` is false when the address says it. */
export async function open(id: string | null, push = true): Promise<void> {
  if (push && location.pathname !== pathOf(id)) history.pushState(null, "", pathOf(id));
  following.abort();
  const left = get().chat;
  const same = left?.id === id;
  // A chat in which nothing came about (its first question failed) would only clutter the list.
  if (left && !same && left.messages.length === 0 && draftOf(left.id) === "")
    void attempt(() => api.remove(left.id)).then(refreshList);
  set({ openId: id, problem: null, editing: null, finished: null, connected: true });
  if (!same) set({ chat: null, newSettings: {} });
  if (id !== null) await attempt(reload);
}

const pathOf = (id: string | null) => (id === null ? "/" : `/c/${encodeURIComponent(id)}`);

/** Which chat the address names. */
export function idInAddress(): string | null {
  const [, id] = /^\/c\/([^/]+)$/.exec(location.pathname) ?? [];
  return id === undefined ? null : decodeURIComponent(id);
}

async function reload(): Promise<void> {
  const { openId } = get();
  if (openId === null) return;
  const chat = await api.read(openId);
  if (get().openId !== openId) return;
  set({ chat });
  const running = branchOf(chat).find(({ status }) => status === "running");
  if (running) follow(running);
}

export const branchOf = (chat: Conversation | null) =>
  branchTo(chat?.messages ?? [], chat?.currentId ?? null);

function putMessages(...changed: readonly ChatMessage[]): void {
  const { chat } = get();
  if (!chat) return;
  const known = new Set(chat.messages.map(({ id }) => id));
  const byId = new Map(changed.map((message) => [message.id, message]));
  const messages = [
    ...chat.messages.map((message) => byId.get(message.id) ?? message),
    ...changed.filter(({ id }) => !known.has(id)),
  ];
  set({ chat: { ...chat, messages } });
}

function follow(answer: ChatMessage): void {
  const { openId } = get();
  if (openId === null) return;
  following.abort();
  following = new AbortController();
  const { signal } = following;
  const listener = {
    change(message: ChatMessage) {
      putMessages(message);
      if (message.status !== "running") ended(message);
    },
    connected: (connected: boolean) => {
      if (!signal.aborted) set({ connected });
    },
  };
  void followAnswer(openId, answer, listener, signal).catch((thrown) => {
    set({ problem: toProblem(thrown), connected: true });
  });
}

/** Titles are made after the first answer, so the list is looked at again a little later. */
const TITLE_CHECKS_MS = [300, 2000, 6000];

function ended(answer: ChatMessage): void {
  set({ finished: answer.id });
  for (const ms of TITLE_CHECKS_MS) setTimeout(refreshTitle, ms);
}

async function refreshTitle(): Promise<void> {
  await refreshList();
  const { chat, list } = get();
  const summary = list.find(({ id }) => id === chat?.id);
  if (summary && summary.title !== chat?.title) putSummary(summary);
}

/**
 * Asks in the open chat, which is made first if need be. Until the model has taken the question it
 * stands in the chat as a guess, which goes away when it fails. False when it did not work.
 */
async function ask(turn: NewTurn): Promise<boolean> {
  if (asking) return false;
  asking = new AbortController();
  const { signal } = asking;
  set({ sending: true, problem: null, editing: null, finished: null });
  const worked = await attempt(async () => {
    if (get().chat === null) {
      const chat = await api.create(get().newSettings);
      set({ chat, openId: chat.id });
      history.pushState(null, "", pathOf(chat.id));
    }
    const before = get().chat;
    if (before === null) return;
    set({ chat: withGuess(before, turn) });
    const here = () => get().openId === before.id;
    try {
      const { question, answer } = await api.turn(before.id, turn, signal);
      if (!here()) return;
      set({ chat: before });
      putMessages(question, answer);
      set({ chat: { ...(get().chat ?? before), currentId: answer.id } });
      follow(answer);
    } catch (thrown) {
      if (here()) set({ chat: before });
      throw thrown;
    }
    void refreshList();
  });
  if (signal.aborted) set({ problem: null });
  asking = null;
  set({ sending: false });
  return worked;
}

function withGuess(chat: Conversation, turn: NewTurn): Conversation {
  const common = { createdAt: "", status: "running", details: null, error: null } as const;
  const question: ChatMessage[] = [];
  if ("content" in turn) {
    const { content, parentId } = turn;
    question.push({ id: "asked", parentId, role: "user", content, ...common });
  }
  const parentId = "answerTo" in turn ? turn.answerTo : "asked";
  const answer = { id: "waiting", parentId, role: "assistant", content: "", ...common } as const;
  return { ...chat, messages: [...chat.messages, ...question, answer], currentId: answer.id };
}

export const send = (content: string) =>
  ask({ content, parentId: branchOf(get().chat).at(-1)?.id ?? null });

/** Asks something else in the place of a question; the old branch is kept. */
export const resend = (question: ChatMessage, content: string) =>
  ask({ content, parentId: question.parentId });

export const regenerate = (answer: ChatMessage) =>
  answer.parentId === null ? Promise.resolve(false) : ask({ answerTo: answer.parentId });

export const stop = () =>
  attempt(async () => {
    if (asking) return asking.abort();
    const { openId, chat } = get();
    const running = branchOf(chat).find(({ status }) => status === "running");
    if (openId !== null && running) await api.stop(openId, running.id);
  });

/** Goes to the branch through another sibling. */
export const walk = (id: string) =>
  attempt(async () => {
    const { chat } = get();
    if (!chat) return;
    const currentId = leafBelow(chat.messages, id);
    following.abort();
    set({ chat: { ...chat, currentId }, editing: null });
    const leaf = chat.messages.find((message) => message.id === currentId);
    if (leaf?.status === "running") follow(leaf);
    await api.patch(chat.id, { currentId });
  });

export const saveSettings = (settings: Settings) =>
  attempt(async () => {
    const { chat } = get();
    if (!chat) return set({ newSettings: settings });
    await api.patch(chat.id, { settings });
    set({ chat: { ...(get().chat ?? chat), settings } });
  });
