/** How much may be stored of a person: what is there is counted, and what comes is added until then. */
import type { MiddlewareHandler } from "hono";
import { whoAsksIfAny } from "../../core/access.ts";
import { storageFull } from "./errors.ts";

/** A count reads every row of a person's; so it is not made for each request. */
const COUNT_MS = 30_000;
/** Nor for each that is refused, though room may have been made meanwhile. */
const RECOUNT_MS = 1000;
/** Counts that are kept. */
const MOST_KNOWN = 10_000;

interface Known {
  bytes: number;
  /** In milliseconds of `performance.now()`. */
  readonly at: number;
}

/**
 * @param most bytes; 0 is no limit
 * @param count what is stored of a person, in bytes
 */
export function storing(
  most: number,
  count: (person: string) => Promise<number>,
): (copies: boolean) => MiddlewareHandler {
  const known = new Map<string, Known>();
  const recent = async (person: string, ms: number): Promise<Known> => {
    const last = known.get(person);
    if (last && performance.now() - last.at < ms) return last;
    const made = { bytes: await count(person), at: performance.now() };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(person, made);
    return made;
  };
  return (copies) => async (c, next) => {
    const asker = whoAsksIfAny();
    if (most === 0 || !asker || asker.via === "solo") return next();
    const coming = Number(c.req.header("content-length") ?? Number.NaN);
    const fits = ({ bytes }: Known) => bytes + (coming || 0) <= most;
    let now = await recent(asker.id, COUNT_MS);
    if (!fits(now)) now = await recent(asker.id, RECOUNT_MS);
    if (!fits(now)) throw storageFull(most / 1e6);
    now.bytes += coming || 0;
    await next();
    // How much has come is not known.
    if (copies || Number.isNaN(coming)) known.delete(asker.id);
  };
}
