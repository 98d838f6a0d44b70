/** Back from signing in to a server of tools: the chat that was open, and the panel that says what came of it. */
import { useEffect } from "react";
import { desk, useDesk } from "../../desk.ts";
import { comeBack } from "./signing.ts";

const PANEL = "tool-servers";
let done = false;

export default function SignedIn() {
  const there = useDesk(({ offers }) => offers(PANEL));
  useEffect(() => {
    if (!there || done) return;
    done = true;
    const chat = comeBack();
    if (chat !== null) void desk.show(chat);
    desk.open(PANEL);
  }, [there]);
  return null;
}
