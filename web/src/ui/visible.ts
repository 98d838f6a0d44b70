/**
 * Browsers open six connections to a server at most over HTTP/1.1, for all tabs together, and a
 * stream holds one. Tabs that nobody sees leave theirs to the one that is looked at.
 */

/** Waits until the page is seen. @returns a signal that aborts when it is hidden, or with `signal` */
export async function whileVisible(signal: AbortSignal): Promise<AbortSignal> {
  if (document.visibilityState === "hidden") await changed(signal);
  const seen = new AbortController();
  void changed(signal).then(() => seen.abort());
  return seen.signal;
}

/** Resolves when the page is hidden or seen again, or the signal aborts. */
function changed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const once = { once: true, signal };
    document.addEventListener("visibilitychange", () => resolve(), once);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
