/**
 * What was written and not taken by the model yet, for each chat of whoever is here. Each tab has its
 * own in memory; the browser's storage is read once, for a page that is no more. Where there are
 * accounts that is the tab's own storage, so that it goes with the tab; and all of it goes when
 * somebody else comes, signs out, or erases what is theirs.
 */
import { browser, tab } from "../ui/storage.ts";
import { createStore } from "../ui/store.ts";

interface Draft {
  /** What stands in the composer. */
  readonly text: string;
  /** What the model was asked and has not taken yet; "" when nothing is under way. */
  readonly sent: string;
}

const NONE: Draft = { text: "", sent: "" };
const ALL = "charla.draft.";
/** Of whom the drafts are: an id, or "" where there are no accounts. */
let owner = "";
const area = () => (owner === "" ? browser : tab);
const prefix = () => `${ALL}${owner}/`;
const key = (chat: string | null) => prefix() + (chat ?? "new");
/** Tells of every change. */
export const store = createStore<{ changes: number }>({ changes: 0 });
const drafts = new Map<string, Draft>();

/** What was sent stands above what was written since. */
const whole = ({ sent, text }: Draft) => [sent, text].filter(Boolean).join("\n");

function read(chat: string | null): Draft {
  const draft = drafts.get(key(chat)) ?? { ...NONE, text: area().recall(key(chat)) ?? "" };
  drafts.set(key(chat), draft);
  return draft;
}

/** Whether what is written on the page of a new chat stays in memory alone. */
let passing = false;

/** Said when a chat that is stored nowhere begins or ends; what was written in it goes with it. */
export function passDrafts(yes: boolean): void {
  const draft = yes ? read(null) : NONE;
  passing = yes;
  write(null, draft);
}

function write(chat: string | null, draft: Draft): void {
  drafts.set(key(chat), draft);
  const kept = chat === null && passing ? "" : whole(draft);
  area().remember(key(chat), kept || null);
  store.set({ changes: store.get().changes + 1 });
}

export const draftOf = (chat: string | null) => read(chat).text;

export const saveDraft = (chat: string | null, text: string) =>
  write(chat, { ...read(chat), text });

/** The composer is free for what comes next; the text is kept until it is settled. */
export const sendDraft = (chat: string | null, sent: string) => write(chat, { text: "", sent });

/** What was written on the page of a new chat belongs to the chat that came of it, and back. */
export function moveDraft(from: string | null, to: string | null): void {
  write(to, read(from));
  write(from, NONE);
}

/** What the model has not taken goes back to the composer. */
export function settleDraft(chat: string | null, taken: boolean): void {
  const draft = read(chat);
  write(chat, { text: taken ? draft.text : whole(draft), sent: "" });
}

/** Said when it is known who is here; what others have left is not for them. */
export function draftsOf(person: string): void {
  owner = person;
  for (const one of drafts.keys()) if (!one.startsWith(prefix())) drafts.delete(one);
  for (const one of [browser, tab]) one.forget(ALL, prefix());
  store.set({ changes: store.get().changes + 1 });
}

export function forgetDrafts(): void {
  drafts.clear();
  for (const one of [browser, tab]) one.forget(ALL);
  store.set({ changes: store.get().changes + 1 });
}
