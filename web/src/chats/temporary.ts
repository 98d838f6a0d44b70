/**
 * A chat that is stored nowhere: its messages stand in this page alone, and the model is asked with
 * all of them each time. It has no address and no id of the server's; what leaves it ends it.
 */

import type { Delta } from "../../../src/core/types.ts";
import { perFrame } from "../chat/frames.ts";
import { failure, type Problem, request, toProblem } from "../chat/problem.ts";
import { readEvents } from "../chat/sse.ts";
import type { ChatMessage, NewTurn } from "./api.ts";
import { passDrafts } from "./drafts.ts";
import { NEW, type State, store } from "./store.ts";
import { branchTo, leafBelow, siblingsOf } from "./tree.ts";

type Details = NonNullable<ChatMessage["details"]>;

const { get, set } = store;

let writing = new AbortController();

export const isTemporary = ({ openId, chat }: State) => openId === null && chat?.id === NEW;

/** On the page of a new chat: the model that was chosen there stays, whatever else is stored. */
export function beginTemporary(title: string): void {
  const now = new Date().toISOString();
  const { model } = get().newSettings;
  passDrafts(true);
  set({
    chat: {
      ...{ id: NEW, title, titleSource: "none", pinned: false, archived: false },
      ...{ folderId: null, snippet: null, messages: [] },
      ...{ createdAt: now, updatedAt: now, currentId: null, settings: model ? { model } : {} },
    },
  });
}

/** Ends it with all that was said; called before another chat is shown. */
export function leaveTemporary(): void {
  if (!isTemporary(get())) return;
  get().asked[NEW]?.abort.abort();
  writing.abort();
  passDrafts(false);
  set({ chat: null });
}

export const stopTemporary = () => writing.abort();

/** Resolves when the model has taken the question; the rest of the answer comes by itself. */
export async function askTemporary(turn: NewTurn, abort: AbortController): Promise<void> {
  writing = abort;
  const { chat } = get();
  const { question, begun } = chat ? place(chat.messages, turn) : {};
  if (!chat || !question) return;
  const said = [...before(chat.messages, question.parentId), question, ...(begun ? [begun] : [])];
  const other = begun?.details?.model ?? ("model" in turn ? turn.model : undefined);
  const model = other || chat.settings.model;
  const body = {
    messages: said.map(({ role, content }) => ({ role, content })),
    ...(model && { model }),
  };
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body), signal: abort.signal };
  const events = readEvents<Delta | { error: Problem }>(await request("/api/temporary", init));
  // Not by `for`, which would end the stream when it is left.
  for (let next = await events.next(); !next.done; next = await events.next()) {
    if ("error" in next.value) throw failure(next.value.error);
    if (next.value.type !== "start") continue;
    const { model, ...rest } = next.value.start;
    const details = { ...rest, model: model.id, modelName: model.name, device: model.device };
    const answer: ChatMessage = {
      ...{ ...BLANK, id: crypto.randomUUID(), parentId: question.id, role: "assistant" },
      ...{ createdAt: new Date().toISOString(), content: "" },
      ...begun,
      ...{ status: "running", error: null, details },
    };
    put([question, answer], abort.signal);
    void follow(answer, begun?.details ?? null, events, abort.signal);
    return;
  }
}

const BLANK = { details: null, error: null, status: "done" } as const;

/** The question that is asked, and the answer to it that is gone on with. */
function place(
  messages: readonly ChatMessage[],
  turn: NewTurn,
): { question?: ChatMessage | undefined; begun?: ChatMessage | undefined } {
  const find = (id: string | null | undefined) => messages.find((message) => message.id === id);
  if ("answerTo" in turn) return { question: find(turn.answerTo) };
  if ("continues" in turn) {
    const begun = find(turn.continues);
    return { begun, question: find(begun?.parentId) };
  }
  const now = { id: crypto.randomUUID(), createdAt: new Date().toISOString() };
  const { content, parentId } = turn;
  return { question: { content, parentId, ...BLANK, ...now, role: "user" } };
}

/** Keeps what the reader has made of an answer beside it. */
export function saveTemporaryVersion(answer: ChatMessage, content: string): void {
  const { edited, modelName } = answer.details ?? {};
  const version: ChatMessage = {
    ...{ ...answer, ...BLANK, id: crypto.randomUUID(), content },
    createdAt: new Date().toISOString(),
    details: { edited: edited ?? (modelName === undefined ? {} : { modelName }) },
  };
  put([version], writing.signal);
}

/** Removes a message with all below it; an answer that is the only one goes with its question. */
export function removeTemporary(message: ChatMessage): { count: number; undo(): void } {
  const { chat } = get();
  if (!chat) return { count: 0, undo: () => {} };
  const { messages } = chat;
  const alone = siblingsOf(messages, message).length === 1;
  const question = messages.find(({ id }) => id === message.parentId);
  const first = message.role === "assistant" && alone && question ? question : message;
  const gone = new Set([first.id]);
  for (const { id, parentId } of messages) if (gone.has(parentId ?? "")) gone.add(id);
  const left = messages.filter(({ id }) => !gone.has(id));
  const above = first.parentId ?? left.findLast(({ parentId }) => parentId === null)?.id;
  const currentId = gone.has(chat.currentId ?? "")
    ? above === undefined
      ? null
      : leafBelow(left, above)
    : chat.currentId;
  set({ chat: { ...chat, messages: left, currentId } });
  const undo = () => {
    if (isTemporary(get())) set({ chat });
  };
  return { count: gone.size, undo };
}

/** What the model is told of the branch: questions with their answers. */
function before(messages: readonly ChatMessage[], leaf: string | null): readonly ChatMessage[] {
  const branch = branchTo(messages, leaf);
  return branch.flatMap((question, at) => {
    const answer = branch[at + 1];
    return question.role === "user" && answer?.content ? [question, answer] : [];
  });
}

async function follow(
  begun: ChatMessage,
  earlier: ChatMessage["details"],
  events: AsyncIterable<Delta | { error: Problem }>,
  signal: AbortSignal,
): Promise<void> {
  let answer = begun;
  const change = (part: Partial<ChatMessage>) => {
    answer = { ...answer, ...part };
    put([answer], signal);
  };
  const frames = perFrame((text) => change({ content: answer.content + text }));
  let end: Partial<ChatMessage> = { status: "interrupted" };
  try {
    for await (const event of events) {
      if ("error" in event) throw failure(event.error);
      if (event.type === "text") frames.add(event.text);
      if (event.type !== "finish") continue;
      const { reason: finishReason, ...counts } = event.finish;
      const details = { ...answer.details, ...counts, finishReason };
      end = { status: "done", details: earlier ? joined(earlier, details) : details };
    }
  } catch (thrown) {
    const error = { type: "server_error", param: null, ...toProblem(thrown) };
    end = signal.aborted ? {} : { status: "failed", error };
  }
  frames.now();
  change(signal.aborted ? { status: "stopped" } : end);
  if (isTemporary(get())) set({ finished: answer.id });
}

/** How an answer came to be that was gone on with. */
function joined(before: Details, now: Details): Details {
  const sum = (name: "completionTokens" | "totalMs") => (before[name] ?? 0) + (now[name] ?? 0);
  return {
    ...now,
    continued: (before.continued ?? 0) + 1,
    completionTokens: sum("completionTokens"),
    totalMs: sum("totalMs"),
    firstTokenMs: before.firstTokenMs ?? now.firstTokenMs,
    reproducible: false,
  };
}

/** What still comes of a chat that was left belongs nowhere. */
function put(changed: readonly ChatMessage[], signal: AbortSignal): void {
  const { chat } = get();
  if (!chat || !isTemporary(get()) || (signal !== writing.signal && signal.aborted)) return;
  const byId = new Map(chat.messages.map((message) => [message.id, message]));
  for (const message of changed) byId.set(message.id, message);
  set({ chat: { ...chat, messages: [...byId.values()], currentId: changed.at(-1)?.id ?? null } });
}
