/**
 * The conversations as the page knows them. The server owns them; what stands here is a copy that
 * is refreshed when something happened. `list.ts`, `open.ts` and `ask.ts` are what can be done.
 */
import { type Problem, toProblem } from "../chat/problem.ts";
import { createStore } from "../ui/store.ts";
import type { ChatMessage, Conversation, Listed, Settings } from "./api.ts";
import type { Pause } from "./patience.ts";
import { branchTo } from "./tree.ts";

export interface State {
  readonly list: readonly Listed[];
  readonly nextCursor: string | null;
  readonly listed: boolean;
  /** What the list is searched for; "" when it is not. */
  readonly query: string;
  /** How many chats the search has found in all. */
  readonly total: number;
  /** The message to which a search has led in the open chat. */
  readonly hit: Hit | null;
  /** The chat on the page; null for one that does not exist yet. */
  readonly openId: string | null;
  /** Null as well while the open chat is loading. */
  readonly chat: Conversation | null;
  /** Settings of a chat that does not exist yet. */
  readonly newSettings: Settings;
  /** By chat, `NEW` for one that is being made: the question that the model has not taken yet. */
  readonly asked: Readonly<Record<string, Asked>>;
  /** By chat: the question that is being edited. */
  readonly edits: Readonly<Record<string, Edit>>;
  /** The place in the engine's queue of an answer that has no text yet. */
  readonly waiting: Waiting | null;
  /** False while the stream of a running answer is broken off. */
  readonly connected: boolean;
  readonly problem: Problem | null;
  /** Id of the answer that ended last while the page looked on; it is announced. */
  readonly finished: string | null;
}

export interface Waiting {
  readonly answerId: string;
  /** Absent where the queue is full. */
  readonly place: number | undefined;
  /** In milliseconds since 1970, by an estimate. */
  readonly until: number | undefined;
}

export interface Asked {
  readonly abort: AbortController;
  /** Stands in the chat until the model has taken the question or not. */
  readonly guess: readonly ChatMessage[];
  /** Where the reader was when asking; whoever walks to another branch sees no guess there. */
  readonly from: string | null;
  /** It was not taken and is asked again. */
  readonly pause?: Pause | null;
}

export interface Hit {
  /** Of the message. */
  readonly id: string;
  /** What was searched for. */
  readonly query: string;
}

export interface Edit {
  /** Of the message. */
  readonly id: string;
  readonly text: string;
}

export const NEW = "new";
/** Id of the answer in a guess. */
export const GUESS = "waiting";

export const store = createStore<State>({
  list: [],
  nextCursor: null,
  listed: false,
  query: "",
  total: 0,
  hit: null,
  openId: null,
  chat: null,
  newSettings: {},
  asked: {},
  edits: {},
  waiting: null,
  connected: true,
  problem: null,
  finished: null,
});

/** Runs something that the reader asked for, and shows it when it fails. */
export async function attempt(action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (thrown) {
    store.set({ problem: toProblem(thrown) });
    return false;
  }
}

export const dismissProblem = () => store.set({ problem: null });

export const pathOf = (id: string | null) => (id === null ? "/" : `/c/${encodeURIComponent(id)}`);

/** What the page shows of the open chat, oldest message first. */
export function branchOf({ openId, chat, asked }: State): readonly ChatMessage[] {
  if (!chat) return openId === null ? (asked[NEW]?.guess ?? []) : [];
  const { guess, from } = asked[chat.id] ?? {};
  const [first] = guess ?? [];
  if (!guess || !first || from !== chat.currentId) return branchTo(chat.messages, chat.currentId);
  return [...branchTo(chat.messages, first.parentId), ...guess];
}

/** Whether an answer is under way in the open chat, or asked for. */
export const isBusy = (state: State) =>
  state.asked[state.openId ?? NEW] !== undefined || branchOf(state).at(-1)?.status === "running";

/** What a question, or the rest of an answer, waits for before the server has taken it. */
export const pauseOf = ({ asked, openId }: State, id: string): Pause | null => {
  const { guess, pause } = asked[openId ?? NEW] ?? {};
  return (guess?.at(-1)?.id === id && pause) || null;
};

export const editOf = ({ openId, edits }: State): Edit | undefined => edits[openId ?? NEW];

/** Opens the editor of a question, and keeps its text; null closes it. */
export function edit(edit: Edit | null): void {
  const { openId, edits } = store.get();
  store.set({ edits: withEntry(edits, openId ?? NEW, edit) });
}

/** A copy of a record with one entry changed, or removed by null. */
export function withEntry<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
  value: Value | null,
): Readonly<Record<string, Value>> {
  const { [key]: _old, ...rest } = record;
  return value === null ? rest : { ...rest, [key]: value };
}
