/**
 * What the placeholders of the open chat stand for, and whether the reader wants to see it. The
 * values are in this tab's memory alone, and go when another chat is opened.
 */
import { useEffect } from "react";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import type { BookReply, Rule } from "../../../../src/features/personal-data/api.ts";
import { placeholders } from "../../../../src/features/personal-data/shape.ts";
import { getJson } from "../../ui/json.ts";
import { type Part, reveal } from "../../ui/reveal.ts";
import { createStore } from "../../ui/store.ts";

const NOTHING: ReadonlyMap<string, string> = new Map();

export const store = createStore<{
  /** What the organisation asks; null until it is known. */
  rule: Rule | null;
  chat: string | null;
  values: ReadonlyMap<string, string>;
  /** Names that were asked for and stand for nothing: somebody has typed them. */
  typed: ReadonlySet<string>;
  shown: boolean;
}>({ rule: null, chat: null, values: NOTHING, typed: new Set(), shown: true });

const { get, set } = store;

/** Asked once; a server without this feature asks nothing of a chat. */
export async function ruleOf(): Promise<Rule> {
  const known = get().rule;
  if (known) return known;
  const rule = await getJson<Rule>("/api/personal-data");
  set({ rule });
  return rule;
}

export const useRule = (): Rule | null => {
  useEffect(() => void ruleOf().catch(() => {}), []);
  return store.use(({ rule }) => rule);
};

/** Shows placeholders, or what they stand for. */
export function show(shown: boolean): void {
  set({ shown });
  apply();
}

type Said = Pick<ChatMessage, "content">;

/** By message, which is another one when its text is: a chat may have thousands. */
const namesIn = new WeakMap<Said, readonly string[]>();

function namesOf(message: Said): readonly string[] {
  const known = namesIn.get(message);
  if (known) return known;
  const names = [...placeholders(message.content)].map(([name]) => name);
  namesIn.set(message, names);
  return names;
}

/** Looks up the placeholders of a chat's messages, as they come. */
export function useBook(chat: string | null, messages: readonly Said[]): void {
  const names = new Set(messages.flatMap(namesOf));
  const wanted = [...names].join(" ");
  useEffect(() => {
    if (get().chat !== chat) forget(chat);
    if (chat !== null && wanted !== "") void read(chat, wanted.split(" "));
  }, [chat, wanted]);
}

function forget(chat: string | null): void {
  set({ chat, values: NOTHING, typed: new Set() });
  apply();
}

async function read(chat: string, names: readonly string[]): Promise<void> {
  const { values, typed } = get();
  if (names.every((name) => values.has(name) || typed.has(name))) return;
  const path = `/api/personal-data/${encodeURIComponent(chat)}`;
  // Without it the reader sees placeholders, as they are stored.
  const reply = await getJson<BookReply>(path).catch(() => null);
  if (!reply || get().chat !== chat) return;
  const found = new Map(reply.placeholders.map(({ name, value }) => [name, value]));
  set({ values: found, typed: new Set(names.filter((name) => !found.has(name))) });
  apply();
}

function apply(): void {
  const { values, shown } = get();
  reveal((text) => (shown && values.size > 0 ? split(text, values) : [{ text }]));
}

function split(text: string, values: ReadonlyMap<string, string>): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { 0: name, index } of placeholders(text)) {
    const value = values.get(name);
    if (value === undefined) continue;
    if (index > at) parts.push({ text: text.slice(at, index) });
    parts.push({ text: value, instead: name });
    at = index + name.length;
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at) });
  return parts;
}
