/**
 * The leaf that goes with a question, in a header: the page makes a secret for each answer, and all that
 * leaves the browser of it is this number. The answer's entry in the log has it; nobody else's has.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { MiddlewareHandler } from "hono";
import { leafInvalid } from "./errors.ts";
import { parseField } from "./identity.ts";

export const LEAF_HEADER = "charla-zk-leaf";

interface Carried {
  leaf: string | undefined;
}
const carried = new AsyncLocalStorage<Carried>();

/** Keeps the leaf of a request for the answer that is written for it. */
export const carriesLeaf: MiddlewareHandler = async (c, next) => {
  const given = c.req.header(LEAF_HEADER);
  if (given === undefined) return next();
  const leaf = parseField(given);
  if (leaf === undefined || leaf === 0n) throw leafInvalid();
  await carried.run({ leaf: given }, next);
};

/** The leaf of the request that is worked for, once: of several answers only the first has it. */
export function takeLeaf(): string | undefined {
  const store = carried.getStore();
  const leaf = store?.leaf;
  if (store) store.leaf = undefined;
  return leaf;
}
