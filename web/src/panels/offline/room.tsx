/** The page opens where the server cannot be reached, and can be put on a phone's screen. */
import type { Room } from "../../room.ts";
import { trusted } from "../../ui/trusted.ts";

export const room: Room = {
  name: "offline",
  start() {
    // Only what was built is kept; and browsers allow it for this machine and by TLS alone.
    if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
    // Where it cannot be, everything works as without it.
    navigator.serviceWorker.register(trusted("/sw.js")).catch(console.warn);
  },
};
