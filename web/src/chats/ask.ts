/** Asking and stopping. What the model does not take goes back to where it was written. */
import type { Brought, BroughtImage } from "../../../src/core/parts.ts";
import { toProblem } from "../chat/problem.ts";
import { furnished } from "../desk.ts";
import type { ChatMessage, Conversation, NewTurn } from "./api.ts";
import * as api from "./api.ts";
import { moveDraft, sendDraft, settleDraft } from "./drafts.ts";
import { refreshList, refreshTitle } from "./list.ts";
import { follow, putMessages, reload, report, runningIn, settingsSaved } from "./open.ts";
import { patiently } from "./patience.ts";
import { type Asked, attempt, GUESS, NEW, pathOf, store, withEntry } from "./store.ts";
import { askTemporary, isTemporary, stopTemporary } from "./temporary.ts";
import { branchTo } from "./tree.ts";

const { get, set } = store;

/** Whether somebody is being asked just now. */
let atGate = false;

/** Whether all rooms let a text go to the server. */
async function mayGo(content: string): Promise<boolean> {
  if (atGate) return false;
  atGate = true;
  const { openId } = get();
  let may = false;
  await attempt(async () => {
    for (const room of furnished()) if (!((await room.beforeSending?.(content)) ?? true)) return;
    may = true;
  });
  atGate = false;
  // Meanwhile the reader may have gone to another chat.
  return may && get().openId === openId;
}

/** Asks in the open chat, below its last message. @returns whether the model has taken it */
export async function send(content: string): Promise<boolean> {
  if (get().asked[get().openId ?? NEW] || !(await mayGo(content))) return false;
  const bringing = isTemporary(get()) ? [] : furnished().flatMap(({ brings }) => brings ?? []);
  const parts = bringing.flatMap((one) => one.files());
  sendDraft(get().openId, content);
  const { id, taken } = await ask((branch) => ({
    ...{ content, parentId: branch.at(-1)?.id ?? null },
    ...(parts.length > 0 && { parts }),
  }));
  if (taken) for (const one of bringing) one.taken(parts);
  settleDraft(id, taken);
  return taken;
}

/** Asks something else in the place of a question; the old branch is kept, and the edit until then. */
export async function resend(question: ChatMessage, content: string): Promise<void> {
  if (!(await mayGo(content))) return;
  const brought = ["file", "image"];
  const parts = question.parts?.filter(({ type }) => brought.includes(type)) as
    | (Brought | BroughtImage)[]
    | undefined;
  const { id, taken } = await ask(() => ({
    ...{ content, parentId: question.parentId },
    ...(parts?.length && { parts }),
  }));
  const key = id ?? NEW;
  if (taken && get().edits[key]?.id === question.id)
    set({ edits: withEntry(get().edits, key, null) });
}

/** @param model another one than the chat's, for this answer alone */
export async function regenerate({ parentId }: ChatMessage, model?: string): Promise<void> {
  if (parentId !== null) await ask(() => ({ answerTo: parentId, ...(model && { model }) }));
}

/** Asks for the rest of an answer that was cut. */
export async function goOn({ id }: ChatMessage): Promise<void> {
  await ask(() => ({ continues: id }));
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
  let made: Conversation | null = null;
  try {
    const { chat: here } = get();
    if (here && isTemporary(get())) {
      const turn = toTurn(branchTo(here.messages, here.currentId));
      const asked = { abort, guess: guessOf(turn, here.messages), from: here.currentId };
      put(null, asked);
      const pausing = (pause: Asked["pause"]) => put(null, { ...asked, pause });
      await patiently(() => askTemporary(turn, abort), pausing, signal);
      return { id, taken: true };
    }
    if (id === null) {
      // The question stands on the page before there is a chat that has it.
      put(null, { abort, guess: guessOf(toTurn([])), from: null });
      made = await create(signal);
    }
    const chat = made ?? loaded(id ?? "") ?? (await api.read(id ?? "", signal));
    if (made) put(null, null);
    id = chat.id;
    const from = chat.currentId;
    const turn = toTurn(branchTo(chat.messages, from));
    const asked = { abort, guess: guessOf(turn, chat.messages), from };
    put(id, asked);
    await settingsSaved;
    const taken = await patiently(
      afresh(chat, turn, await along(), signal),
      (pause) => put(chat.id, { ...asked, pause }),
      signal,
    );
    if (taken && loaded(id)) show(taken.question, taken.answer);
    else if (get().openId === id) await reload();
    void refreshTitle();
    return { id, taken: true };
  } catch (thrown) {
    if (made && (await takenBack(made))) id = null;
    if (!signal.aborted) report(id, toProblem(thrown));
    return { id, taken: false };
  } finally {
    put(made?.id ?? id, null);
  }
}

/**
 * Asks, however often it is called. The server may have taken a question whose reply was lost: then
 * it gives null, and the chat is to be read again.
 */
function afresh(
  { id, messages }: Conversation,
  turn: NewTurn,
  headers: api.Headers,
  signal: AbortSignal,
) {
  let lost = false;
  const isNew = newIn(messages, turn);
  return async (): Promise<api.Turn | null> => {
    if (lost) {
      const now = await api.read(id, signal);
      if (now.messages.some(isNew)) return null;
    }
    lost = true;
    const taken = await api.turn(id, turn, headers, signal).catch((thrown) => {
      lost = toProblem(thrown).code === "offline";
      throw thrown;
    });
    return taken;
  };
}

/** What the rooms send along with a question. */
async function along(): Promise<api.Headers> {
  const all = await Promise.all(furnished().map((room) => room.along?.()));
  return Object.assign({}, ...all);
}

/** Whether a message has come of a turn since these were read. */
function newIn(before: readonly ChatMessage[], turn: NewTurn): (message: ChatMessage) => boolean {
  const known = new Map(before.map((message) => [message.id, message]));
  if ("continues" in turn) {
    const times = ({ details }: ChatMessage) => details?.continued ?? 0;
    const had = known.get(turn.continues);
    return (one) => one.id === had?.id && times(one) > times(had);
  }
  const below = "answerTo" in turn ? turn.answerTo : turn.parentId;
  return ({ id, parentId }) => parentId === below && !known.has(id);
}

/** A chat whose first question was refused is none: its text goes back to the page of a new one. */
async function takenBack(made: Conversation): Promise<boolean> {
  const { id } = made;
  // Whoever has gone elsewhere finds it as it was left.
  if (get().openId !== id) return false;
  const gone = await api.remove(id).then(
    () => true,
    () => false,
  );
  if (!gone || get().openId !== id) return false;
  moveDraft(id, null);
  set({ chat: null, openId: null, newSettings: loaded(id)?.settings ?? made.settings });
  history.replaceState(null, "", pathOf(null));
  void refreshList();
  return true;
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

function guessOf(turn: NewTurn, messages: readonly ChatMessage[] = []): readonly ChatMessage[] {
  const common = { createdAt: "", status: "running", details: null, error: null } as const;
  if ("continues" in turn) {
    const begun = messages.filter(({ id }) => id === turn.continues);
    return begun.map((answer) => ({ ...answer, status: "running", error: null }));
  }
  const answer = { id: GUESS, role: "assistant", content: "", ...common } as const;
  if ("answerTo" in turn) return [{ ...answer, parentId: turn.answerTo }];
  const { parts, ...said } = turn;
  const brought = parts && { parts: [...parts] };
  const question = { id: "asked", role: "user", ...said, ...brought, ...common } as const;
  return [question, { ...answer, parentId: question.id }];
}

/** Takes back what is asked in the open chat, or ends the answer that is being written. */
export const stop = () =>
  attempt(async () => {
    const { openId, chat, asked } = get();
    const waiting = asked[openId ?? NEW];
    if (waiting) return waiting.abort.abort();
    if (isTemporary(get())) return stopTemporary();
    const running = chat && runningIn(chat);
    if (chat && running) await api.stop(chat.id, running.id);
  });
