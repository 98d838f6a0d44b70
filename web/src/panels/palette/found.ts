/** What the palette lists for what is typed: commands at once, chats as soon as the server has found them. */
import { useEffect, useState } from "react";
import { fold, words } from "../../../../src/core/folded.ts";
import type { Listed } from "../../../../src/features/conversations/api.ts";
import { desk } from "../../desk.ts";
import type { Command } from "../../room.ts";
import { said } from "../../slots.tsx";
import { getJson, sendJson } from "../../ui/json.ts";
import { t } from "./words.ts";

export interface Line {
  readonly key: string;
  readonly icon: Command["icon"];
  readonly label: string;
  /** Of a chat: the text around what was found. */
  readonly snippet?: string | null;
  readonly danger: boolean;
  run(): void;
}
export interface Group {
  readonly name: string;
  readonly lines: readonly Line[];
}

const TYPING_MS = 150;
/** Chats that are listed; the search of the list has all of them. */
const MOST = 7;
/** Letters. */
const WHOLE = 4;
const ORDER = ["actions", "chat", "models", "settings"] as const;
/** A bubble. */
const CHAT =
  "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H10l-3.5 3v-3h-2A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4Z";

/** Chats for what is typed, the newest where nothing is. */
export function useChats(query: string): readonly Listed[] {
  const [chats, setChats] = useState<readonly Listed[]>([]);
  useEffect(() => {
    const leave = new AbortController();
    const find = async () => {
      const { items } = await (query === ""
        ? getJson<{ items: Listed[] }>(`/api/conversations?limit=${MOST}`, leave.signal)
        : sendJson<{ items: Listed[] }>(
            "POST",
            "/api/conversations/search",
            { q: query, limit: MOST },
            leave.signal,
          ));
      setChats(items);
    };
    // Where they cannot be asked for, the page says so itself.
    const ignore = () => {};
    const timer = setTimeout(() => void find().catch(ignore), query === "" ? 0 : TYPING_MS);
    return () => {
      clearTimeout(timer);
      leave.abort();
    };
  }, [query]);
  return chats;
}

export function groupsOf(query: string, chats: readonly Listed[]): readonly Group[] {
  const wanted = words(query);
  const fits = ({ label }: Command) => {
    const here = fold(said(label));
    const both = fold(`${label.en} ${label.es}`);
    // A whole word is known in the other language as well.
    return wanted.every((word) => (word.length < WHOLE ? here : both).includes(word));
  };
  const all = desk.commands().filter((one) => one.label && fits(one));
  const groups = ORDER.map((group) => ({
    name: t(`palette.${group}`),
    lines: all.filter((one) => one.group === group).map(lineOf),
  }));
  return [...groups, { name: t("palette.chats"), lines: chats.map(chatLine(query)) }].filter(
    ({ lines }) => lines.length > 0,
  );
}

const lineOf = ({ group, icon, label, danger = false, run }: Command): Line => ({
  ...{ key: `${group} ${label.en}`, icon, label: said(label), danger },
  run: () => run(desk),
});

const chatLine =
  (query: string) =>
  ({ id, title, snippet, hit }: Listed): Line => ({
    ...{ key: id, icon: CHAT, label: title || t("conversation.untitled"), snippet, danger: false },
    run: () => void desk.show(id, hit ? { id: hit.messageId, query } : undefined),
  });
