/**
 * What was removed from the texts of one request, so that its sender can be told: an answer's
 * details have it, and the header `charla-removed` of every other reply. What is stored is cleaned
 * before the turn begins, so the two ends meet in the request that they both belong to.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { MiddlewareHandler } from "hono";
import { inSlices } from "../../core/slices.ts";
import { cleaning, type Kind, type Removed } from "./unicode.ts";

type Tally = Partial<Record<Kind, number>>;

const request = new AsyncLocalStorage<Tally>();

export const tallied: MiddlewareHandler = (c, next) => {
  const tally: Tally = {};
  return request.run(tally, async () => {
    await next();
    const told = Object.entries(tally).map(([kind, count]) => `${kind}=${count}`);
    // Streams have begun by now, and carry it in their details.
    if (told.length > 0) c.header("charla-removed", told.join(", "));
  });
};

/** Cleans a text in the request's name. */
export function cleanHere(text: string): Promise<string> {
  const tally = request.getStore();
  const count = (kind: Kind) => {
    if (tally) tally[kind] = (tally[kind] ?? 0) + 1;
  };
  return inSlices(cleaning(text, count));
}

/** What the request's texts have lost before the turn began. */
export const removedHere = (): Removed => ({ ...request.getStore() });
