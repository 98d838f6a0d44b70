/**
 * What a room may know of the page and do in it. `desk` is read and used anywhere; a component
 * watches a part of it with `useDesk((desk) => desk.chatId)`.
 */
import { useSyncExternalStore } from "react";
import type { Me } from "../../src/features/accounts/api.ts";
import type { ChatMessage, Conversation, Settings } from "../../src/features/conversations/api.ts";
import type { Problem } from "./chat/problem.ts";
import { goOn, regenerate, send, stop } from "./chats/ask.ts";
import { draftOf, store as draftStore, draftsOf, forgetDrafts, saveDraft } from "./chats/drafts.ts";
import { refreshList } from "./chats/list.ts";
import * as chats from "./chats/open.ts";
import { archive } from "./chats/shelf.ts";
import { attempt, branchOf, store as chatStore, type Hit, NEW, type State } from "./chats/store.ts";
import { beginTemporary, isTemporary, leaveTemporary } from "./chats/temporary.ts";
import { commands } from "./commands.ts";
import type { Command, Panel } from "./room.ts";
import { rooms } from "./room.ts";
import * as server from "./server.ts";
import { createStore } from "./ui/store.ts";

export interface Desk {
  /** Who is signed in; null where there are no accounts. */
  readonly person: Me | null;
  /** Whether the reader decides for others, too; without accounts, whoever sits here does. */
  readonly administers: boolean;
  /** Null until the server was asked. */
  readonly server: server.Status | null;
  /** The open chat; null for one that does not exist yet. */
  readonly chatId: string | null;
  /** Null as well while it is loading. */
  readonly chat: Conversation | null;
  /** What is shown of it, oldest message first. */
  readonly branch: readonly ChatMessage[];
  /** Of the open chat, or of the new one that will be. */
  readonly settings: Settings;
  /** Whether the model has not taken the question of the open chat yet. */
  readonly asking: boolean;
  /** Id of the answer that ended last while the page looked on. */
  readonly finished: string | null;
  /** What is wrong in the open chat. */
  readonly problem: Problem | null;
  /** Whether the open chat is stored nowhere. */
  readonly temporary: boolean;
  /** What stands in the composer. */
  readonly draft: string;
  /** Name of the panel that is open. */
  readonly panel: string | null;

  /** Whether the server has a feature; false until it has told. */
  has(feature: string): boolean;
  /** A small fact that a feature of the server tells everybody, such as a limit. */
  fact(feature: string, name: string): string | number | boolean | undefined;
  /** Whether there is a panel of this name for who sits here now. */
  offers(panel: string): boolean;
  /** Opens a panel. */
  open(panel: string): void;
  /** Closes the panel that is open. */
  close(): void;
  /** Puts a text into the composer, for the reader to send. @param focused whether the reader goes there */
  write(text: string, focused?: boolean): void;
  /** Asks what stands in the composer. @returns whether the model has taken it */
  send(): Promise<boolean>;
  /** Takes back what is asked in the open chat, or ends the answer that is being written. */
  stop(): void;
  /** Asks for another answer in the place of one. @param model instead of the chat's */
  answerAgain(answer: ChatMessage, model: string): void;
  /** Asks for the rest of an answer. */
  goOn(answer: ChatMessage): void;
  /** Does what the reader has asked for, and shows what goes wrong with it. */
  attempt(action: () => Promise<void>): Promise<boolean>;
  /** Begins a chat that is stored nowhere, by this title; null goes back to the usual. */
  beTemporary(title: string | null): void;
  /** Shows a chat, at the message that a search has found in it, or the page of a new one. */
  show(chat: string | null, hit?: Hit): Promise<void>;
  /** What can be done from here. */
  commands(): readonly Command[];
  /** Archives chats, or brings them back into the list. */
  archive(chats: readonly string[], yes: boolean): Promise<boolean>;
  /** Reads the list of chats again. */
  refreshList(): Promise<void>;
  /** @returns whether the server has taken them */
  saveSettings(settings: Settings): Promise<boolean>;
  /** Looks now whether the server is there and its model ready. */
  look(): void;
  /** Forgets what this browser keeps of the reader's texts: at the sign-out, and once erased. */
  forget(erased?: boolean): void;
  /** Said by the room that knows who is here. */
  receive(person: Me | null, administers: boolean): void;
}

const own = createStore<Pick<Desk, "person" | "administers" | "panel">>({
  person: null,
  administers: true,
  panel: null,
});

/** Where the composer is; the page's frame says it. */
let focus = () => {};
export const composerIs = (next: () => void) => {
  focus = next;
};

/** The branch is made once for each state: who watches it is told of others only. */
let shown: Pick<State, "chat" | "asked"> & Pick<Desk, "branch"> = {
  chat: null,
  asked: {},
  branch: [],
};

export const desk: Desk = {
  get person() {
    return own.get().person;
  },
  get administers() {
    return own.get().administers;
  },
  get panel() {
    return own.get().panel;
  },
  get server() {
    return server.store.get().status;
  },
  get chatId() {
    return chatStore.get().openId;
  },
  get chat() {
    return chatStore.get().chat;
  },
  get branch() {
    const state = chatStore.get();
    if (state.chat !== shown.chat || state.asked !== shown.asked)
      shown = { chat: state.chat, asked: state.asked, branch: branchOf(state) };
    return shown.branch;
  },
  get settings() {
    const { chat, newSettings } = chatStore.get();
    return chat?.settings ?? newSettings;
  },
  get asking() {
    const { asked, openId } = chatStore.get();
    return asked[openId ?? NEW] !== undefined;
  },
  get finished() {
    return chatStore.get().finished;
  },
  get problem() {
    return chatStore.get().problem;
  },
  get temporary() {
    return isTemporary(chatStore.get());
  },
  get draft() {
    return draftOf(desk.chatId);
  },
  has: (feature) => server.store.get().features?.[feature] !== undefined,
  fact: (feature, name) => server.store.get().features?.[feature]?.[name],
  offers: (panel) => offered().some(({ name }) => name === panel),
  open: (panel) => own.set({ panel: desk.offers(panel) ? panel : null }),
  close: () => own.set({ panel: null }),
  write(text, focused = true) {
    saveDraft(desk.chatId, text);
    if (focused) focus();
  },
  send: () => send(desk.draft),
  stop: () => void stop(),
  answerAgain: (answer, model) => void regenerate(answer, model),
  goOn: (answer) => void goOn(answer),
  beTemporary: (title) => (title === null ? leaveTemporary() : beginTemporary(title)),
  attempt,
  show: (chat, hit) => (chat !== null && hit ? chats.openHit(chat, hit) : chats.open(chat)),
  commands,
  archive,
  refreshList,
  saveSettings: chats.saveSettings,
  look: () => void server.checkStatus(),
  forget(erased = false) {
    forgetDrafts();
    for (const room of rooms()) room.forget?.(erased);
  },
  receive(person, administers) {
    // Whose session has ended may be back in a moment, and finds what was being written.
    if (person || administers) draftsOf(person?.id ?? "");
    own.set({ person, administers });
  },
};

/** The rooms for which the server has what they need. */
export const furnished = () => rooms().filter(({ needs }) => !needs || desk.has(needs));

/** The panels for who sits here now. */
export const offered = (): readonly Panel[] =>
  furnished()
    .flatMap(({ panels }) => panels ?? [])
    .filter((panel) => panel.offered?.(desk) ?? true);

/** Tells of every change of the desk, and of what the rooms go by. */
function subscribe(listener: () => void): () => void {
  const stores = [
    own,
    chatStore,
    draftStore,
    server.store,
    ...rooms().flatMap(({ store }) => store ?? []),
  ];
  const ends = stores.map((store) => store.subscribe(listener));
  return () => {
    for (const end of ends) end();
  };
}

/** @param select gives the same value as long as nothing has changed that matters to it */
export const useDesk = <Slice>(select: (desk: Desk) => Slice): Slice =>
  useSyncExternalStore(subscribe, () => select(desk));
