/** What a visit begins with, once the page is shown: it is kept for later, and may be installed. */
import { trusted } from "../../ui/trusted.ts";

interface Asking extends Event {
  prompt(): Promise<unknown>;
}

/** Chromium tells a page that it could be installed, once, and lets it ask at a better moment. */
let asking: Asking | null = null;

function waitForInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    asking = event as Asking;
  });
}

/** Null where the browser has not said so, or it is installed already. */
export const installing = (): (() => void) | null =>
  asking &&
  (() => {
    void asking?.prompt();
    asking = null;
  });

export function begin(): void {
  waitForInstall();
  // Only what was built is kept; and browsers allow it for this machine and by TLS alone.
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // Where it cannot be, everything works as without it.
  navigator.serviceWorker.register(trusted("/sw.js")).catch(console.warn);
}
