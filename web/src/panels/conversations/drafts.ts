/**
 * What was written and not taken by the model yet, for each chat. Each tab has its own in memory;
 * the browser's storage is read once, for what a tab left there that is no more.
 */
import { recall, remember } from "../../ui/storage.ts";
import { createStore } from "../../ui/store.ts";

interface Draft {
  /** What stands in the composer. */
  readonly text: string;
  /** What the model was asked and has not taken yet; "" when nothing is under way. */
  readonly sent: string;
}

const NONE: Draft = { text: "", sent: "" };
const key = (chat: string | null) => `charla.draft.${chat ?? "new"}`;
const store = createStore<{ changes: number }>({ changes: 0 });
const drafts = new Map<string, Draft>();

/** What was sent stands above what was written since. */
const whole = ({ sent, text }: Draft) => [sent, text].filter(Boolean).join("\n");

function read(chat: string | null): Draft {
  const draft = drafts.get(key(chat)) ?? { ...NONE, text: recall(key(chat)) ?? "" };
  drafts.set(key(chat), draft);
  return draft;
}

function write(chat: string | null, draft: Draft): void {
  drafts.set(key(chat), draft);
  remember(key(chat), whole(draft) || null);
  store.set({ changes: store.get().changes + 1 });
}

export const draftOf = (chat: string | null) => read(chat).text;

export const saveDraft = (chat: string | null, text: string) =>
  write(chat, { ...read(chat), text });

/** The composer is free for what comes next; the text is kept until it is settled. */
export const sendDraft = (chat: string | null, sent: string) => write(chat, { text: "", sent });

/** What was written on the page of a new chat belongs to the chat that came of it. */
export function moveDraft(from: string | null, to: string): void {
  write(to, read(from));
  write(from, NONE);
}

/** What the model has not taken goes back to the composer. */
export function settleDraft(chat: string | null, taken: boolean): void {
  const draft = read(chat);
  write(chat, { text: taken ? draft.text : whole(draft), sent: "" });
}

export function useDraft(chat: string | null): string {
  store.use(({ changes }) => changes);
  return draftOf(chat);
}
