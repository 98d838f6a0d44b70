/** Asking and stopping. What the model does not take goes back to where it was written. */
import { toProblem } from "../../chat/problem.ts";
import type { ChatMessage, NewTurn } from "./api.ts";
import * as api from "./api.ts";
import { moveDraft, sendDraft, settleDraft } from "./drafts.ts";
import { refreshList, refreshTitle } from "./list.ts";
import { follow, putMessages, reload, report, runningIn, settingsSaved } from "./open.ts";
import { type Asked, attempt, NEW, pathOf, store, withEntry } from "./store.ts";
import { branchTo } from "./tree.ts";

const { get, set } = store;

/** Asked before a text goes to the server; false leaves it where it was written. */
type Gate = (content: string) => Promise<boolean>;
let gate: Gate = async () => true;
/** Whether somebody is being asked just now. */
let atGate = false;
export const beforeSending = (next: Gate) => {
  gate = next;
};

async function mayGo(content: string): Promise<boolean> {
  if (atGate) return false;
  atGate = true;
  const { openId } = get();
  let may = false;
  await attempt(async () => {
    may = await gate(content);
  });
  atGate = false;
  // Meanwhile the reader may have gone to another chat.
  return may && get().openId === openId;
}

/** Asks in the open chat, below its last message. */
export async function send(content: string): Promise<void> {
  if (get().asked[get().openId ?? NEW] || !(await mayGo(content))) return;
  sendDraft(get().openId, content);
  const { id, taken } = await ask((branch) => ({ content, parentId: branch.at(-1)?.id ?? null }));
  settleDraft(id, taken);
}

/** Asks something else in the place of a question; the old branch is kept, and the edit until then. */
export async function resend(question: ChatMessage, content: string): Promise<void> {
  if (!(await mayGo(content))) return;
  const { id, taken } = await ask(() => ({ content, parentId: question.parentId }));
  if (taken && id !== null && get().edits[id]?.id === question.id)
    set({ edits: withEntry(get().edits, id, null) });
}

export async function regenerate({ parentId }: ChatMessage): Promise<void> {
  if (parentId !== null) await ask(() => ({ answerTo: parentId }));
}

/** The chat in which it was asked, and whether the model has taken the question. */
interface Outcome {
  readonly id: string | null;
  readonly taken: boolean;
}

/**
 * Asks in the open chat, which is made first if need be. The reader may go elsewhere meanwhile.
 *
 * @param toTurn gets the branch that is looked at
 */
async function ask(toTurn: (branch: readonly ChatMessage[]) => NewTurn): Promise<Outcome> {
  let id = get().openId;
  if (get().asked[id ?? NEW]) return { id, taken: false };
  const abort = new AbortController();
  const { signal } = abort;
  put(id, { abort, guess: [], from: null });
  set({ problem: null, finished: null });
  try {
    const chat = id === null ? await create(signal) : (loaded(id) ?? (await api.read(id, signal)));
    if (id === null) put(id, null);
    id = chat.id;
    const from = chat.currentId;
    const turn = toTurn(branchTo(chat.messages, from));
    put(id, { abort, guess: guessOf(turn), from });
    await settingsSaved;
    const { question, answer } = await api.turn(id, turn, signal);
    if (loaded(id)) show(question, answer);
    else if (get().openId === id) await reload();
    void refreshTitle();
    return { id, taken: true };
  } catch (thrown) {
    if (!signal.aborted) report(id, toProblem(thrown));
    return { id, taken: false };
  } finally {
    put(id, null);
  }
}

const put = (id: string | null, asked: Asked | null) =>
  set({ asked: withEntry(get().asked, id ?? NEW, asked) });

function loaded(id: string) {
  const { chat } = get();
  return chat?.id === id ? chat : null;
}

async function create(signal: AbortSignal) {
  const chat = await api.create(get().newSettings, signal);
  moveDraft(null, chat.id);
  if (get().openId === null) {
    set({ chat, openId: chat.id });
    history.pushState(null, "", pathOf(chat.id));
  }
  void refreshList();
  return chat;
}

function show(question: ChatMessage, answer: ChatMessage): void {
  putMessages(question, answer);
  const { chat } = get();
  if (chat) set({ chat: { ...chat, currentId: answer.id } });
  follow(answer);
}

function guessOf(turn: NewTurn): readonly ChatMessage[] {
  const common = { createdAt: "", status: "running", details: null, error: null } as const;
  const answer = { id: "waiting", role: "assistant", content: "", ...common } as const;
  if ("answerTo" in turn) return [{ ...answer, parentId: turn.answerTo }];
  const question = { id: "asked", role: "user", ...turn, ...common } as const;
  return [question, { ...answer, parentId: question.id }];
}

/** Takes back what is asked in the open chat, or ends the answer that is being written. */
export const stop = () =>
  attempt(async () => {
    const { openId, chat, asked } = get();
    const waiting = asked[openId ?? NEW];
    if (waiting) return waiting.abort.abort();
    const running = chat && runningIn(chat);
    if (chat && running) await api.stop(chat.id, running.id);
  });
