/** The open chat: which one it is, its branches and settings, and the answer that it follows. */
import { type Problem, toProblem } from "../chat/problem.ts";
import type { ChatMessage, Conversation, Place, Settings } from "./api.ts";
import * as api from "./api.ts";
import { draftOf } from "./drafts.ts";
import { refreshList, refreshTitle, search } from "./list.ts";
import { followAnswer } from "./running.ts";
import { attempt, type Hit, NEW, pathOf, type State, store } from "./store.ts";
import { isTemporary, leaveTemporary } from "./temporary.ts";
import { branchTo, leafBelow } from "./tree.ts";

const { get, set } = store;

let following = new AbortController();
let reading = new AbortController();
/** By chat: what went wrong in it while another one was on the page. */
const unseen = new Map<string, Problem>();

/** Shows a chat, or the empty page for a new one; `push` is false when the address says it. */
export async function open(id: string | null, push = true): Promise<void> {
  if (push && location.pathname !== pathOf(id)) history.pushState(null, "", pathOf(id));
  following.abort();
  leaveTemporary();
  // What is new stands in no list of what was found.
  if (id === null && push && get().query !== "") void search("");
  const { chat: left, asked } = get();
  const same = left?.id === id;
  // A chat in which nothing came about (its first question failed) would only clutter the list.
  const empty = left?.messages.length === 0 && draftOf(left.id) === "" && !asked[left.id];
  if (left && !same && empty) void attempt(() => api.remove(left.id)).then(refreshList);
  const problem = unseen.get(id ?? NEW) ?? null;
  unseen.delete(id ?? NEW);
  set({ openId: id, problem, finished: null, connected: true, hit: null });
  if (!same) set({ chat: null, newSettings: {} });
  if (id !== null) await attempt(reload);
}

/** Shows the message that a search has found in a chat, in whatever branch it stands. */
export async function openHit(id: string, hit: Hit): Promise<void> {
  await open(id);
  await attempt(() => loadTo(hit.id));
  const { chat, openId } = get();
  if (openId !== id || chat?.id !== id) return;
  set({ hit });
  if (!branchTo(chat.messages, chat.currentId).some((message) => message.id === hit.id))
    await walk(hit.id);
}

/** Which chat the address names. */
export function idInAddress(): string | null {
  const [, id] = /^\/c\/([^/]+)$/.exec(location.pathname) ?? [];
  return id === undefined ? null : id;
}

/** Shows what went wrong in a chat, now or when the reader comes back to it. */
export function report(id: string | null, problem: Problem): void {
  if (get().openId === id) set({ problem });
  else unseen.set(id ?? NEW, problem);
}

/** Reads the open chat, as much of it as is on the page; the latest call wins. */
export async function reload(): Promise<void> {
  reading.abort();
  const { openId, chat: here } = get();
  if (openId === null) return;
  reading = new AbortController();
  const { signal } = reading;
  const shown = here?.id === openId ? branchTo(here.messages, here.currentId).length : 0;
  const wanted = Math.max(api.FIRST, shown);
  const chat = await api.read(openId, signal, wanted).catch((thrown) => {
    if (!signal.aborted) throw thrown;
  });
  if (!chat || get().openId !== openId) return;
  set({ chat });
  const running = runningIn(chat);
  if (running) follow(running);
}

/** The answer that is being written in the branch that is looked at. */
export const runningIn = ({ messages, currentId }: Conversation) =>
  branchTo(messages, currentId).find(({ status }) => status === "running");

export function putMessages(...changed: readonly ChatMessage[]): void {
  const { chat } = get();
  if (!chat) return;
  const byId = new Map(chat.messages.map((message) => [message.id, message]));
  for (const message of changed) byId.set(message.id, message);
  set({ chat: { ...chat, messages: [...byId.values()] } });
}

export function follow(answer: ChatMessage): void {
  const { openId } = get();
  if (openId === null) return;
  following.abort();
  following = new AbortController();
  const { signal } = following;
  const listener = {
    change(message: ChatMessage) {
      putMessages(message);
      if (get().waiting && message.content !== answer.content) set({ waiting: null });
      if (message.status !== "running") ended(message);
    },
    waiting: ({ place, seconds }: Place) => {
      const until = seconds === undefined ? undefined : Date.now() + seconds * 1000;
      if (!signal.aborted) set({ waiting: { answerId: answer.id, place, until } });
    },
    connected: (connected: boolean) => {
      if (!signal.aborted) set({ connected });
    },
  };
  void followAnswer(openId, answer, listener, signal).catch((thrown) => {
    if (!signal.aborted) set({ problem: toProblem(thrown), connected: true });
  });
}

/** Titles are made after the first answer, so the list is looked at again a little later. */
const TITLE_CHECKS_MS = [300, 2000, 6000];

function ended(answer: ChatMessage): void {
  set({ finished: answer.id });
  for (const ms of TITLE_CHECKS_MS) setTimeout(refreshTitle, ms);
}

/** Messages that are read at a time where somebody scrolls up, and on the way to one of them. */
const MORE = 120;
const MANY = 500;

let loading: Promise<void> | null = null;

/** Reads some of the messages above those that are here. */
export function loadEarlier(count = MORE): Promise<void> {
  loading ??= readEarlier(count).finally(() => {
    loading = null;
  });
  return loading;
}

async function readEarlier(count: number): Promise<void> {
  const { chat } = get();
  const [first] = chat ? branchTo(chat.messages, chat.currentId) : [];
  if (!chat?.earlier || !first) return;
  const more = await api.read(chat.id, reading.signal, count, first.id);
  const { chat: now } = get();
  // Meanwhile another chat may be open, or another branch of this one.
  if (now?.id !== chat.id || branchTo(now.messages, now.currentId)[0]?.id !== first.id) return;
  set({ chat: { ...now, messages: [...more.messages, ...now.messages], earlier: more.earlier } });
}

/** Reads up to a message; up to the beginning, where the branch does not have it. */
export async function loadTo(id: string | null): Promise<void> {
  const { openId } = get();
  const missing = ({ chat }: State) =>
    chat?.id === openId && chat.earlier && !chat.messages.some((message) => message.id === id);
  while (missing(get())) await loadEarlier(MANY);
}

/** Goes to the branch through another sibling. */
export const walk = (id: string) =>
  attempt(async () => {
    const { chat } = get();
    if (!chat) return;
    if (chat.earlier !== undefined) {
      // What stands below the sibling is only known to the server.
      following.abort();
      await api.patch(chat.id, { currentId: id });
      await reload();
      return loadTo(id);
    }
    const walked = { ...chat, currentId: leafBelow(chat.messages, id) };
    following.abort();
    set({ chat: walked });
    const running = runningIn(walked);
    if (running) follow(running);
    if (!isTemporary(get())) await api.patch(chat.id, { currentId: walked.currentId });
  });

/** Settled when no change of settings is on its way; a question waits for it. */
export let settingsSaved: Promise<unknown> = Promise.resolve();

export function saveSettings(settings: Settings): Promise<boolean> {
  const saved = attempt(async () => {
    const { openId, chat: open } = get();
    if (open && isTemporary(get())) return set({ chat: { ...open, settings } });
    if (openId === null) return set({ newSettings: settings });
    await api.patch(openId, { settings });
    const { chat } = get();
    if (chat?.id === openId) set({ chat: { ...chat, settings } });
  });
  settingsSaved = saved;
  return saved;
}
