/** Keeps the page true to its address and to the server, which may go away and come back. */
import { useEffect, useRef } from "react";
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
