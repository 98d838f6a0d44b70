/**
 * Gives back what the start took and no longer needs. V8 collects its garbage when it runs out of
 * room, which a server at rest never does: 40 MB would stay (measured, docs/decisions/0011).
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Until everything is loaded, and a page that was opened at once has its files, in milliseconds. */
const AFTER_MS = 5000;

/** Collects garbage once, a while from now; takes some 50 ms then. */
export function tidyLater(): void {
  setTimeout(() => {
    // The only way to it without a flag on the command line.
    setFlagsFromString("--expose-gc");
    const collect: (options: object) => void = runInNewContext("gc");
    setFlagsFromString("--no-expose-gc");
    collect({ flavor: "last-resort" });
  }, AFTER_MS).unref();
}
