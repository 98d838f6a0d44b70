/** Keeps the page true to its address and to the server, which may go away and come back. */
import { useEffect, useRef, useState } from "react";
import { useLanguage } from "./chat/language.ts";
import { titleOf } from "./chats/ListItem.tsx";
import { refreshList } from "./chats/list.ts";
import { idInAddress, open, reload } from "./chats/open.ts";
import * as chats from "./chats/store.ts";
import { desk, useDesk } from "./desk.ts";
import { rooms } from "./room.ts";

export function usePresence(): void {
  useEffect(() => {
    const onAddress = () => void open(idInAddress(), false);
    const onVisible = () => {
      if (document.visibilityState === "visible") void refreshList();
    };
    onAddress();
    desk.look();
    for (const room of rooms()) room.start?.();
    addEventListener("popstate", onAddress);
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      removeEventListener("popstate", onAddress);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, []);

  // A stream that breaks is the first sign that the server is away.
  const connected = chats.store.use((state) => state.connected);
  const offline = useDesk(({ problem }) => problem?.code === "offline");
  useEffect(() => {
    if (!connected || offline) desk.look();
  }, [connected, offline]);

  // And when it is back, what failed meanwhile is looked at again.
  const away = useDesk(({ server }) => server?.reachable === false);
  const wasAway = useRef(false);
  useEffect(() => {
    if (wasAway.current && !away) {
      void refreshList();
      if (desk.problem?.code === "offline") chats.dismissProblem();
      if (desk.chatId !== null && desk.chat === null) void chats.attempt(reload);
    }
    wasAway.current = away;
  }, [away]);
}

/** The name of the window: the chat's, marked when an answer has ended where nobody looked. */
export function useTitle(): void {
  const language = useLanguage();
  const title = useDesk(({ chat }) => (chat ? titleOf(chat) : null));
  const unseen = useUnseen();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the title follows the language
  useEffect(() => {
    const name = title ? `${title} · Charla` : "Charla";
    document.title = unseen ? `✓ ${name}` : name;
  }, [title, language, unseen]);
}

const LOOK_MS = 3000;

/** Whether an answer has ended while the page was hidden, which follows none and looks now and then. */
function useUnseen(): boolean {
  const running = useDesk(({ branch }) => branch.at(-1)?.status === "running");
  const [hidden, setHidden] = useState(document.visibilityState === "hidden");
  const [unseen, setUnseen] = useState(false);
  const ran = useRef(running);
  useEffect(() => {
    const onVisible = () => setHidden(document.visibilityState === "hidden");
    document.addEventListener("visibilitychange", onVisible);
    return () => document.removeEventListener("visibilitychange", onVisible);
  }, []);
  useEffect(() => {
    if (ran.current && !running && hidden) setUnseen(true);
    if (!hidden) setUnseen(false);
    ran.current = running;
    if (!running || !hidden) return;
    const timer = setInterval(() => void reload().catch(() => {}), LOOK_MS);
    return () => clearInterval(timer);
  }, [running, hidden]);
  return unseen;
}
