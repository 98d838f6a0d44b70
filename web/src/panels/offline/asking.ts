/** The page without a server: its chats, the model that answers in it, and what is asked. */

import { DEFAULT_SAMPLING, type Message } from "../../../../src/core/types.ts";
import type { ChatMessage, Settings } from "../../../../src/features/conversations/api.ts";
import { perFrame } from "../../chat/frames.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { createStore } from "../../ui/store.ts";
import { chatsOf, drop, keep, type OfflineChat } from "./chats.ts";
import { contextOf, type Engine, startEngine } from "./engine.ts";
import { whoIsHere } from "./here.ts";
import * as parts from "./parts.ts";

interface State {
  /** Null until they were read. */
  readonly chats: readonly OfflineChat[] | null;
  /** Of those, the ones that the server has by now: they can be read and gone on with until the page is left. */
  readonly home: ReadonlySet<string>;
  readonly openId: string | null;
  /** Of a chat that does not exist yet. */
  readonly newSettings: Settings;
  /** Digest of the model that answers; the first of those here if none was chosen. */
  readonly model: string | null;
  readonly engine: Engine | null;
  /** Aborted to stop the answer; null while none is written. */
  readonly running: AbortController | null;
  readonly draft: string;
  readonly problem: Problem | null;
}

export const store = createStore<State>({
  ...{ chats: null, home: new Set(), openId: null, newSettings: {}, model: null, engine: null },
  ...{ running: null, draft: "", problem: null },
});
const { get, set } = store;

/** How the answers are marked at home. */
const FROM = "Charla, offline";
/** What is being written is kept at least so often, in milliseconds. */
const KEEP_MS = 1000;
const TITLE = 60;

export async function read(): Promise<void> {
  await parts.look();
  const who = whoIsHere();
  const chats = who === null ? [] : await chatsOf(who);
  set({ chats: chats.map(asCut) });
}

/** An answer that was being written when the page was closed. */
const asCut = (chat: OfflineChat): OfflineChat => ({
  ...chat,
  messages: chat.messages.map((one) =>
    one.status === "running" ? { ...one, status: "interrupted" as const } : one,
  ),
});

export const atHome = (ids: readonly string[]): void =>
  set({ home: new Set([...get().home, ...ids]) });

/** How many are here and nowhere else. */
export const waiting = ({ chats, home }: State): number =>
  (chats ?? []).filter(({ id }) => !home.has(id)).length;

export const openChat = ({ chats, openId }: State) =>
  chats?.find(({ id }) => id === openId) ?? null;

export const settingsOf = (state: State): Settings =>
  openChat(state)?.settings ?? state.newSettings;

export function show(id: string | null): void {
  if (!get().running) set({ openId: id, problem: null });
}

export function saveSettings(settings: Settings): void {
  const chat = openChat(get());
  if (chat) void change({ ...chat, settings });
  else set({ newSettings: settings });
}

export async function removeChat(id: string): Promise<void> {
  await drop(id);
  set({
    chats: (get().chats ?? []).filter((one) => one.id !== id),
    ...(get().openId === id && { openId: null }),
  });
}

/** @param digest of the model */
export function choose(digest: string): void {
  get().engine?.close();
  set({ model: digest, engine: null });
}

export const stop = () => get().running?.abort();

/** Loads the model, so that the first question need not wait for it. */
export async function warm(): Promise<Engine> {
  const { engine, model } = get();
  if (engine) return engine;
  const here = parts.store.get().parts;
  const code = here.find(({ kind, whole }) => kind === "engine" && whole);
  const models = parts.modelsHere(here);
  const chosen = models.find(({ digest }) => digest === model) ?? models[0];
  if (!code || !chosen) throw new Error("nothing was taken along");
  loading ??= startEngine(code, chosen).finally(() => {
    loading = undefined;
  });
  const started = await loading;
  if ((get().model ?? chosen.digest) === started.model.digest) {
    set({ engine: started, model: started.model.digest });
    return started;
  }
  // Meanwhile another one was chosen.
  started.close();
  return warm();
}
let loading: Promise<Engine> | undefined;

async function change(chat: OfflineChat): Promise<void> {
  const who = whoIsHere();
  if (who === null) return;
  const others = (get().chats ?? []).filter(({ id }) => id !== chat.id);
  const home = new Set([...get().home].filter((id) => id !== chat.id));
  set({ chats: [chat, ...others], home });
  await keep(who, chat);
}

export async function send(): Promise<void> {
  const { draft, running } = get();
  const content = draft.trim();
  if (running || content === "" || whoIsHere() === null) return;
  const abort = new AbortController();
  const before = openChat(get());
  set({ running: abort, draft: "", problem: null });
  const now = new Date().toISOString();
  const question: ChatMessage = {
    ...{ id: crypto.randomUUID(), parentId: before?.messages.at(-1)?.id ?? null, role: "user" },
    ...{ content, createdAt: now, status: "done", details: null, error: null },
  };
  const begun = before ?? begin(content, now);
  const asked = { ...begun, updatedAt: now, messages: [...begun.messages, question] };
  set({ openId: asked.id });
  try {
    await change(asked);
    await write(asked, await warm(), abort.signal);
  } catch (thrown) {
    // Nothing was answered: the question goes back to where it was written.
    const taken = openChat(get())?.messages.at(-1);
    if (taken?.id === question.id) {
      if (before) await change(before);
      else await removeChat(asked.id);
      set({ draft: [content, get().draft].filter(Boolean).join("\n") });
    }
    if (!abort.signal.aborted) set({ problem: toProblem(thrown) });
  }
  set({ running: null });
}

const begin = (content: string, now: string): OfflineChat => ({
  id: crypto.randomUUID(),
  title: content.replace(/\s+/g, " ").slice(0, TITLE),
  ...{ createdAt: now, updatedAt: now, settings: get().newSettings, messages: [] },
});

/** The answer, kept while it is written, so that a closed tab loses no more than a second of it. */
async function write(chat: OfflineChat, engine: Engine, signal: AbortSignal): Promise<void> {
  const { systemPrompt, temperature, topP, maxTokens, seed } = chat.settings;
  const given = Object.entries({ temperature, topP, maxTokens }).filter(
    ([, one]) => one !== undefined,
  );
  const sampling = { ...DEFAULT_SAMPLING, ...Object.fromEntries(given), seed: seed ?? random() };
  const said = toTurns(chat.messages);
  const prompt: Message[] = [
    ...(systemPrompt ? [{ role: "system" as const, content: systemPrompt }] : []),
    ...said.map(({ role, content }) => ({ role, content })),
  ];
  const question = chat.messages.at(-1);
  let answer: ChatMessage = {
    ...{ id: crypto.randomUUID(), parentId: question?.id ?? null, role: "assistant", content: "" },
    ...{ createdAt: new Date().toISOString(), status: "running", details: null, error: null },
  };
  let thought = "";
  let kept = performance.now();
  const put = (part: Partial<ChatMessage>, durable: boolean) => {
    answer = { ...answer, ...part };
    const now = { ...chat, messages: [...chat.messages, answer] };
    if (durable) return change(now);
    set({ chats: (get().chats ?? []).map((one) => (one.id === now.id ? now : one)) });
    return undefined;
  };
  const frames = perFrame((text) => {
    const durable = performance.now() - kept > KEEP_MS;
    if (durable) kept = performance.now();
    void put({ content: answer.content + text }, durable);
  });
  void put({}, false);
  const onText = (text: string, isThought: boolean) => {
    if (!isThought) return frames.add(text);
    thought += text;
    void put({ parts: [{ type: "reasoning", text: thought }] }, false);
  };
  try {
    const end = await engine.ask({ messages: prompt, sampling }, onText, signal);
    frames.now();
    const { reason: finishReason, droppedMessages, ...counts } = end;
    // Instructions stay; what falls out is the oldest that was said.
    const memory = droppedMessages > 0 ? (said[droppedMessages]?.id ?? null) : null;
    const { id, name, digest, quantisation } = engine.model;
    const details = {
      ...{ model: id, modelName: name, digest, quantisation, ...counts, droppedMessages },
      ...{ device: `WebAssembly, ${engine.threads}`, contextWindow: contextOf(engine.model) },
      ...{ seed: sampling.seed, reproducible: false, estimated: false, finishReason },
      ...{ memoryBegins: memory, imported: { from: FROM } },
    };
    const status = finishReason === "cancelled" ? "stopped" : "done";
    await put({ status, details }, true);
  } catch (thrown) {
    frames.now();
    if (answer.content === "") {
      set({ chats: (get().chats ?? []).map((one) => (one.id === chat.id ? chat : one)) });
    } else await put({ status: "interrupted" }, true);
    throw thrown;
  }
}

/** Questions without an answer become one with the next, since templates want the roles to take turns. */
function toTurns(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const turns: ChatMessage[] = [];
  for (const one of messages) {
    if (one.content === "") continue;
    const last = turns.at(-1);
    if (last?.role !== one.role) turns.push(one);
    else turns.splice(-1, 1, { ...last, content: `${last.content}\n\n${one.content}` });
  }
  return turns;
}

const random = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1;
